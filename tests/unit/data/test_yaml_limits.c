/* What YAML may expand to, at the limit and one beyond. tests/unit/chart has
 * hostile templates. */
#include "base/alloc.h"
#include "base/limits.h"
#include "data/yaml_read.h"
#include "unit/rows.h"

static void check(const struct buf *text, const char *error)
{
	AUTO_VAL_LIST docs = { 0 };
	AUTO_ERR err = ERR_INIT;
	bool ok = yaml_read_all(buf_str(text), "y", &docs, &err);

	assert_string_equal(ok ? "" : err.msg, error);
	assert_int_equal(err.kind, *error ? ERR_LIMIT : ERR_NONE);
	assert_int_equal(docs.count > 0, ok);
}

/* Of all documents together: the second one is the first again. */
static void test_nodes(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF text = BUF_INIT(LIMIT_MIB(4));

		/* Each has the list around and ten items, one of them the list
		 * of aliases: 3 nodes and 11 for each alias. */
		for (int i = 0; i < 2; i++) {
			size_t aliases = LIMIT_YAML_NODES / 2 / 11 - 1;
			size_t left = LIMIT_YAML_NODES / 2 - aliases * 11;

			buf_add_text(&text,
				     "---\n- &a [1,2,3,4,5,6,7,8,9,0]\n");
			for (size_t j = 0; j < aliases; j++)
				buf_add_text(&text, "- *a\n");
			/* The list around, and the anchored one. */
			for (size_t j = 12; j < left + (i ? more : 0); j++)
				buf_add_text(&text, "- 1\n");
		}
		if (more)
			check(&text, "y:22741:3: aliases expand to more than "
				     "250000 nodes");
		else
			check(&text, "");
	}
}

static void add_long(struct buf *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(text, 'a');
}

/* The text itself is not counted, each alias is. */
static void test_repeated(void **state)
{
	enum { TIMES = 16, LONG = LIMIT_YAML_REPEATED / TIMES };

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF text = BUF_INIT(LIMIT_MIB(1)),
			 keys = BUF_INIT(LIMIT_MIB(1));

		buf_add_text(&text, "- [&a ");
		add_long(&text, LONG);
		buf_add_text(&text, ", &b b]\n");
		buf_add_text(&keys, "- &a ");
		add_long(&keys, LONG);
		buf_add_text(&keys, "\n- &b b\n");
		for (int i = 0; i < TIMES; i++) {
			buf_add_text(&text, "- *a\n");
			buf_add_text(&keys, "- {*a : 1}\n");
		}
		if (more) {
			buf_add_text(&text, "- *b\n");
			buf_add_text(&keys, "- {*b : 1}\n");
		}
		check(&text,
		      more ? "y:1:524297: aliases repeat texts of more than "
			     "8388608 bytes"
			   : "");
		check(&keys, more ? "y:2:3: aliases repeat texts of more than "
				    "8388608 bytes"
				  : "");
	}
}

static void test_spend(void **state)
{
	AUTO_BUF text = BUF_INIT(LIMIT_YAML_REPEATED);
	struct yaml_spent bytes = { 0 }, nodes = { 0 };
	AUTO(val_unref) struct val *map = val_with_text(NULL, "k", "v");
	AUTO_ERR err = ERR_INIT;

	(void)state;
	/* Two nodes and two bytes. */
	assert_true(yaml_spend(&nodes, map, &err));
	assert_int_equal(nodes.nodes, 2);
	assert_int_equal(nodes.bytes, 2);
	nodes.nodes = LIMIT_YAML_NODES - 2;
	assert_true(yaml_spend(&nodes, map, &err));
	assert_false(yaml_spend(&nodes, NULL, &err));
	assert_string_equal(err.msg, "makes more than 250000 nodes, together "
				     "with all before it");
	err_clear(&err);
	add_long(&text, LIMIT_YAML_REPEATED);
	AUTO(val_unref) struct val *v = val_new_text(buf_str(&text));
	assert_true(yaml_spend(&bytes, v, &err));
	assert_false(yaml_spend(&bytes, map, &err));
	assert_string_equal(err.msg, "makes texts of more than 8388608 bytes, "
				     "together with all before it");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_spend),
	};

	return cmocka_run_group_tests_name("yaml_limits", tests, NULL, NULL);
}
