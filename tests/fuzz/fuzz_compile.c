/*
 * Templates: what is before a NUL, and a partial behind it; the first byte
 * chooses the flags.
 *
 *   - compiling ends in a program or in an error that begins with a place in
 *     the template at fault, and the same again the second time;
 *   - it takes no longer than its text is long: the template is repeated until
 *     it has 32 KiB, and then is compiled in time;
 *   - what a template cannot say alone it cannot say as a partial, either.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "fuzz/require.h"
#include "mustache/mustache.h"

/* Far more than it takes, with sanitizers and on a busy machine. */
enum { LONG_BYTES = 32 * 1024, LONG_S = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool compile(struct str text, struct str partial, unsigned flags,
		    struct err *err)
{
	const struct mustache_source sources[] = {
		{ .name = "t", .text = text, .flags = flags },
		{ .name = "p", .text = partial, .flags = flags },
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;

	if (!mustache_compile(sources, ARRAY_LEN(sources), &set, err))
		return false;
	REQUIRE(mustache_find(set, "t") && mustache_find(set, "p"));
	return true;
}

/* Cuts "N:" off the message. */
static size_t number(struct str *msg)
{
	struct str digits;
	size_t n = 0;

	REQUIRE(str_split(*msg, ':', &digits, msg) && digits.n);
	for (size_t i = 0; i < digits.n; i++) {
		REQUIRE(digits.p[i] >= '0' && digits.p[i] <= '9');
		n = n * 10 + (size_t)(digits.p[i] - '0');
	}
	return n;
}

static void check_place(const struct err *err, struct str text,
			struct str partial)
{
	struct str msg = str_of(err->msg), name, of, line = { 0 };
	size_t number_of_line, column;

	REQUIRE(str_split(msg, ':', &name, &msg));
	REQUIRE(str_is(name, "t") || str_is(name, "p"));
	of = str_is(name, "t") ? text : partial;
	number_of_line = number(&msg);
	column = number(&msg);
	REQUIRE(str_starts(msg, " ") && msg.n > 1);
	for (size_t i = 0; i < number_of_line; i++) {
		REQUIRE(of.n || i == 0 || i + 1 == number_of_line);
		str_split(of, '\n', &line, &of);
	}
	REQUIRE(number_of_line > 0);
	REQUIRE(column > 0 && column <= line.n + 1);
}

/* Many times the same: whatever looks back or ahead does it often. */
static void check_time(struct str text, unsigned flags)
{
	AUTO_BUF much = BUF_INIT(2 * LONG_BYTES);
	AUTO_ERR err = ERR_INIT;
	clock_t start = clock();

	while (text.n && much.len < LONG_BYTES)
		buf_add_str(&much, text);
	if (!compile(buf_str(&much), str_of(""), flags, &err))
		REQUIRE(err.msg);
	REQUIRE((clock() - start) / CLOCKS_PER_SEC < LONG_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned all = MUSTACHE_STRICT | MUSTACHE_QUERIES |
			     MUSTACHE_HELPERS | MUSTACHE_NO_RAW |
			     MUSTACHE_PATHS;
	AUTO_FREE char *copy = alloc_text(data, size);
	AUTO_ERR err = ERR_INIT, err2 = ERR_INIT;
	struct str text, partial;

	if (size < 1)
		return 0;
	unsigned flags = data[0] & all;
	str_split(str_cut(copy + 1, size - 1), '\0', &text, &partial);
	bool ok = compile(text, partial, flags, &err);
	REQUIRE(ok == compile(text, partial, flags, &err2));
	REQUIRE(ok || strcmp(err.msg, err2.msg) == 0);
	if (!ok)
		check_place(&err, text, partial);
	/* The other way round: they are equals. */
	err_clear(&err2);
	REQUIRE(ok == compile(partial, text, flags, &err2));
	check_time(text, flags);
	return 0;
}
