/* The limits of a chart's files, at the limit and one beyond; test_archive.c
 * and test_subcharts.c have those of archives and of charts within charts. */
#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "chart/chart.h"
#include "unit/chart/folder.h"
#include "unit/rows.h"

static bool load_file(const char *path, const char *text, struct err *err)
{
	const struct folder_file files[] = {
		{ "Chart.yaml", path ? FOLDER_META : text },
		{ path, text },
		{ NULL, NULL },
	};
	AUTO_FREE char *root = folder_make(files);
	AUTO(chart_unref) struct chart *chart = NULL;
	bool ok = chart_load(root, &chart, err);

	folder_remove(root);
	return ok;
}

static void test_folders(void **state)
{
	AUTO_BUF path = BUF_INIT(LIMIT_KIB(1));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	for (int i = 0; i < LIMIT_CHART_DEPTH; i++)
		buf_add_text(&path, "f/");
	AUTO_FREE char *most = alloc_print("%sx", buf_text(&path));
	AUTO_FREE char *more = alloc_print("%sf/x", buf_text(&path));
	if (!load_file(most, "", &err))
		fail_msg("%s", err.msg);
	assert_false(load_file(more, "", &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "f/f: more than 20 folders deep"));
}

static void test_imports(void **state)
{
	AUTO_BUF text = BUF_INIT(LIMIT_KIB(64));
	AUTO_ERR err = ERR_INIT;

	(void)state;
	buf_add_text(&text,
		     FOLDER_META "dependencies:\n- name: d\n  condition: d.on\n"
				 "  import-values:\n");
	for (int i = 0; i < LIMIT_IMPORTS; i++)
		buf_addf(&text, "  - {child: a, parent: b%d}\n", i);
	/* It gets as far as to miss the subchart. */
	assert_false(load_file(NULL, buf_text(&text), &err));
	assert_int_equal(err.kind, ERR_INVALID);
	err_clear(&err);
	buf_add_text(&text, "  - {child: a, parent: b}\n");
	assert_false(load_file(NULL, buf_text(&text), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "Chart.yaml: more than 256 "
					"import-values"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_imports),
	};

	return cmocka_run_group_tests_name("chart_limits", tests, NULL, NULL);
}
