#include "data/yaml_read.h"

#include "base/limits.h"
#include "data/json.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *text, *want;
} rows[] = {
	{ "empty", "", "null" },
	{ "comment only", "# x\n", "null" },
	{ "empty documents around one", "---\n---\na: 1\n---\n# x\n",
	  "{\"a\":1}" },
	{ "JSON", "{\"a\": [1, \"2\", null, {\"b\": true}]}",
	  "{\"a\":[1,\"2\",null,{\"b\":true}]}" },
	{ "order of keys", "b: 1\na: 2\n", "{\"b\":1,\"a\":2}" },
	{ "types", "[1, 1.5, 'x', yes, ~, 0x1F, 2001-01-01]",
	  "[1,1.5,\"x\",true,null,31,\"2001-01-01\"]" },
	{ "quoted is text", "['1', \"yes\", '', \"null\"]",
	  "[\"1\",\"yes\",\"\",\"null\"]" },
	{ "blocks are text", "a: |\n  1\nb: >-\n  yes\n",
	  "{\"a\":\"1\\n\",\"b\":\"yes\"}" },
	{ "tags",
	  "[!!str 1, ! 1, !!int \"2\", !!float 3, !!binary aGk=, !!null '']",
	  "[\"1\",\"1\",2,3,\"hi\",null]" },
	{ "tags of containers", "!!map {a: !!seq [1]}", "{\"a\":[1]}" },
	{ "keys become text", "8080: a\ntrue: b\n1.10: c\n'1': d\n",
	  "{\"8080\":\"a\",\"true\":\"b\",\"1.1\":\"c\",\"1\":\"d\"}" },
	{ "key by alias", "a: &x k\n*x : 1\n", "{\"a\":\"k\",\"k\":1}" },
	{ "digits", "[1e3, 9007199254740993, 1.10]",
	  "[1e3,9007199254740993,1.10]" },
	{ "aliases", "a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n",
	  "{\"a\":{\"b\":[1]},\"c\":{\"b\":[1]},\"d\":[{\"b\":[1]},"
	  "{\"b\":[1]}]}" },
	{ "merge", "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n",
	  "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"c\":3,\"b\":1}}" },
	{ "merge behind a key", "a: &x {b: 1}\nd: {b: 2, <<: *x}\n",
	  "{\"a\":{\"b\":1},\"d\":{\"b\":2}}" },
	{ "merge of a list", "{<<: [{a: 1, b: 1}, {b: 2, c: 2}], c: 3}",
	  "{\"c\":3,\"a\":1,\"b\":1}" },
	{ "merge in a merge", "a: &x {b: 1}\nc: &y {<<: *x, d: 2}\ne: {<<: *y}",
	  "{\"a\":{\"b\":1},\"c\":{\"d\":2,\"b\":1},\"e\":{\"d\":2,\"b\":1}}" },
	{ "quoted << is a key", "{'<<': {a: 1}}", "{\"<<\":{\"a\":1}}" },
	{ "<< as a value", "a: <<", "{\"a\":\"<<\"}" },
	{ "values that are missing", "a:\nb:\n- \n- 1\n",
	  "{\"a\":null,\"b\":[null,1]}" },
};

static void reads(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO_BUF out = BUF_INIT(10000);
	AUTO_ERR err = ERR_INIT;

	if (!yaml_read(str_of(row->text), "t", &v, &err))
		fail_msg("%s", err.msg);
	json_write(v, &out);
	assert_string_equal(buf_text(&out), row->want);
}

static const struct bad_row {
	const char *name, *text, *msg;
} bad_rows[] = {
	{ "second document", "a\n---\nb\n", "t:3:1: a second document" },
	{ "duplicate key", "a: 1\nb: 2\na: 3\n",
	  "t:3:1: duplicate key \"a\", the first is at t:1:1" },
	{ "duplicate in flow", "{a: 1, \"a\": 2}",
	  "t:1:8: duplicate key \"a\", the first is at t:1:2" },
	{ "duplicate once converted", "1: a\n\"1\": b\n",
	  "t:2:1: duplicate key \"1\", the first is at t:1:1" },
	{ "second merge", "a: &x {}\n<<: *x\n<<: *x\n",
	  "t:3:1: a second << in one map" },
	{ "merge of a scalar", "<<: 1", "t:1:5: << needs a map" },
	{ "merge of a list of scalars", "<<: [1]", "t:1:5: << needs a map" },
	{ "list as a key", "? [a]\n: 1\n", "t:1:3: a list cannot be a key" },
	{ "map as a key", "{{a: 1}: 2}", "t:1:2: a map cannot be a key" },
	{ "null as a key", "~: 1", "t:1:1: a null cannot be a key" },
	{ "nothing as a key", "?\n: 1", "t:1:2: a null cannot be a key" },
	{ "list as a key by alias", "a: &x []\n*x : 1\n",
	  "t:1:4: a list cannot be a key" },
	{ "infinity", "a: .inf", "t:1:4: JSON has no number \".inf\"" },
	{ "unknown tag", "a: !own b", "t:1:4: unknown tag !own" },
	{ "unknown tag of a list", "a: !own [b]", "t:1:4: unknown tag !own" },
	{ "set", "!!set {a}", "t:1:1: unknown tag tag:yaml.org,2002:set" },
	{ "tag that does not fit", "a: !!int x", "t:1:4: \"x\" is no !!int" },
};

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(yaml_read(str_of(row->text), "t", &v, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_null(v);
	if (strncmp(err.msg, row->msg, strlen(row->msg)) != 0)
		fail_msg("%s", err.msg);
}

static void all_documents(void **state)
{
	(void)state;
	AUTO_VAL_LIST docs = { 0 };
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	val_list_add(&docs, val_null());
	assert_true(yaml_read_all(str_of("a\n---\n---\nnull\n---\n[1]\n---\n"),
				  "t", &docs, &err));
	assert_int_equal(docs.count, 4);
	assert_string_equal(val_text(docs.items[1]), "a");
	assert_int_equal(val_type(docs.items[2]), VAL_NULL);
	assert_int_equal(val_count(docs.items[3]), 1);
	/* After an error there is what was there before. */
	assert_false(yaml_read_all(str_of("b\n---\n{a: 1, a: 2}\n"), "t", &docs,
				   &other));
	assert_int_equal(docs.count, 4);
}

static const char config[] = "# watches\n"
			     "- group: g\n"
			     "  kind: &k K\n"
			     "  opts: &o\n"
			     "    a/b: 1\n"
			     "- kind: *k\n"
			     "  more: {<<: *o, 8080: [x, y]}\n";

static const struct mark_row {
	const char *name;
	unsigned line, column;
} mark_rows[] = {
	{ "", 2, 1 },
	{ "/0", 2, 3 },
	{ "/0/group", 2, 10 },
	{ "/0/kind", 3, 9 },
	{ "/0/opts/a~1b", 5, 10 },
	{ "/1/kind", 6, 9 },
	{ "/1/more/8080/1", 7, 28 },
	{ "/1/more/a~1b", 5, 10 },
	{ "/0/missing", 2, 3 },
	{ "/0/missing/deeper", 2, 3 },
	{ "/0/group/deeper", 2, 10 },
	{ "/1/more/8080/2", 7, 24 },
	{ "/1/more/8080/x", 7, 24 },
	{ "/7", 2, 1 },
	{ "no pointer", 2, 1 },
};

static void marks(void **state)
{
	const struct mark_row *row = *state;
	AUTO(val_unref) struct val *v = NULL;
	AUTO(yaml_marks_free) struct yaml_marks *m = NULL;
	AUTO_ERR err = ERR_INIT;
	unsigned line, column;

	assert_true(yaml_read_marked(str_of(config), "w.yaml", &v, &m, &err));
	yaml_mark(m, row->name, &line, &column);
	assert_int_equal(line, row->line);
	assert_int_equal(column, row->column);
}

static void marks_in_errors(void **state)
{
	(void)state;
	AUTO(val_unref) struct val *v = NULL, *none = NULL;
	AUTO(yaml_marks_free) struct yaml_marks *m = NULL, *empty = NULL;
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	assert_true(yaml_read_marked(str_of(config), "w.yaml", &v, &m, &err));
	err_set(&err, ERR_INVALID, "unknown kind");
	assert_false(yaml_mark_wrap(m, "/0/kind", &err));
	assert_string_equal(err.msg, "w.yaml:3:9: unknown kind");
	assert_string_equal(err.field, "/0/kind");
	assert_true(yaml_read_marked(str_of(""), "e", &none, &empty, &other));
	err_set(&other, ERR_INVALID, "nothing");
	assert_false(yaml_mark_wrap(empty, "/0", &other));
	assert_string_equal(other.msg, "e:1:1: nothing");
}

/* Ten lists of ten of the list before: 10^levels leaves. */
static enum err_kind read_bomb(unsigned levels)
{
	AUTO_BUF text = BUF_INIT(10000);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&text, "a0: &a0 x\n");
	for (unsigned i = 1; i <= levels; i++) {
		buf_addf(&text, "a%u: &a%u [", i, i);
		for (unsigned n = 0; n < 10; n++)
			buf_addf(&text, "%s*a%u", n ? "," : "", i - 1);
		buf_add_text(&text, "]\n");
	}
	(void)!yaml_read(buf_str(&text), "t", &v, &err);
	return err.kind;
}

static void bombs(void **state)
{
	(void)state;
	assert_int_equal(read_bomb(5), ERR_NONE);
	assert_int_equal(read_bomb(6), ERR_LIMIT);
	assert_int_equal(read_bomb(30), ERR_LIMIT);
}

/* Each level is written once and nests one deeper than the one before. */
static enum err_kind read_deep_aliases(unsigned levels)
{
	AUTO_BUF text = BUF_INIT(100000);
	AUTO(val_unref) struct val *v = NULL;
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&text, "- &a0 []\n");
	for (unsigned i = 1; i < levels; i++)
		buf_addf(&text, "- &a%u [*a%u]\n", i, i - 1);
	(void)!yaml_read(buf_str(&text), "t", &v, &err);
	return err.kind;
}

static void deep_aliases(void **state)
{
	(void)state;
	assert_int_equal(read_deep_aliases(LIMIT_NESTING - 1), ERR_NONE);
	assert_int_equal(read_deep_aliases(LIMIT_NESTING), ERR_LIMIT);
}

/* $list and $map stand for values, $none leaves out, all else is text. */
static bool substitute(void *ctx, const struct yaml_node *node,
		       struct val **out, struct err *err)
{
	if (str_is(node->text, "$map"))
		*out = val_ref(ctx);
	else if (str_is(node->text, "$none"))
		*out = NULL;
	else if (str_is(node->text, "$merge"))
		*out = val_new_textz("<<");
	else if (str_is(node->text, "$bad"))
		return err_set(err, ERR_NOT_FOUND, "no value");
	else
		*out = val_new_text(node->text);
	return true;
}

static const struct with_row {
	const char *name, *text, *want; /* NULL: refused */
} with_rows[] = {
	{ "values", "[a, $map, 1]", "[\"a\",{\"k\":\"v\"},\"1\"]" },
	{ "left out", "{a: $none, b: [$none, c]}", "{\"b\":[\"c\"]}" },
	{ "merge of a value", "{<<: $map, a: b}", "{\"a\":\"b\",\"k\":\"v\"}" },
	{ "<< from a value is a key", "{$merge: $map}",
	  "{\"<<\":{\"k\":\"v\"}}" },
	{ "map as a key", "{$map: 1}", NULL },
	{ "nothing as a key", "{$none: 1}", NULL },
	{ "error", "a: [b, $bad]", NULL },
};

static void scalars_from_elsewhere(void **state)
{
	const struct with_row *row = *state;
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO(val_unref) struct val *v = NULL;
	AUTO(val_unref) struct val *map = val_with_text(NULL, "k", "v");
	AUTO_BUF out = BUF_INIT(1000);
	struct yaml_spent spent = { 0 };
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_parse(str_of(row->text), "t", &s, &err));
	bool ok = yaml_value_with(s, s->roots[0], substitute, map, &spent, &v,
				  &err);
	assert_int_equal(ok, row->want != NULL);
	if (!ok) {
		assert_true(str_starts(str_of(err.msg), "t:1:"));
		return;
	}
	json_write(v, &out);
	assert_string_equal(buf_text(&out), row->want);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(all_documents),
		cmocka_unit_test(marks_in_errors),
		cmocka_unit_test(bombs),
		cmocka_unit_test(deep_aliases),
	};

	return ROWS_RUN("yaml_read", rows, reads) +
	       ROWS_RUN("yaml_read refused", bad_rows, refuses) +
	       ROWS_RUN("yaml_mark", mark_rows, marks) +
	       ROWS_RUN("yaml_value_with", with_rows, scalars_from_elsewhere) +
	       cmocka_run_group_tests_name("yaml_read more", others, NULL,
					   NULL);
}
