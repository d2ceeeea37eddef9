#include "controller/override.h"

#include "base/buf.h"
#include "base/limits.h"
#include "data/scalar.h"

#include <ctype.h>

static size_t name_length(const char *p)
{
	size_t n = 0;

	while (p[n] == '_' || isalpha((unsigned char)p[n]) ||
	       (n && isdigit((unsigned char)p[n])))
		n++;
	return n;
}

static bool add_variable(struct buf *out, override_env *env, struct str name,
			 const char *fallback, size_t n, struct err *err)
{
	AUTO_BUF space = BUF_INIT(LIMIT_KIB(4));

	buf_add_str(&space, name);
	if (!buf_check(&space, err))
		return false;
	const char *value = env(buf_text(&space));
	if (fallback && (!value || !*value))
		buf_add(out, fallback, n);
	else if (value)
		buf_add_text(out, value);
	else
		return err_set(err, ERR_INVALID,
			       "the environment variable %s is not set; set "
			       "it, or write ${%s:-default}",
			       buf_text(&space), buf_text(&space));
	return true;
}

/* Adds what a dollar begins; *at stands behind it, and then behind that. */
static bool add_dollar(struct buf *out, override_env *env, const char **at,
		       struct err *err)
{
	const char *p = *at;
	size_t n = name_length(*p == '{' ? p + 1 : p);

	if (*p != '{') {
		*at = p + n;
		if (n)
			return add_variable(out, env, str_cut(p, n), NULL, 0,
					    err);
		buf_add_text(out, "$");
		*at += *p == '$';
		return true;
	}
	const char *end = strchr(p, '}'), *rest = p + 1 + n;
	bool has_default = end && rest[0] == ':' && rest[1] == '-';
	if (!end || !n || (!has_default && rest != end))
		return err_set(err, ERR_INVALID,
			       "\"${\" is followed by a name and \"}\", or by "
			       "a name, \":-\", a default and \"}\"; a dollar "
			       "is written $$");
	*at = end + 1;
	return add_variable(out, env, str_cut(p + 1, n),
			    has_default ? rest + 2 : NULL,
			    has_default ? (size_t)(end - rest - 2) : 0, err);
}

static bool is_quoted(struct str s)
{
	return s.n >= 2 && s.p[0] == s.p[s.n - 1] &&
	       (s.p[0] == '\'' || s.p[0] == '"');
}

bool override_read(const char *text, override_env *env, struct val **out,
		   struct err *err)
{
	AUTO_BUF space = BUF_INIT(LIMIT_CONFIG_BYTES);
	bool quoted = is_quoted(str_of(text));

	if (strstr(text, "{{"))
		return err_set(err, ERR_INVALID,
			       "Go templates are not read here; write "
			       "${NAME:-default} for {{ env \"NAME\" | default "
			       "\"default\" }}");
	if (!strchr(text, '$')) {
		*out = val_new_textz(text);
		return true;
	}
	for (const char *p = text; *p;) {
		if (*p != '$') {
			buf_add(&space, p++, 1);
			continue;
		}
		p++;
		if (!add_dollar(&space, env, &p, err))
			return false;
	}
	if (!buf_check(&space, err))
		return false;
	struct str s = buf_str(&space);
	*out = quoted ? val_new_text(str_cut(s.p + 1, s.n - 2))
		      : scalar_read(s);
	/* A number that JSON cannot hold. */
	if (!*out)
		*out = val_new_text(s);
	return true;
}
