#include "controller/namespaces.h"

#include "base/alloc.h"
#include "base/limits.h"

#include <ctype.h>

bool namespaces_is_name(struct str s)
{
	bool fits = s.n > 0 && s.n <= 63 && s.p[0] != '-' &&
		    s.p[s.n - 1] != '-';

	for (size_t i = 0; fits && i < s.n; i++)
		fits = islower((unsigned char)s.p[i]) ||
		       isdigit((unsigned char)s.p[i]) || s.p[i] == '-';
	return fits;
}

/* Its place in the list; their count when it is not there. */
static size_t find(const struct namespaces *n, struct str name)
{
	size_t i = 0;

	while (i < n->count && !str_is(name, n->items[i]))
		i++;
	return i;
}

static bool has(const struct namespaces *n, struct str name)
{
	return find(n, name) < n->count;
}

bool namespaces_read(const char *text, struct namespaces *out, struct err *err)
{
	struct str rest = str_of(text ? text : ""), name;

	while (rest.n) {
		str_split(rest, ',', &name, &rest);
		name = str_trim(name);
		if (name.n == 0 || has(out, name))
			continue;
		if (!namespaces_is_name(name))
			return err_set(err, ERR_INVALID,
				       "\"" STR_FMT "\" is no name of a "
				       "namespace; name those to watch with "
				       "commas between them, or none for all",
				       STR_ARG(str_clip(name, 80)));
		if (out->count == LIMIT_NAMESPACES)
			return err_set(err, ERR_LIMIT,
				       "more than %d namespaces; watch all",
				       LIMIT_NAMESPACES);
		*VEC_ADD(out) = alloc_text(name.p, name.n);
	}
	return true;
}

void namespaces_done(struct namespaces *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i]);
	VEC_DONE(n);
}

bool namespaces_has(const struct namespaces *n, const char *namespace)
{
	return n->count == 0 || has(n, str_of(namespace));
}

unsigned namespaces_watches(const struct namespaces *n)
{
	return n->count ? (unsigned)n->count : 1;
}

const char *namespaces_at(const struct namespaces *n, unsigned watch)
{
	return n->count ? n->items[watch] : NULL;
}

unsigned namespaces_watch_of(const struct namespaces *n, struct str namespace)
{
	size_t i = find(n, namespace);

	return i < n->count ? (unsigned)i : 0;
}
