/*
 * What decides by small languages of their own: a range of versions, a version
 * and another, rules of .helmignore and a path, with NULs between them.
 *
 *   - a range is one or none, whichever version is asked about;
 *   - the order of versions is one: a < b exactly when b > a, and what a
 *     version itself says is in ranges made of it;
 *   - a rule ignores what it says literally;
 *   - reading rules ends in rules or an error.
 */
#include <stdint.h>
#include <stdio.h>

#include "base/alloc.h"
#include "chart/ignore.h"
#include "chart/version.h"
#include "fuzz/require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_in(const struct version *v, const char *op, struct str than)
{
	AUTO_FREE char *range = alloc_print("%s " STR_FMT, op, STR_ARG(than));
	AUTO_ERR err = ERR_INIT;
	bool in = false;

	REQUIRE(version_in(v, str_of(range), &in, &err));
	return in;
}

static void check_order(const struct version *a, const struct version *b,
			struct str text)
{
	int order = version_compare(a, b);

	REQUIRE((order < 0) == (version_compare(b, a) > 0));
	REQUIRE((order == 0) == (version_compare(b, a) == 0));
	/* Without a pre-release, and in full, an operator means the order. */
	if (a->pre.n || b->pre.n || text.n > 200)
		return;
	AUTO_FREE char *than = alloc_print("%llu.%llu.%llu",
					   (unsigned long long)b->part[0],
					   (unsigned long long)b->part[1],
					   (unsigned long long)b->part[2]);
	REQUIRE(is_in(a, "<", str_of(than)) == (order < 0));
	REQUIRE(is_in(a, "<=", str_of(than)) == (order <= 0));
	REQUIRE(is_in(a, ">", str_of(than)) == (order > 0));
	REQUIRE(is_in(a, ">=", str_of(than)) == (order >= 0));
	REQUIRE(is_in(a, "=", str_of(than)) == (order == 0));
	REQUIRE(is_in(a, "!=", str_of(than)) == (order != 0));
	if (is_in(a, "~", str_of(than)))
		REQUIRE(order >= 0 &&
			(is_in(a, "^", str_of(than)) || b->part[0] == 0));
}

static void check_versions(struct str range, struct str one, struct str other)
{
	AUTO_ERR err = ERR_INIT, alone = ERR_INIT;
	struct version a, b;
	bool in;

	if (!version_parse(one, &a))
		return;
	REQUIRE(version_in(&a, range, &in, &err) ==
		version_in(NULL, range, &in, &alone));
	if (version_parse(other, &b))
		check_order(&a, &b, other);
}

/* Whether a text means only itself as a rule. */
static bool is_literal(struct str s)
{
	if (s.n == 0 || str_trim(s).n != s.n || s.p[0] == '#' ||
	    s.p[0] == '!' || s.p[0] == '/' || str_ends(s, "/"))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (strchr("*?[\\\n", s.p[i]))
			return false;
	return true;
}

static void check_rules(struct str text, struct str path)
{
	AUTO(ignore_free) struct ignore *rules = NULL;
	AUTO(ignore_free) struct ignore *literal = NULL;
	AUTO_ERR err = ERR_INIT;

	if (ignore_read(text, "x", &rules, &err)) {
		ignore_matches(rules, path, IGNORE_FILE);
		ignore_matches(rules, path, IGNORE_DIR);
	} else {
		REQUIRE(err.kind == ERR_INVALID || err.kind == ERR_LIMIT);
		err_clear(&err);
	}
	if (!is_literal(path))
		return;
	REQUIRE(ignore_read(path, "x", &literal, &err));
	REQUIRE(ignore_matches(literal, path, IGNORE_FILE));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = str_cut((const char *)data, size), part[4];

	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		str_split(rest, '\0', &part[i], &rest);
	check_versions(part[0], part[1], part[2]);
	check_rules(part[3], rest);
	return 0;
}
