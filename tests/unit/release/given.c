#include "unit/release/given.h"

#include "base/file.h"
#include "base/limits.h"
#include "data/json.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

struct val *given(const char *yaml)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!yaml)
		return NULL;
	if (!yaml_read(str_of(yaml), "given", &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

struct val *given_file(const char *path)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!file_read(path, &text, &err) ||
	    !yaml_read(buf_str(&text), path, &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

void assert_given(const struct val *got, const char *yaml)
{
	AUTO(val_unref) struct val *want = given(yaml);
	AUTO_BUF got_text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF want_text = BUF_INIT(LIMIT_CONFIG_BYTES);

	json_write_sorted(got, &got_text);
	json_write_sorted(want, &want_text);
	assert_string_equal(buf_text(&got_text), buf_text(&want_text));
}
