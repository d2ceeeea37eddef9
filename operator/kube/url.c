#include "kube/url.h"

#include "kube/kinds.h"

#include <inttypes.h>
#include <stdio.h>

struct url_server url_server(const char *server)
{
	struct str rest = str_of(server + strlen("https://"));
	const char *slash = memchr(rest.p, '/', rest.n);
	size_t n = slash ? (size_t)(slash - rest.p) : rest.n;
	const char *colon = memrchr(rest.p, ':', n);
	struct url_server out = {
		.authority = str_cut(rest.p, n),
		.host = str_cut(rest.p, n),
		.port = str_of("443"),
		.prefix = str_cut(rest.p + n, rest.n - n),
	};

	/* A colon within brackets is part of an address. */
	if (!colon || memchr(colon, ']', n - (size_t)(colon - rest.p)))
		return out;
	out.host.n = (size_t)(colon - rest.p);
	out.port = str_cut(colon + 1, n - out.host.n - 1);
	return out;
}

bool url_is_local(const char *server)
{
	struct str text = str_of(server);

	return str_starts(text, "https://127.") ||
	       str_starts(text, "https://[::1]") ||
	       str_starts(text, "https://localhost");
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	       c == '~';
}

static void add_escaped(struct buf *out, char c)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char byte = (unsigned char)c;
	char three[3] = { '%', hex[byte >> 4], hex[byte & 15] };

	buf_add(out, three, 3);
}

void url_encode(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		if (is_unreserved(text.p[i]))
			buf_add_char(out, text.p[i]);
		else
			add_escaped(out, text.p[i]);
	}
}

void url_segment(struct buf *out, const char *text)
{
	buf_add_char(out, '/');
	url_encode(str_of(text), out);
}

void url_query(struct buf *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	bool first = !memchr(buf_text(out), '?', out->len);

	buf_add_char(out, first ? '?' : '&');
	url_encode(str_of(key), out);
	buf_add_char(out, '=');
	url_encode(str_of(value), out);
}

void url_query_int(struct buf *out, const char *key, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	url_query(out, key, text);
}

void url_group(struct buf *out, const char *api_version)
{
	struct str group, version;

	if (str_split(str_of(api_version), '/', &group, &version)) {
		buf_add_text(out, "/apis/");
		url_encode(group, out);
	} else {
		buf_add_text(out, "/api");
		version = group;
	}
	buf_add_char(out, '/');
	url_encode(version, out);
}

void url_object(struct buf *out, const struct kube_kind *kind, const char *ns,
		const char *name, const char *subresource)
{
	url_group(out, kind->api_version);
	if (kind->namespaced && ns && *ns) {
		buf_add_text(out, "/namespaces");
		url_segment(out, ns);
	}
	url_segment(out, kind->plural);
	if (name && *name)
		url_segment(out, name);
	if (subresource && *subresource)
		url_segment(out, subresource);
}

static bool is_dots(struct str segment)
{
	return str_is(segment, ".") || str_is(segment, "..");
}

bool url_check(const struct buf *target, struct err *err)
{
	struct str path, query, segment;

	if (!buf_check(target, err))
		return err_wrap(err, "request target");
	str_split(buf_str(target), '?', &path, &query);
	while (path.n) {
		str_split(path, '/', &segment, &path);
		if (is_dots(segment))
			return err_set(err, ERR_INVALID,
				       "\"" STR_FMT "\" is no name",
				       STR_ARG(segment));
	}
	return true;
}
