/*
 * A schema and a value, both JSON, one behind the other with a NUL between.
 * However hostile, a check ends and says the same twice; what it says is no
 * longer than a message may be, and a value that fits one schema and another
 * fits both in allOf.
 */
#include "base/limits.h"
#include "data/json.h"
#include "data/schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* As one of several schemas, which the whole does not refer to by place. */
static struct val *wrap(const char *keyword, const struct val *inner,
			const char *draft)
{
	struct val_list list = { 0 };
	struct val_map map = { 0 };

	val_list_add(&list, inner);
	val_map_put_take(&map, keyword, val_list_take(&list));
	if (*draft)
		val_map_set_text(&map, "$schema", draft);
	return val_map_take(&map);
}

static enum err_kind check(const struct schema *schema, const struct val *v)
{
	AUTO_ERR err = ERR_INIT;
	bool ok = schema_check(schema, v, &err);

	must(ok == (err.kind == ERR_NONE));
	must(ok || strlen(err.msg) <= LIMIT_MESSAGE_BYTES);
	must(err.kind != ERR_INVALID || err.field);
	/* It always knows why it ended. */
	must(err.kind != ERR_LIMIT || !strstr(err.msg, "(null)"));
	return err.kind;
}

/* A $ref to a place means something else one level further down, and ids and
 * anchors may be found in either. */
static bool has_refs(struct str text)
{
	return memmem(text.p, text.n, "ref", 3) ||
	       memmem(text.p, text.n, "\\u", 2);
}

static void check_wrapped(const char *keyword, const struct val *source,
			  const struct val *v, enum err_kind want)
{
	AUTO(val_unref) struct val *outer =
		wrap(keyword, source, val_get_text(source, "$schema"));
	AUTO(schema_free) struct schema *schema = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!schema_compile(outer, &schema, &err))
		return;
	enum err_kind kind = check(schema, v);
	must(kind == want || kind == ERR_LIMIT || want == ERR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(val_unref) struct val *source = NULL, *v = NULL;
	AUTO(schema_free) struct schema *schema = NULL;
	struct str first, second = str_cut((const char *)data, size);
	AUTO_ERR err = ERR_INIT;

	str_split(second, '\0', &first, &second);
	if (!json_read(first, &source, &err) || !json_read(second, &v, &err))
		return 0;
	if (!schema_compile(source, &schema, &err)) {
		must(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		return 0;
	}
	enum err_kind kind = check(schema, v);
	must(kind == check(schema, v));
	if (val_is(source, VAL_MAP) && !has_refs(first)) {
		check_wrapped("allOf", source, v, kind);
		check_wrapped("anyOf", source, v, kind);
		check_wrapped("oneOf", source, v, kind);
	}
	return 0;
}
