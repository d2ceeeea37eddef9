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
 * This floor knows nothing of YAML. A render gives text, or hands literal
 * text and values separately to a sink, which is how charts are rendered.
 *
 * Limits: LIMIT_TEMPLATE_* and LIMIT_PARTIAL_DEPTH, LIMIT_RENDER_*. Nothing
 * here recurses on the C stack, whatever the templates say.
 */
#ifndef MUSTACHE_MUSTACHE_H
#define MUSTACHE_MUSTACHE_H

#include "base/buf.h"
#include "base/vec.h"
#include "data/val.h"

#include <stdint.h>

struct mustache_set;
struct mustache_template;
struct mustache_run;
struct op;

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

/* A place in a template, and how the render got there. */
struct mustache_place {
	const char *file; /* lives as long as the set */
	uint32_t line;    /* from 1 */
	uint32_t column;  /* from 1, in characters */
	uint32_t call;    /* for mustache_place_print() */
};

/* One variable, or the result of a helper, at the moment it is inserted. */
struct mustache_insert {
	/* NULL: missing. Lives until the run's next use and as long as root. */
	const struct val *value;
	struct mustache_place place;
	struct str name; /* as in the tag; lives as long as the set */
	bool raw;        /* {{{x}}} or {{&x}} */
	bool strict;     /* missing is an error: the sink's to report */
};

struct mustache_sink {
	void *ctx;
	/*
	 * Literal text; place is where its first byte stands. The indentation
	 * of a partial has the place of the line it indents.
	 */
	bool (*text)(void *ctx, struct str text,
		     const struct mustache_place *place, struct err *err);
	bool (*insert)(void *ctx, const struct mustache_insert *insert,
		       struct err *err);
};

/**
 * Renders into a sink. Missing variables are handed over like any other,
 * because only the sink knows whether the place counts.
 *
 * Errors: those of mustache_render(), and the sink's, which end the render.
 */
MUST_USE bool mustache_expand(struct mustache_run *run,
			      const struct mustache_template *t,
			      const struct val *root,
			      const struct mustache_sink *sink,
			      struct err *err);

/*
 * A trace: what a render would insert, and what decides about all other text.
 * Two renders of a template with equal symbols give the same literal text with
 * slots at the same places.
 */
struct mustache_slot {
	const struct val *value; /* as in struct mustache_insert */
	const struct mustache_template *t;
	const struct op *op;
	uint32_t call;
	bool strict;
};

struct mustache_trace {
	struct buf symbols;
	struct {
		VEC(struct mustache_slot);
	} slots; /* in the order of the text */
};

/**
 * Traces a render into trace, which is all zeros or was used before; nothing
 * is allocated once it is large enough. It lives until the run's next use.
 *
 * Errors: those of mustache_render(), but for missing variables.
 */
MUST_USE bool mustache_trace(struct mustache_run *run,
			     const struct mustache_template *t,
			     const struct val *root,
			     struct mustache_trace *trace, struct err *err);
void mustache_trace_done(struct mustache_trace *trace);

/** What a sink would have been given for a slot. */
struct mustache_insert mustache_slot_insert(const struct mustache_slot *slot);

/**
 * Appends "file:line:column", and for a place in a partial the chain of
 * "included from" places in brackets. For places of the run's last render.
 */
void mustache_place_print(const struct mustache_run *run,
			  const struct mustache_place *place, struct buf *out);

/** Records an error at a place: "file:line:column: …". Returns false. */
bool mustache_err(const struct mustache_run *run,
		  const struct mustache_place *place, struct err *err,
		  enum err_kind kind, const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
