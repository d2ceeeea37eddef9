/* Packed charts: that they are the same as unpacked ones, and what hostile
 * ones come to. */
#include "chart/chart.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/gzip.h"
#include "unit/chart/pack.h"

#include "unit/rows.h"

#include <assert.h>
#include <stdio.h>

#define META "c/Chart.yaml"

static const struct row {
	const char *name;
	struct {
		char type;
		const char *name, *data;
	} entries[6];
	const char *want; /* the error; NULL: none */
} rows[] = {
	{ "smallest", { { '0', META, FOLDER_META } }, NULL },
	{ "folders are told",
	  { { '5', "c/", NULL },
	    { '0', META, FOLDER_META },
	    { '5', "c/templates", NULL },
	    { '0', "c/templates/a.yaml", "" } },
	  NULL },
	{ "the folder has another name",
	  { { '0', "d/Chart.yaml", FOLDER_META } },
	  NULL },
	{ "current folder in front", { { '0', "./" META, FOLDER_META } }, NULL },
	{ "name of a link in a pax header",
	  { { 'g', "pax_global_header", "18 comment=abcdef\n" },
	    { 'x', "PaxHeaders/a", "11 mtime=1\n" },
	    { '0', META, FOLDER_META } },
	  NULL },
	{ "byte order mark",
	  { { '0', META, "\xef\xbb\xbf" FOLDER_META } },
	  NULL },
	{ ".helmignore does not count",
	  { { '0', META, FOLDER_META },
	    { '0', "c/.helmignore", "**\nvalues.yaml\n" },
	    { '0', "c/values.yaml", "[]" } },
	  "values.yaml: must be a map, found list" },
	{ "nothing", { { 0 } }, "there is no Chart.yaml" },
	{ "no folder",
	  { { '0', "Chart.yaml", FOLDER_META } },
	  "Chart.yaml: lies in no folder; `helm package` puts a chart into one "
	  "of its name" },
	{ "two folders",
	  { { '0', META, FOLDER_META }, { '0', "d/x", "" } },
	  "d/x: lies outside of the folder c/, in which the archive begins" },
	{ "two folders, one of them empty",
	  { { '5', "d", NULL }, { '0', META, FOLDER_META } },
	  "c/Chart.yaml: lies outside of the folder d/, in which the archive "
	  "begins" },
	{ "absolute",
	  { { '0', META, FOLDER_META }, { '0', "/etc/passwd", "" } },
	  "tar: \"/etc/passwd\": name that is not allowed at byte 1024" },
	{ "parent",
	  { { '0', META, FOLDER_META }, { '0', "c/../../x", "" } },
	  "tar: \"c/../../x\": name that is not allowed at byte 1024" },
	{ "backslash",
	  { { '0', META, FOLDER_META }, { '0', "c\\x", "" } },
	  "tar: \"c\\x\": name that is not allowed at byte 1024" },
	{ "control character",
	  { { '0', META, FOLDER_META }, { '0', "c/\n", "" } },
	  "tar: \"c/?\": name that is not allowed at byte 1024" },
	{ "drive",
	  { { '0', META, FOLDER_META }, { '0', "c/C:/x", "" } },
	  "c/C:/x: begins like a drive" },
	{ "drive in front",
	  { { '0', "C:/Chart.yaml", FOLDER_META } },
	  "C:/Chart.yaml: begins like a drive" },
	{ "symbolic link",
	  { { '0', META, FOLDER_META }, { '2', "c/x", NULL } },
	  "c/x: links are not allowed in an archive" },
	{ "hard link",
	  { { '0', META, FOLDER_META }, { '1', "c/x", NULL } },
	  "c/x: links are not allowed in an archive" },
	{ "link outside of the folder",
	  { { '2', "x", NULL }, { '0', META, FOLDER_META } },
	  "x: links are not allowed in an archive" },
	{ "device",
	  { { '0', META, FOLDER_META }, { '3', "c/x", NULL } },
	  "c/x: is neither file nor folder" },
	{ "the same file twice",
	  { { '0', META, FOLDER_META },
	    { '0', "c/x", "1" },
	    { '0', "c//./x", "2" } },
	  "x: is there twice" },
	{ "GNU's sparse file",
	  { { '0', META, FOLDER_META }, { 'S', "c/x", NULL } },
	  "tar: sparse file at byte 1024" },
	{ "subchart with a name outside of the folder",
	  { { '0', META, FOLDER_META }, { '0', "c/charts/x.tgz", "nothing" } },
	  "charts/x.tgz: is no gzipped archive (.tgz)" },
};

static void check(struct str archive, const char *want, enum err_kind kind)
{
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	if (chart_read(archive, &chart, &err)) {
		assert_null(want);
		return;
	}
	assert_null(chart);
	assert_string_equal(err.msg, want ? want : "no error");
	assert_int_equal(err.kind, kind);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO_BUF tar = BUF_INIT(LIMIT_MIB(1)), out = BUF_INIT(LIMIT_MIB(1));

	for (size_t i = 0; row->entries[i].name; i++)
		pack_entry(&tar, row->entries[i].type, row->entries[i].name,
			   str_of(row->entries[i].data));
	pack_end(&tar, &out);
	check(buf_str(&out), row->want, ERR_INVALID);
}

static const struct folder_file small[] = {
	{ "Chart.yaml", FOLDER_META },
	{ "values.yaml", "a: 1\n" },
	{ "templates/a.yaml", "" },
	{ "templates/NOTES.txt", "" },
	{ NULL, NULL },
};

/* On disk, by its path, as watches.yaml has it. */
static void test_load(void **state)
{
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(1));
	AUTO(chart_unref) struct chart *chart = NULL;
	const struct folder_file none[] = { { NULL, NULL } };
	AUTO_FREE char *folder = folder_make(none);
	AUTO_FREE char *path = alloc_print("%s/c-1.2.3.tgz", folder);
	AUTO_FREE char *text = alloc_print("%s/values.yaml", folder);
	AUTO_FREE char *want = alloc_print(
		"chart %s: is neither a directory nor a gzipped archive (.tgz)",
		text);
	AUTO_ERR err = ERR_INIT;
	FILE *f;

	(void)state;
	pack_files("c", small, &packed);
	f = fopen(path, "w");
	assert(f && fwrite(packed.p, 1, packed.len, f) == packed.len);
	fclose(f);
	f = fopen(text, "w");
	assert(f && fputs("a: 1\n", f) >= 0);
	fclose(f);
	if (!chart_load(path, &chart, &err))
		fail_msg("%s", err.msg);
	assert_string_equal(chart->name, "c");
	assert_int_equal(chart->file_count, 4);
	assert_string_equal(chart->templates[0].source, "c/templates/a.yaml");
	assert_string_equal(chart_find(chart, "values.yaml")->data.p, "a: 1\n");
	chart_unref(TAKE(chart));
	assert_false(chart_load(text, &chart, &err));
	assert_string_equal(err.msg, want);
	folder_remove(folder);
}

/* Cut off anywhere there is an error; with any byte changed, there is one, or
 * nothing has changed. */
static void test_damaged(void **state)
{
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(1));
	AUTO_FREE char *bytes = NULL;

	(void)state;
	pack_files("c", small, &packed);
	bytes = alloc_text(packed.p, packed.len);
	for (size_t n = 0; n < packed.len; n++) {
		AUTO(chart_unref) struct chart *chart = NULL;
		AUTO_ERR err = ERR_INIT;

		assert_false(chart_read(str_cut(bytes, n), &chart, &err));
		assert_int_equal(err.kind, ERR_INVALID);
	}
	/* A bit may mean nothing, but all content is under a checksum. */
	for (size_t i = 0; i < packed.len; i++) {
		AUTO(chart_unref) struct chart *chart = NULL;
		AUTO_ERR err = ERR_INIT;

		bytes[i] ^= 0x10;
		if (chart_read(str_cut(bytes, packed.len), &chart, &err))
			assert_string_equal(
				chart_find(chart, "values.yaml")->data.p,
				"a: 1\n");
		bytes[i] ^= 0x10;
	}
}

static void test_checksum(void **state)
{
	AUTO_BUF tar = BUF_INIT(LIMIT_MIB(1)), out = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	pack_entry(&tar, '0', META, str_of(FOLDER_META));
	tar.p[0] = 'd';
	pack_end(&tar, &out);
	check(buf_str(&out), "tar: wrong checksum at byte 0", ERR_INVALID);
}

/* A file of n bytes that compress well. */
static void add_big(struct buf *tar, const char *name, size_t n)
{
	AUTO_FREE char *bytes = alloc_zero(n);

	pack_entry(tar, '0', name, str_cut(bytes, n));
}

static void test_file_limit(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF tar = BUF_INIT(LIMIT_MIB(16));
		AUTO_BUF out = BUF_INIT(LIMIT_MIB(16));

		pack_entry(&tar, '0', META, str_of(FOLDER_META));
		add_big(&tar, "c/x", LIMIT_CHART_FILE_BYTES + more);
		pack_end(&tar, &out);
		check(buf_str(&out),
		      more ? "tar: c/x: beyond the limit of 5242880 bytes a "
			     "file and 104857600 in all"
			   : NULL,
		      ERR_LIMIT);
	}
}

static void test_total_limit(void **state)
{
	enum { FILES = LIMIT_CHART_BYTES / LIMIT_CHART_FILE_BYTES };
	const size_t meta = strlen(FOLDER_META);

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF tar = BUF_INIT(2 * LIMIT_CHART_BYTES);
		AUTO_BUF out = BUF_INIT(LIMIT_MIB(16));

		pack_entry(&tar, '0', META, str_of(FOLDER_META));
		for (size_t i = 1; i < FILES; i++) {
			AUTO_FREE char *name = alloc_print("c/%zu", i);

			add_big(&tar, name, LIMIT_CHART_FILE_BYTES);
		}
		add_big(&tar, "c/x", LIMIT_CHART_FILE_BYTES - meta + more);
		pack_end(&tar, &out);
		check(buf_str(&out),
		      more ? "tar: c/x: beyond the limit of 5242880 bytes a "
			     "file and 104857600 in all"
			   : NULL,
		      ERR_LIMIT);
	}
}

/* A few hundred kilobytes of gzip that hold a gigabyte of nothing. */
static void test_bomb(void **state)
{
	AUTO_BUF tar = BUF_INIT(2 * LIMIT_CHART_TAR_BYTES);
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(16));
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;
	static const char zeros[65536];

	(void)state;
	while (tar.len <= LIMIT_CHART_TAR_BYTES)
		buf_add(&tar, zeros, sizeof(zeros));
	assert_true(gzip_write(buf_str(&tar), 9, &out, &err));
	assert_true(out.len < LIMIT_MIB(1));
	assert_false(chart_read(buf_str(&out), &chart, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
}

static void test_many_files(void **state)
{
	(void)state;
	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF tar = BUF_INIT(LIMIT_MIB(32));
		AUTO_BUF out = BUF_INIT(LIMIT_MIB(16));

		pack_entry(&tar, '0', META, str_of(FOLDER_META));
		for (size_t i = 1; i < LIMIT_CHART_FILES + more; i++) {
			AUTO_FREE char *name = alloc_print("c/%zu", i);

			pack_entry(&tar, '0', name, str_of(""));
		}
		pack_end(&tar, &out);
		check(buf_str(&out), more ? "more than 10000 files" : NULL,
		      ERR_LIMIT);
	}
}

/* Packs a chart that holds `inner`, under a name that fits its file. */
static void wrap(struct str inner, struct buf *out)
{
	AUTO_BUF tar = BUF_INIT(LIMIT_CHART_TAR_BYTES);

	pack_entry(&tar, '0', META, str_of(FOLDER_META));
	pack_entry(&tar, '0', "c/charts/c.tgz", inner);
	pack_end(&tar, out);
}

static void test_nested(void **state)
{
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(1));

	(void)state;
	pack_files("c", small, &packed);
	for (size_t depth = 1; depth <= LIMIT_SUBCHART_DEPTH + 1; depth++) {
		AUTO_BUF next = BUF_INIT(LIMIT_MIB(1));
		struct buf old;

		wrap(buf_str(&packed), &next);
		check(buf_str(&next),
		      depth <= LIMIT_SUBCHART_DEPTH
			      ? NULL
			      : "charts/c.tgz/charts/c.tgz/charts/c.tgz/charts/"
				"c.tgz/charts/c.tgz/charts/c.tgz/charts/c.tgz/"
				"charts/c.tgz/charts/c.tgz/: more than 8 "
				"charts deep",
		      ERR_LIMIT);
		old = packed;
		packed = next;
		next = old;
	}
}

/* Each unpacks to half of what all may: the limit is for them together. */
static void test_nested_bombs(void **state)
{
	AUTO_BUF half = BUF_INIT(LIMIT_CHART_TAR_BYTES);
	AUTO_BUF packed = BUF_INIT(LIMIT_MIB(4)), tar = BUF_INIT(LIMIT_MIB(8));
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(8));
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	pack_entry(&half, '0', "a/Chart.yaml",
		   str_of("apiVersion: v2\nname: a\nversion: 1.2.3\n"
			  "annotations: {ide.example.com/template-engine: "
			  "mustache}\n"));
	for (size_t i = 0; i < LIMIT_CHART_BYTES / LIMIT_MIB(8); i++) {
		AUTO_FREE char *name = alloc_print("a/%zu", i);

		add_big(&half, name, LIMIT_MIB(5));
	}
	pack_end(&half, &packed);
	pack_entry(&tar, '0', META, str_of(FOLDER_META));
	pack_entry(&tar, '0', "c/charts/a.tgz", buf_str(&packed));
	pack_entry(&tar, '0', "c/charts/b.tgz", buf_str(&packed));
	pack_end(&tar, &out);
	assert_false(chart_read(buf_str(&out), &chart, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_non_null(strstr(err.msg, "charts/b.tgz: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_load),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_checksum),
		cmocka_unit_test(test_file_limit),
		cmocka_unit_test(test_total_limit),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_many_files),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_nested_bombs),
	};
	int failed = ROWS_RUN("archive", rows, test_row);

	return failed + cmocka_run_group_tests(tests, NULL, NULL);
}
