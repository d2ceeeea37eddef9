#include "kube/items.h"

#include "data/json.h"

#include "unit/rows.h"

static const struct row {
	const char *name, *text;
	const char *want; /* items and the rest, each followed by '|' */
	enum err_kind kind;
} rows[] = {
	{ "none", "{\"items\":[]}", "{\"items\":[]}|", ERR_NONE },
	{ "one", "{\"items\":[{\"a\":1}]}", "{\"a\":1}|{\"items\":[]}|",
	  ERR_NONE },
	{ "two", "{\"kind\":\"L\",\"items\":[{\"a\":1},{\"b\":[]}],\"z\":0}",
	  "{\"a\":1}|{\"b\":[]}|{\"kind\":\"L\",\"items\":[],\"z\":0}|",
	  ERR_NONE },
	{ "blanks", " {\n \"items\" : [ \n{ \"a\" : 1 } ,\n {} ]\t}\n",
	  "{\"a\":1}|{}|{\"items\":[]}|", ERR_NONE },
	{ "items within an item", "{\"items\":[{\"items\":[{},{}]}]}",
	  "{\"items\":[{},{}]}|{\"items\":[]}|", ERR_NONE },
	{ "items deeper", "{\"m\":{\"items\":[{\"a\":1}]}}",
	  "{\"m\":{\"items\":[{\"a\":1}]}}|", ERR_NONE },
	{ "braces in texts", "{\"x\":\"]}\",\"items\":[{\"a\":\"}\\\"]{\"}]}",
	  "{\"a\":\"}\\\"]{\"}|{\"x\":\"]}\",\"items\":[]}|", ERR_NONE },
	{ "a key that looks like it", "{\"a\\\"items\":[{\"b\":1}]}",
	  "{\"a\\\"items\":[{\"b\":1}]}|", ERR_NONE },
	{ "a value that looks like it", "{\"a\":\"items\",\"b\":[{}]}",
	  "{\"a\":\"items\",\"b\":[{}]}|", ERR_NONE },
	{ "null", "{\"items\":null}", "{\"items\":null}|", ERR_NONE },
	{ "no list", "[{\"a\":1}]", "", ERR_INVALID },
	{ "a list of lists", "[[{\"a\":1}]]", "", ERR_INVALID },
	{ "cut in an item", "{\"items\":[{\"a\":1}", "{\"a\":1}|",
	  ERR_INVALID },
	{ "cut behind the items", "{\"items\":[{\"a\":1}]", "{\"a\":1}|",
	  ERR_INVALID },
	{ "an item that is none", "{\"items\":[{\"a\":01}]}", "", ERR_INVALID },
	{ "too many ends", "{}}}}}", "", ERR_INVALID },
	{ "empty", "", "", ERR_INVALID },
	{ "callback fails", "{\"items\":[{\"a\":1},{\"stop\":1},{}]}",
	  "{\"a\":1}|", ERR_CANCELLED },
};

static bool collect(void *ctx, const struct val *item, struct err *err)
{
	if (val_get(item, "stop"))
		return err_set(err, ERR_CANCELLED, "stop");
	json_write(item, ctx);
	buf_add_char(ctx, '|');
	return true;
}

static void run(const char *text, size_t chunk, struct buf *got,
		struct err *err)
{
	AUTO(val_unref) struct val *rest = NULL;
	size_t n = strlen(text);
	bool ok = true;
	AUTO_ITEMS s;

	items_init(&s);
	for (size_t at = 0; ok && at < n; at += chunk)
		ok = items_feed(
			&s, str_cut(text + at, at + chunk < n ? chunk : n - at),
			collect, got, err);
	if (ok && items_end(&s, &rest, err)) {
		json_write(rest, got);
		buf_add_char(got, '|');
	}
}

static void cuts(void **state)
{
	const struct row *row = *state;

	for (size_t chunk = 1; chunk <= strlen(row->text) + 1; chunk++) {
		AUTO_BUF got = BUF_INIT(1000);
		AUTO_ERR err = ERR_INIT;

		run(row->text, chunk, &got, &err);
		assert_string_equal(buf_text(&got), row->want);
		assert_int_equal(err.kind, row->kind);
	}
}

int main(void)
{
	return ROWS_RUN("items", rows, cuts);
}
