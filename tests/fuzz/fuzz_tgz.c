/*
 * A packed chart: the bytes of a .tgz, of a tar that is gzipped here (its
 * checksums would stop every change), or of "path\0text\0path\0text…", which
 * becomes a tar; a path that ends in .tgz has such a list as its text.
 *
 * Whatever it is, reading it ends in an error or a chart within the limits,
 * and a chart gives values and objects, or errors. Beyond that:
 *   - parents stand before their subcharts, and every part that is enabled has
 *     a parent that is;
 *   - a subchart that is enabled has values, and global in them;
 *   - the same values twice are the same;
 *   - an error has a kind and a text.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "chart/render.h"
#include "chart/source.h"
#include "chart/values.h"
#include "data/gzip.h"
#include "fuzz/require.h"

enum { BLOCK = 512, MAX_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_file(struct buf *tar, struct str name, struct str data)
{
	char header[BLOCK] = "c/";
	unsigned sum = 8 * ' ';

	name = str_cut(name.p, name.n < 90 ? name.n : 90);
	if (name.n)
		memcpy(header + 2, name.p, name.n);
	snprintf(header + 124, 12, "%011o", (unsigned)data.n);
	header[156] = '0';
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(header + 148, 8, "%06o", sum);
	header[155] = ' ';
	buf_add(tar, header, BLOCK);
	buf_add_str(tar, data);
	while (tar->len % BLOCK && !buf_overflowed(tar))
		buf_add_char(tar, '\0');
}

static void add_list(struct buf *tar, struct str list)
{
	struct str name, text;

	while (list.n) {
		str_split(list, '\0', &name, &list);
		str_split(list, '\0', &text, &list);
		add_file(tar, name, text);
	}
}

static bool zip(struct buf *tar, struct buf *out)
{
	AUTO_ERR err = ERR_INIT;

	return buf_check(tar, &err) && gzip_write(buf_str(tar), 1, out, &err);
}

/* The first byte says what the rest is; '0' to '9': so many files at its start
 * are a subchart of their own, packed. */
static bool make(struct str in, struct buf *out)
{
	AUTO_BUF tar = BUF_INIT(MAX_BYTES), sub = BUF_INIT(MAX_BYTES);
	AUTO_BUF packed = BUF_INIT(MAX_BYTES);
	char kind = in.n ? in.p[0] : 'z';
	struct str rest = str_cut(in.p + (in.n > 0), in.n - (in.n > 0));
	struct str list = rest, ignored;

	if (kind == 'z')
		buf_add_str(out, rest);
	if (kind == 't') {
		buf_add_str(&tar, rest);
		return zip(&tar, out);
	}
	if (kind < '0' || kind > '9')
		return true;
	for (int i = 2 * (kind - '0'); i > 0; i--)
		str_split(list, '\0', &ignored, &list);
	add_list(&sub, str_cut(rest.p, rest.n - list.n));
	add_list(&tar, list);
	if (kind != '0') {
		if (!zip(&sub, &packed))
			return false;
		add_file(&tar, str_of("charts/s.tgz"), buf_str(&packed));
	}
	return zip(&tar, out);
}

static void check_parts(const struct chart *chart,
			const struct chart_values *values)
{
	const struct val *seen[LIMIT_SUBCHARTS] = { values->all };

	REQUIRE(chart->part_count <= LIMIT_SUBCHARTS && values->enabled[0]);
	for (size_t i = 1; i < chart->part_count; i++) {
		const struct chart_part *p = &chart->parts[i];

		REQUIRE(p->parent < i && p->depth <= LIMIT_SUBCHART_DEPTH);
		if (!values->enabled[i])
			continue;
		REQUIRE(values->enabled[p->parent]);
		seen[i] = val_get(seen[p->parent], p->name);
		REQUIRE(val_is(val_get(seen[i], "global"), VAL_MAP));
	}
}

static void check_err(const struct err *err)
{
	REQUIRE(err->kind == ERR_INVALID || err->kind == ERR_LIMIT);
	REQUIRE(err->msg && *err->msg);
}

static void use(const struct chart *chart)
{
	static const struct chart_release release = { "r", "n", 1, true,
						      false };
	const struct chart_capabilities caps = { "v1.30.0", NULL };
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(chart_values_free) struct chart_values *again = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_BUF notes = BUF_INIT(MAX_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (!chart_values_new(chart, NULL, NULL, NULL, &values, &err)) {
		check_err(&err);
		return;
	}
	check_parts(chart, values);
	REQUIRE(chart_values_new(chart, NULL, values->all, NULL, &again, &err));
	check_parts(chart, again);
	if (!chart_render(chart, values, &release, &caps, &m, &err)) {
		check_err(&err);
		err_clear(&err);
	}
	if (!chart_notes(chart, values, &release, &caps, &notes, &err))
		check_err(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF archive = BUF_INIT(MAX_BYTES);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!make(str_cut((const char *)data, size), &archive))
		return 0;
	if (chart_read(buf_str(&archive), &chart, &err))
		use(chart);
	else
		check_err(&err);
	return 0;
}
