#include "data/yaml.h"

#include "base/limits.h"

#include "unit/rows.h"

/* The nodes of a stream as text: kind, place, and what is special. */
static void dump(const struct yaml_node *n, struct buf *out)
{
	static const char *const styles[] = { "", "'", "\"", "|", ">" };
	static const char *const chomps[] = { "", "-", "+" };

	buf_addf(out, "%u:%u", n->line, n->column);
	if (n->tag)
		buf_addf(out, "<%s>", n->tag);
	if (n->anchor && n->kind != YAML_ALIAS)
		buf_addf(out, "&%s", n->anchor);
	switch (n->kind) {
	case YAML_SCALAR:
		buf_addf(out, "%s%s(%s)", styles[n->style], chomps[n->chomp],
			 n->text.p);
		return;
	case YAML_ALIAS:
		buf_addf(out, "*%s@%u", n->anchor, n->target->line);
		return;
	case YAML_LIST:
	case YAML_MAP:
		buf_addf(out, "%c%zu", n->kind == YAML_MAP ? '{' : '[',
			 n->count);
		for (const struct yaml_node *c = n->first; c; c = c->next) {
			buf_add_char(out, ' ');
			dump(c, out);
		}
		buf_add_char(out, n->kind == YAML_MAP ? '}' : ']');
	}
}

static const struct row {
	const char *name, *text, *want;
} rows[] = {
	{ "empty", "", "" },
	{ "comment", "# x\n", "" },
	{ "byte-order mark",
	  "\xef\xbb\xbf"
	  "a",
	  "1:1(a)/" },
	{ "scalar", "a", "1:1(a)/" },
	{ "empty document", "---\n", "2:1()/" },
	{ "empty between", "a\n---\n# x\n---\nb\n", "1:1(a)/4:1()/5:1(b)/" },
	{ "end marks", "a\n...\n---\nb\n...\n", "1:1(a)/4:1(b)/" },
	{ "styles", "- a\n- 'b'\n- \"c\"\n- |\n d\n- >\n e\n",
	  "1:1[5 1:3(a) 2:3'(b) 3:3\"(c) 4:3|(d\n) 6:3>(e\n)]/" },
	{ "map", "a: 1\nb: {c: 2}\n",
	  "1:1{2 1:1(a) 1:4(1) 2:1(b) 2:4{1 2:5(c) 2:8(2)}}/" },
	{ "empty list and map", "[[], {}]", "1:1[2 1:2[0] 1:6{0}]/" },
	{ "value that is missing", "a:\nb:\n",
	  "1:1{2 1:1(a) 1:3() 2:1(b) 2:3()}/" },
	{ "columns count characters", "{\xc3\xa9\xf0\x9f\x98\x80: x}",
	  "1:1{1 1:2(\xc3\xa9\xf0\x9f\x98\x80) 1:6(x)}/" },
	{ "windows line ends", "a: 1\r\nb: 2\r\n",
	  "1:1{2 1:1(a) 1:4(1) 2:1(b) 2:4(2)}/" },
	{ "clip", "|\n a\n\n", "1:1|(a\n)/" },
	{ "strip", "|-\n a\n\n", "1:1|-(a)/" },
	{ "keep", "|+\n a\n\n", "1:1|+(a\n\n)/" },
	{ "indicators both ways", "- |2-\n   a\n- >-2\n   b\n- >+\n c\n",
	  "1:1[3 1:3|-( a) 3:3>-( b) 5:3>+(c\n)]/" },
	{ "chomping behind a tag", "!!str |-\n a\n",
	  "1:1<tag:yaml.org,2002:str>|-(a)/" },
	{ "chomping behind an anchor and a comment",
	  "a: &x-a # > |-\n  |+\n  b\n", "1:1{1 1:1(a) 1:4&x-a|+(b\n)}/" },
	{ "chomping behind other characters",
	  "\"\xc3\xa9|\": |-\n  \xf0\x9f\x98\x80|+\n\"|+\xc3\xa9\": >-\n  b\n",
	  "1:1{2 1:1\"(\xc3\xa9|) 1:7|-(\xf0\x9f\x98\x80|+) 3:1\"(|+\xc3\xa9) "
	  "3:8>-(b)}/" },
	{ "chomping behind windows line ends",
	  "a: |-\r\n  x\r\nb: |+\r\n  y\r\n",
	  "1:1{2 1:1(a) 1:4|-(x) 3:1(b) 3:4|+(y\n)}/" },
	{ "tags", "[!!int 1, !own b, ! c, !<tag:x> d, !!seq [], !!map {}]",
	  "1:1[6 1:2<tag:yaml.org,2002:int>(1) 1:11<!own>(b) 1:19<!>(c) "
	  "1:24<tag:x>(d) 1:36<tag:yaml.org,2002:seq>[0] "
	  "1:46<tag:yaml.org,2002:map>{0}]/" },
	{ "aliases", "a: &x [1]\nb: *x\nc: &x 2\nd: *x\n",
	  "1:1{4 1:1(a) 1:4&x[1 1:8(1)] 2:1(b) 2:4*x@1 3:1(c) 3:4&x(2) 4:1(d) "
	  "4:4*x@3}/" },
	{ "merge key is a key", "<<: {}\n", "1:1{1 1:1(<<) 1:5{0}}/" },
	{ "private use",
	  "a: \xee\x80\x80"
	  "1\xee\x80\x81",
	  "1:1{1 1:1(a) 1:4(\xee\x80\x80"
	  "1\xee\x80\x81)}/" },
};

static void trees(void **state)
{
	const struct row *row = *state;
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO_BUF out = BUF_INIT(10000);
	AUTO_ERR err = ERR_INIT;

	if (!yaml_parse(str_of(row->text), "t", &s, &err))
		fail_msg("%s", err.msg);
	for (size_t i = 0; i < s->count; i++) {
		dump(s->roots[i], &out);
		buf_add_char(&out, '/');
	}
	assert_string_equal(buf_text(&out), row->want);
}

static const struct bad_row {
	const char *name, *text, *where;
} bad_rows[] = {
	{ "map in a value", "a: b: c", "t:1:5: mapping values" },
	{ "wrong indentation", "a:\n  b: 1\n c: 2\n",
	  "t:3:2: did not find expected key, while parsing a block mapping "
	  "that begins at t:1:1" },
	{ "list without end", "a: [1,\nb: 2", "t:3:1: " },
	{ "quote without end", "a: \"b\n", "t:2:1: " },
	{ "tab for indentation", "a:\n\tb: 1", "t:2:1: " },
	{ "control character", "ab\n\xc3\xa9: \x01", "t:2:4: control" },
	{ "invalid UTF-8", "a: \xff", "t:1:4: no UTF-8" },
	{ "UTF-8 cut short", "\n\n\xc3", "t:3:1: no UTF-8" },
	{ "escaped NUL", "a: \"x\\0\"", "t:1:4: NUL character" },
	{ "lonely surrogate", "\"\\ud800\"", "t:1:" },
	{ "unknown alias", "a: *x", "t:1:4: unknown anchor \"x\"" },
	{ "alias from another document", "&x a\n---\n*x", "t:3:1: unknown" },
	{ "alias of what it is in", "&x [1, [*x]]", "t:1:9: anchor \"x\"" },
	{ "alias of the map it is in", "&x\na: *x", "t:2:4: anchor \"x\"" },
	{ "another version", "%YAML 3.1\n---\na", "t:" },
	{ "document without a mark", "a\n...\nb: c\n... d\n", "t:" },
	{ "no blank before a comment in flow", "[a]b", "t:1:4: " },
};

static void refuses(void **state)
{
	const struct bad_row *row = *state;
	struct yaml_stream *s = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(yaml_parse(str_of(row->text), "t", &s, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_null(s);
	if (strncmp(err.msg, row->where, strlen(row->where)) != 0)
		fail_msg("%s", err.msg);
}

static enum err_kind parse_times(size_t n, const char *open, const char *close)
{
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(8));
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < n; i++)
		buf_add_text(&text, open);
	for (size_t i = 0; i < n; i++)
		buf_add_text(&text, close);
	(void)!yaml_parse(buf_str(&text), "t", &s, &err);
	return err.kind;
}

static void nesting(void **state)
{
	(void)state;
	assert_int_equal(parse_times(LIMIT_NESTING, "[", "]"), ERR_NONE);
	assert_int_equal(parse_times(LIMIT_NESTING + 1, "[", "]"), ERR_LIMIT);
	assert_int_equal(parse_times(LIMIT_NESTING, "- ", ""), ERR_NONE);
	assert_int_equal(parse_times(LIMIT_NESTING + 1, "- ", ""), ERR_LIMIT);
	assert_int_equal(parse_times(100000, "[", ""), ERR_LIMIT);
}

/* A list is one node, and each line of it another. */
static void nodes(void **state)
{
	(void)state;
	assert_int_equal(parse_times(LIMIT_YAML_NODES - 1, "-\n", ""),
			 ERR_NONE);
	assert_int_equal(parse_times(LIMIT_YAML_NODES, "-\n", ""), ERR_LIMIT);
}

static void nul_byte(void **state)
{
	(void)state;
	struct yaml_stream *s = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_false(yaml_parse(str_cut("a: \0", 4), "t", &s, &err));
	assert_int_equal(err.kind, ERR_INVALID);
	assert_non_null(strstr(err.msg, "t:1:4: "));
}

static void print_place(const struct yaml_places *self, unsigned line,
			unsigned column, struct buf *out)
{
	(void)self;
	buf_addf(out, "templates/x.yaml:%u:%u", line + 100, column);
}

static void places(void **state)
{
	(void)state;
	static const struct yaml_places elsewhere = { print_place };
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL, *none = NULL;
	AUTO_ERR err = ERR_INIT, other = ERR_INIT;

	assert_false(yaml_parse_places(str_of("a:\n  b: 1\n c: 2\n"), "t",
				       &elsewhere, &none, &err));
	assert_string_equal(err.msg,
			    "templates/x.yaml:103:2: did not find expected key,"
			    " while parsing a block mapping that begins at "
			    "templates/x.yaml:101:1");
	assert_true(
		yaml_parse_places(str_of("a: 1"), "t", &elsewhere, &s, &other));
	assert_false(yaml_fail(s, s->roots[0]->first->next, &other, ERR_INVALID,
			       "no %s", "good"));
	assert_string_equal(other.msg, "templates/x.yaml:101:4: no good");
}

static void empty_nodes(void **state)
{
	(void)state;
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_parse(str_of("---\n---\n~\n---\n''\n---\n!!str\n"),
			       "t", &s, &err));
	assert_int_equal(s->count, 4);
	assert_true(yaml_is_empty(s->roots[0]));
	for (size_t i = 1; i < 4; i++)
		assert_false(yaml_is_empty(s->roots[i]));
}

/* Texts larger than a block of the stream's memory. */
static void large_text(void **state)
{
	(void)state;
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO_BUF text = BUF_INIT(LIMIT_MIB(1));
	AUTO_ERR err = ERR_INIT;

	buf_add_text(&text, "- a\n- ");
	for (size_t i = 0; i < 100000; i++)
		buf_add_char(&text, 'x');
	buf_add_text(&text, "\n- b\n");
	assert_true(yaml_parse(buf_str(&text), "t", &s, &err));
	const struct yaml_node *n = s->roots[0]->first;
	assert_string_equal(n->text.p, "a");
	assert_int_equal(n->next->text.n, 100000);
	assert_string_equal(n->next->next->text.p, "b");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(nesting),     cmocka_unit_test(nodes),
		cmocka_unit_test(nul_byte),    cmocka_unit_test(places),
		cmocka_unit_test(empty_nodes), cmocka_unit_test(large_text),
	};

	return ROWS_RUN("yaml", rows, trees) +
	       ROWS_RUN("yaml refused", bad_rows, refuses) +
	       cmocka_run_group_tests_name("yaml more", others, NULL, NULL);
}
