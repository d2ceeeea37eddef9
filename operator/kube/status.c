#include "kube/status.h"

#include "base/attr.h"
#include "data/json.h"

/* The first row that fits counts; codes that are not here are 5xx or odd. */
static const struct {
	int code;
	enum err_kind kind;
	const char *reason; /* NULL: any */
	const char *text;   /* when the server says nothing itself */
} rows[] = {
	{ 400, ERR_INVALID, NULL, "bad request" },
	{ 401, ERR_DENIED, NULL, "our credentials were not accepted" },
	/* An exhausted quota is Forbidden as well. */
	{ 403, ERR_DENIED, NULL, "forbidden" },
	{ 404, ERR_NOT_FOUND, NULL, "not found" },
	{ 408, ERR_UNAVAILABLE, NULL, "the server took too long" },
	{ 409, ERR_EXISTS, "AlreadyExists", "already exists" },
	{ 409, ERR_CONFLICT, NULL, "conflict" },
	{ 410, ERR_GONE, NULL, "the version asked for is gone" },
	{ 413, ERR_INVALID, NULL, "too large for the server" },
	{ 415, ERR_INVALID, NULL, "media type not known to the server" },
	{ 422, ERR_INVALID, NULL, "invalid" },
	{ 429, ERR_UNAVAILABLE, NULL, "too many requests" },
};

static void kind_of(int code, const char *reason, enum err_kind *kind,
		    const char **text)
{
	bool is_5xx = code >= 500 && code <= 599;

	*kind = is_5xx ? ERR_UNAVAILABLE : ERR_INTERNAL;
	*text = is_5xx ? "the server failed" : "unexpected answer";
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].code != code ||
		    (rows[i].reason && strcmp(rows[i].reason, reason) != 0))
			continue;
		*kind = rows[i].kind;
		*text = rows[i].text;
		return;
	}
}

/* What a proxy or an extension server says is often plain text: its first
 * line is worth showing; a page of HTML is not. */
static struct str plain_text(struct str body)
{
	struct str line, rest;

	str_split(str_trim(body), '\n', &line, &rest);
	line = str_trim(line);
	bool is_text = line.n && !strchr("<{[", line.p[0]) &&
		       str_utf8_len(line) == line.n &&
		       !memchr(line.p, '\0', line.n);
	return is_text ? line : (struct str){ NULL, 0 };
}

static int64_t retry_after(const struct val *details, int64_t header_ms)
{
	int64_t seconds = 0;

	if (!val_int(val_get(details, "retryAfterSeconds"), &seconds) ||
	    seconds < 0 || seconds > 3600)
		return header_ms;
	return seconds * 1000 > header_ms ? seconds * 1000 : header_ms;
}

static const struct val *first_cause(const struct val *details)
{
	const struct val *causes = val_get(details, "causes");

	return val_count(causes) ? val_at(causes, 0) : NULL;
}

/* What code and reason alone do not tell. */
static enum err_kind mend_kind(enum err_kind kind, int code, const char *reason,
			       const char *message, const struct val *details)
{
	const char *cause = val_get_text(first_cause(details), "reason");

	/* A JSON patch whose `test` does not hold: somebody was faster. */
	if (code == 422 && strcmp(reason, "Invalid") == 0 &&
	    val_count(details) == 0)
		return ERR_CONFLICT;
	/* The namespace is going, and its objects with it: nobody's fault. */
	if (code == 403 && strcmp(cause, "NamespaceTerminating") == 0)
		return ERR_UNAVAILABLE;
	/* The admission of owner references learns of a new kind later than
	 * the rest of the server (OwnerReferencesPermissionEnforcement). */
	if (code == 403 && strstr(message, "cannot find RESTMapping"))
		return ERR_UNAVAILABLE;
	return kind;
}

static bool fail(int code, const struct val *status, struct str body,
		 int64_t retry_after_ms, const char *what, struct err *err)
{
	const struct val *details = val_get(status, "details");
	const char *reason = val_get_text(status, "reason");
	struct str message = str_trim(val_str(val_get(status, "message")));
	enum err_kind kind;
	const char *text;

	kind_of(code, reason, &kind, &text);
	kind = mend_kind(kind, code, reason, val_get_text(status, "message"),
			 details);
	if (!message.n)
		message = plain_text(body);
	struct str cut = str_clip(message, STATUS_MESSAGE_BYTES);
	if (message.n)
		err_set(err, kind, "%s: " STR_FMT "%s", what, STR_ARG(cut),
			cut.n < message.n ? "…" : "");
	else
		err_set(err, kind, "%s: %s (HTTP %d)", what, text, code);
	const char *field = val_get_text(first_cause(details), "field");

	if (*field)
		err_at_field(err, field);
	err->retry_after_ms = retry_after(details, retry_after_ms);
	return false;
}

bool status_error(int code, struct str body, int64_t retry_after_ms,
		  const char *what, struct err *err)
{
	AUTO(val_unref) struct val *read = NULL;
	AUTO_ERR no_json = ERR_INIT;
	const struct val *status = NULL;

	/* What is no JSON is shown as text, or not at all. */
	if (body.n && json_read(body, &read, &no_json) &&
	    strcmp(val_get_text(read, "kind"), "Status") == 0)
		status = read;
	return fail(code, status, body, retry_after_ms, what, err);
}

bool status_error_val(const struct val *status, const char *what,
		      struct err *err)
{
	int64_t code = 0;

	if (!val_int(val_get(status, "code"), &code) || code < 400 ||
	    code > 599)
		code = 500;
	return fail((int)code, status, (struct str){ NULL, 0 }, 0, what, err);
}
