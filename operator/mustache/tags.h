/*
 * The tags of a compiled template, for those who look at templates instead of
 * rendering them.
 *
 * Comments and delimiter tags are none: nothing is left of them in a program.
 */
#ifndef MUSTACHE_TAGS_H
#define MUSTACHE_TAGS_H

#include "base/vec.h"
#include "mustache/mustache.h"
#include "mustache/name.h"

enum tag_kind {
	TAG_VALUE,    /* {{x}}, {{{x}}}, {{&x}} */
	TAG_SECTION,  /* {{#x}} */
	TAG_INVERTED, /* {{^x}} */
	TAG_PARTIAL,  /* {{> x}} */
	TAG_PARENT,   /* {{< x}} */
	TAG_BLOCK,    /* {{$ x}} */
	TAG_END       /* {{/x}} */
};

#define TAG_NONE SIZE_MAX

struct tag {
	enum tag_kind kind;
	/* As it is written, without blanks around it; that of a dynamic
	 * partial or parent without its star. */
	struct str name;
	uint32_t line, column; /* from 1, in characters */
	size_t begin, end;     /* of the tag; offsets in the source */
	bool raw;              /* TAG_VALUE: {{{x}}} or {{&x}} */
	bool alone;            /* only blanks stand around it on its line */
	bool dynamic;          /* TAG_PARTIAL, TAG_PARENT: {{>*x}}, {{<*x}} */
	size_t outer; /* the innermost tag that it stands in, or TAG_NONE */
	size_t other; /* of what opens, its end; of an end, what it ends */
	/* TAG_PARTIAL, TAG_PARENT: NULL when dynamic, or when there is none. */
	const struct mustache_template *target;
	/* What the name means; NULL where it is no variable: that of a
	 * block, an end, and of a partial or parent that is not dynamic. */
	const struct name *means;
};

struct tags {
	VEC(struct tag);
};

/** Appends the tags of a template in the order in which they are written. They
 * live as long as its set. */
void tags_read(const struct mustache_template *t, struct tags *out);

/** The path that a tag with a meaning looks up: that of its query, its
 * extended one, or its literal one. NULL when it has none. */
const struct path *tag_path(const struct tag *tag);

/** A part of such a path. */
struct str tag_part(const struct mustache_template *t, const struct path *path,
		    size_t i);

/** Template i of a set, or NULL behind the last one. */
const struct mustache_template *tags_template(const struct mustache_set *set,
					      size_t i);

/** What the template's file is called in messages, and its text. */
const char *tags_file(const struct mustache_template *t);
struct str tags_source(const struct mustache_template *t);

#endif
