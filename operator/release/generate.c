#include "release/generate.h"

#include "base/alloc.h"
#include "base/base64.h"
#include "base/digest.h"
#include "release/names.h"

const char *generate_key(const struct val *obj)
{
	const struct val *annotations =
		val_get(val_get(obj, "metadata"), "annotations");
	const char *key = val_get_text(annotations, NAME_GENERATE);

	if (strcmp(val_get_text(obj, "kind"), "Secret") != 0 || !*key)
		return NULL;
	return key;
}

bool generate_fill(const struct val *obj, struct val **out, struct err *err)
{
	AUTO_BUF coded = BUF_INIT(4 * GENERATE_CHARS);
	const struct val *data = val_get(obj, "data");
	char *text;

	if (val_is(data, VAL_NULL))
		data = NULL;
	if (data && !val_is(data, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "data of a Secret must be a map, found %s",
			       val_type_text(val_type(data)));
	if (!digest_random_text(GENERATE_CHARS, &text, err))
		return false;
	base64_write(str_of(text), &coded);
	explicit_bzero(text, GENERATE_CHARS);
	free(text);
	AUTO(val_unref) struct val *filled =
		val_with_text(data, generate_key(obj), buf_text(&coded));
	*out = val_with(obj, "data", filled);
	buf_wipe(&coded);
	return true;
}
