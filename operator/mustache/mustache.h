/*
 * Mustache: templates compiled once, rendered many times.
 *
 * A set is a group of templates that can include one another. It is made by
 * mustache_compile(), never changes afterwards, and may be rendered by any
 * number of threads at once. What one render needs lives in a run: one for
 * each thread, reused from render to render.
 *
 * Syntax and meaning are those of the Mustache specification, its optional
 * modules included: dynamic names, inheritance, lambdas (as native functions).
 * Flags add extensions, each used only where the specification's own lookup of
 * the whole tag name finds nothing, so that existing data always wins:
 *
 *   MUSTACHE_QUERIES; none of these sections pushes a context
 *   {{#x?}} {{^x?}}        is x there, and not null?
 *   {{x?}}                 x, or null when it is missing
 *   {{#x=text}}            is x that text, number (by its digits) or boolean?
 *   {{#x=!text}}           is it not? Nothing after the sign asks whether x
 *                          is missing, null or ""
 *   {{#x<3}} <= > >=       is x a number, and less than 3?
 *
 *   MUSTACHE_PATHS
 *   {{ports.0.name}}       an item of a list; -1 is the last
 *   {{ports.-length}}      how many items or entries there are
 *   {{.name}}              of the innermost context, not of those around it
 *   {{-root.name}}         of the outermost context
 *   {{#labels.*}}          once for each entry of a map, in its order: {{*}} or
 *                          {{-key}} is the key, {{.}} the value
 *   {{-index}}             of the innermost loop: -index counts from 1, -index0
 *                          from 0; -length, -key, and -first and -last, which
 *                          are booleans
 *
 *   MUSTACHE_HELPERS
 *   {{#default}}…          value helpers, see mustache/helper.h
 *
 * A section is rendered unless its value is missing, null, false or an empty
 * list: 0 and "" do render, and {{#x=0}} or {{#x=}} tells them apart.
 *
 * This floor knows nothing of YAML. A render gives text, or keeps literal text
 * and values apart (mustache/expand.h), which is how charts are rendered.
 *
 * Limits: LIMIT_TEMPLATE_* and LIMIT_PARTIAL_DEPTH, LIMIT_RENDER_*. Nothing
 * here recurses on the C stack, whatever the templates say.
 */
#ifndef MUSTACHE_MUSTACHE_H
#define MUSTACHE_MUSTACHE_H

#include "base/buf.h"
#include "data/val.h"

#include <stdint.h>

struct mustache_set;
struct mustache_template;
struct mustache_run;

/* What a template may do beyond the specification; 0: nothing. */
enum mustache_flag {
	/* A missing variable or an unknown partial is an error. */
	MUSTACHE_STRICT = 1 << 0,
	MUSTACHE_QUERIES = 1 << 1,
	MUSTACHE_HELPERS = 1 << 2,
	/* {{{x}}} and {{&x}} are errors. */
	MUSTACHE_NO_RAW = 1 << 3,
	MUSTACHE_PATHS = 1 << 4
};

struct mustache_source {
	const char *name; /* for {{> name}} and mustache_find() */
	const char *file; /* for messages; NULL: the name */
	/* In "a/b/" the tag {{> x}} means the template a/b/x, else a/x, else
	 * x. NULL: "", where it is x. */
	const char *scope;
	struct str text; /* valid UTF-8 without NUL; copied */
	unsigned flags;  /* enum mustache_flag */
};

/**
 * Compiles templates that may include each other.
 *
 * Errors: ERR_INVALID "file:line:column: …" for a tag that is not closed, a
 *         section never closed (with the place where it was opened) or closed
 *         under another name, bad delimiters, a bad name, two templates of one
 *         name; ERR_LIMIT for the size, the nesting, the number of operations.
 */
MUST_USE bool mustache_compile(const struct mustache_source *sources,
			       size_t count, struct mustache_set **out,
			       struct err *err);
void mustache_free(struct mustache_set *set);
DEFINE_AUTO(struct mustache_set *, mustache_free)

/** A template of the set; NULL when it has none of that name. */
const struct mustache_template *mustache_find(const struct mustache_set *set,
					      const char *name);

/** State of one render at a time; one thread at a time. */
MUST_USE struct mustache_run *mustache_run_new(void);
void mustache_run_free(struct mustache_run *run);
DEFINE_AUTO(struct mustache_run *, mustache_run_free)

/*
 * A native function in place of a value (specification, ~lambdas). It is
 * called for a tag of its name when no data has that name, and returns
 * template text, which is rendered in place of the tag: for a section with the
 * delimiters in force there, for a variable with {{ and }}.
 */
struct mustache_lambda {
	const char *name;
	/**
	 * @param text  a section's content as it is written; of a variable
	 *              nothing, text.p is NULL
	 * @param out   empty; the text is appended
	 */
	bool (*fn)(void *ctx, struct str text, struct buf *out,
		   struct err *err);
	void *ctx;
};

/** Gives the run lambdas, which are borrowed. Charts have none. */
void mustache_run_lambdas(struct mustache_run *run,
			  const struct mustache_lambda *lambdas, size_t count);

enum mustache_escape {
	MUSTACHE_HTML, /* {{x}} escapes & < > ", as the specification says */
	MUSTACHE_PLAIN /* {{x}} prints as it is */
};

/**
 * Appends the rendered text to out. Numbers print with their own digits, lists
 * and maps as JSON.
 *
 * @param root  the outermost context; any value, NULL for none
 *
 * Errors: ERR_INVALID for what is missing in a strict template, or what a
 *         helper refuses; ERR_LIMIT for a limit, out's own included. Each with
 *         place and chain of partials.
 */
MUST_USE bool mustache_render(struct mustache_run *run,
			      const struct mustache_template *t,
			      const struct val *root,
			      enum mustache_escape escape, struct buf *out,
			      struct err *err);

#endif
