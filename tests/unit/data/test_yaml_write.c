#include "data/yaml_write.h"

#include "base/limits.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "random_val.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *json, *want;
} rows[] = {
	{ "null", "null", "null\n" },
	{ "number", "1.10", "1.10\n" },
	{ "no float64", "[1e400]", "- !!float 1e400\n" },
	{ "empty list", "[]", "[]\n" },
	{ "empty map", "{}", "{}\n" },
	{ "empty inside", "{\"a\":{},\"b\":[]}", "a: {}\nb: []\n" },
	{ "as kubectl prints it",
	  "{\"spec\":{\"containers\":[{\"name\":\"a\",\"args\":[\"x\",\"z\"]},"
	  "{\"name\":\"b\"}]}}",
	  "spec:\n"
	  "  containers:\n"
	  "  - name: a\n"
	  "    args:\n"
	  "    - x\n"
	  "    - z\n"
	  "  - name: b\n" },
	{ "list in a list", "[[1,[2,{\"a\":3,\"b\":[4]}]],[]]",
	  "- - 1\n"
	  "  - - 2\n"
	  "    - a: 3\n"
	  "      b:\n"
	  "      - 4\n"
	  "- []\n" },
	{ "what looks like another type",
	  "[\"1\",\"yes\",\"~\",\"null\",\"1.25\",\"12:30\",\"2001-01-01\","
	  "\"0o7\",\"=\",\"1e400\"]",
	  "- \"1\"\n- \"yes\"\n- \"~\"\n- \"null\"\n- \"1.25\"\n- \"12:30\"\n"
	  "- \"2001-01-01\"\n- \"0o7\"\n- \"=\"\n- \"1e400\"\n" },
	{ "no quotes where none are needed",
	  "[\"10.0.0.1\",\"nginx:1.25\",\"--flag=1\",\"a b, c\",\"a#b\"]",
	  "- 10.0.0.1\n- nginx:1.25\n- --flag=1\n- a b, c\n- a#b\n" },
	{ "quotes for YAML's own characters",
	  "[\"a: b\",\"a #b\",\"- a\",\"@a\",\"it's: x\",\" a\",\"a \",\"\","
	  "\"---\",\"-\",\"a:\",\"?\",\"[a]\"]",
	  "- 'a: b'\n- 'a #b'\n- '- a'\n- '@a'\n- 'it''s: x'\n- ' a'\n- 'a '\n"
	  "- \"\"\n- '---'\n- '-'\n- 'a:'\n- '?'\n- '[a]'\n" },
	{ "what cannot be seen",
	  "[\"a\\tb\",\"\\u0001\",\"\\u007f\",\"\\u0085\",\"\\u2028\",\"\\ufeff\"]",
	  "- \"a\\tb\"\n- \"\\u0001\"\n- \"\\u007f\"\n- \"\\u0085\"\n"
	  "- \"\\u2028\"\n- \"\\ufeff\"\n" },
	{ "other letters", "[\"\xc3\xa9\xf0\x9f\x98\x80\"]",
	  "- \xc3\xa9\xf0\x9f\x98\x80\n" },
	{ "lines", "{\"a\":\"x\\ny\\n\"}", "a: |\n  x\n  y\n" },
	{ "lines without a last end", "[\"x\\n\\n  y\"]",
	  "- |-\n  x\n\n    y\n" },
	{ "lines with empty ones at the end", "{\"a\":\"x\\n\\n\",\"b\":1}",
	  "a: |+\n  x\n\nb: 1\n" },
	{ "lines at the root", "\"a\\nb\"", "|-\n  a\n  b\n" },
	{ "lines that a block cannot hold",
	  "[\" a\\nb\",\"\\na\",\"\\n\",\"a\\r\\nb\"]",
	  "- \" a\\nb\"\n- \"\\na\"\n- \"\\n\"\n- \"a\\r\\nb\"\n" },
	{ "keys", "{\"8080\":1,\"a: b\":2,\"\":3,\"a\\nb\":4,\"yes\":5}",
	  "\"8080\": 1\n'a: b': 2\n\"\": 3\n\"a\\nb\": 4\n\"yes\": 5\n" },
};

static void writes(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = NULL, *back = NULL;
	AUTO_BUF out = BUF_INIT(10000);
	AUTO_ERR err = ERR_INIT;

	assert_true(json_read(str_of(row->json), &v, &err));
	yaml_write(v, &out);
	assert_string_equal(buf_text(&out), row->want);
	if (!yaml_read(buf_str(&out), "t", &back, &err))
		fail_msg("%s", err.msg);
	assert_true(val_equal(v, back));
}

static void every_value_comes_back(void **state)
{
	(void)state;
	struct random_val r = { .seed = 88172645463325252 };

	for (int i = 0; i < 5000; i++) {
		AUTO(val_unref) struct val *v = random_val(&r), *back = NULL;
		AUTO_BUF text = BUF_INIT(LIMIT_MIB(4));
		AUTO_ERR err = ERR_INIT;

		yaml_write(v, &text);
		if (!yaml_read(buf_str(&text), "t", &back, &err))
			fail_msg("%s in\n%s", err.msg, buf_text(&text));
		if (!val_equal(v, back))
			fail_msg("changed:\n%s", buf_text(&text));
	}
}

static void long_keys(void **state)
{
	(void)state;
	AUTO_BUF key = BUF_INIT(LIMIT_KIB(8));

	while (key.len < 1100) {
		AUTO(val_unref) struct val *v = NULL, *back = NULL;
		AUTO_BUF text = BUF_INIT(LIMIT_KIB(64));
		AUTO_ERR err = ERR_INIT;

		buf_add_char(&key, 'x');
		if (key.len < 900)
			continue;
		AUTO(val_unref) struct val *in =
			val_with_text(NULL, buf_text(&key), "a\nb\n");
		v = val_with(in, buf_text(&key), in);
		yaml_write(v, &text);
		if (!yaml_read(buf_str(&text), "t", &back, &err))
			fail_msg("%zu: %s", key.len, err.msg);
		assert_true(val_equal(v, back));
	}
}

static void overflow_ends_it(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = val_new_textz("abc\nabc\nabc");
	AUTO_BUF out = BUF_INIT(5);

	yaml_write(v, &out);
	assert_true(buf_overflowed(&out));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(every_value_comes_back),
		cmocka_unit_test(long_keys),
		cmocka_unit_test(overflow_ends_it),
	};

	return ROWS_RUN("yaml_write", rows, writes) +
	       cmocka_run_group_tests_name("yaml_write more", others, NULL,
					   NULL);
}
