#include "data/regex.h"

#include "base/alloc.h"
#include "base/limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct regex {
	pcre2_code *code;
};

struct regex_space {
	pcre2_match_data *data;
	pcre2_match_context *context;
};

/* With \u, \x is followed by two digits and nothing else: \x{41} would
 * silently mean something else. */
static bool has_long_hex(struct str pattern)
{
	for (size_t i = 0; i + 2 < pattern.n; i++) {
		if (pattern.p[i] != '\\')
			continue;
		if (pattern.p[++i] == 'x' && pattern.p[i + 1] == '{')
			return true;
	}
	return false;
}

static bool fail_compile(int code, size_t at, struct err *err)
{
	char why[160];

	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why)) < 0)
		why[0] = '\0';
	/* Parentheses too deep, program too large. */
	bool limit = code == PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP ||
		     code == PCRE2_ERROR_PATTERN_TOO_LARGE;
	return err_set(err, limit ? ERR_LIMIT : ERR_INVALID,
		       "%s at character %zu", why, at);
}

bool regex_compile(struct str pattern, struct regex **out, struct err *err)
{
	pcre2_compile_context *context;
	uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C |
			   PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS |
			   PCRE2_MATCH_UNSET_BACKREF;
	pcre2_code *code;
	size_t at;
	int rc;

	if (pattern.n > LIMIT_REGEX_BYTES)
		return err_set(err, ERR_LIMIT,
			       "the expression is longer than %zu bytes",
			       LIMIT_REGEX_BYTES);
	context = pcre2_compile_context_create(NULL);
	if (!context)
		return err_set(err, ERR_INTERNAL, "out of memory");
	pcre2_set_parens_nest_limit(context, LIMIT_REGEX_NESTING);
	/* As everybody expects, not as PCRE2 was built. */
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	if (!has_long_hex(pattern))
		pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
	code = pcre2_compile((PCRE2_SPTR)(pattern.n ? pattern.p : ""),
			     pattern.n, options, &rc, &at, context);
	pcre2_compile_context_free(context);
	if (!code)
		return fail_compile(rc, at, err);
	*out = NEW(struct regex);
	(*out)->code = code;
	return true;
}

void regex_free(struct regex *regex)
{
	if (!regex)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

size_t regex_size(const struct regex *regex)
{
	size_t size = 0;

	pcre2_pattern_info(regex->code, PCRE2_INFO_SIZE, &size);
	return size;
}

struct regex_space *regex_space_new(void)
{
	struct regex_space *space = NEW(struct regex_space);

	/* Only whether it matches is asked: no room for groups. */
	space->data = pcre2_match_data_create(1, NULL);
	space->context = pcre2_match_context_create(NULL);
	if (!space->data || !space->context)
		abort();
	pcre2_set_heap_limit(space->context, LIMIT_REGEX_HEAP_KIB);
	return space;
}

void regex_space_free(struct regex_space *space)
{
	if (!space)
		return;
	pcre2_match_data_free(space->data);
	pcre2_match_context_free(space->context);
	free(space);
}

/*
 * PCRE2 bounds a match by a number of steps and does not tell how many it
 * took. So it gets few at first, and the whole lot is charged; nearly every
 * match ends there. One step may run along the text, hence the second factor.
 */
enum regex_result regex_match(const struct regex *regex, struct str text,
			      struct regex_space *space, size_t *steps)
{
	size_t factor = 1 + text.n / 64;

	for (size_t limit = 64;; limit *= 16) {
		size_t cost = limit * factor;
		int rc;

		if (cost > *steps || limit > UINT32_MAX)
			return REGEX_TOO_HARD;
		*steps -= cost;
		pcre2_set_match_limit(space->context, (uint32_t)limit);
		rc = pcre2_match(regex->code,
				 (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0,
				 0, space->data, space->context);
		if (rc >= 0)
			return REGEX_YES;
		if (rc == PCRE2_ERROR_NOMATCH)
			return REGEX_NO;
		if (rc != PCRE2_ERROR_MATCHLIMIT)
			return REGEX_TOO_HARD;
	}
}
