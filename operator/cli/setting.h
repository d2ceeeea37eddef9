/*
 * Values on the command line, in the syntax of Helm's --set (3.21,
 * pkg/strvals):
 *
 *   a.b=1,c=x     two values; "\," "\." "\=" and so on stand for themselves
 *   a[0].b=x      an item of a list; one that is not there is added, null
 *                 before it
 *   a={x,y}       a list
 *   a={} a=[]     an empty one; in Helm a list of one empty string, and the
 *                 string []
 *   a=null        removes what the chart has there
 *
 * true and false, in any case, are booleans, and what 64 bits hold without a
 * leading zero an integer; all else is a string, 1.5 and yes as well. What
 * Helm passes over in silence is an error: no key, nothing at all.
 */
#ifndef CLI_SETTING_H
#define CLI_SETTING_H

#include "base/err.h"
#include "data/val.h"

enum setting_kind {
	SETTING_TYPED,  /* --set */
	SETTING_STRING, /* --set-string: strings only */
	SETTING_FILE,   /* --set-file: the value is the path of a text */
	SETTING_JSON    /* --set-json: a.b=[1],c={"d": 2}, or one object */
};

/**
 * Lays what one argument says over values, a map. The caller drops *out.
 *
 * Errors: ERR_INVALID, which names the option and the key, never the value;
 *         ERR_LIMIT for an index or a nesting beyond Helm's limits; those of
 *         the files.
 */
MUST_USE bool setting_apply(const struct val *values, enum setting_kind kind,
			    const char *arg, struct val **out, struct err *err);

#endif
