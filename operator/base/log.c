#include "base/log.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int least_level = LOG_INFO;
static atomic_int line_format = LOG_JSON;

void log_setup(enum log_level least, enum log_format format)
{
	atomic_store(&least_level, (int)least);
	atomic_store(&line_format, (int)format);
}

bool log_enabled(enum log_level level)
{
	return (int)level >= atomic_load(&least_level);
}

static const char *level_text(enum log_level level)
{
	static const char *const text[] = { "debug", "info", "warn", "error" };

	return text[level];
}

/* A JSON string; what is no UTF-8 becomes U+FFFD. */
static void add_quoted(struct buf *b, const char *text)
{
	struct str rest = str_of(text);

	buf_add_char(b, '"');
	while (rest.n) {
		unsigned char c = (unsigned char)rest.p[0];
		size_t n = c < 0x80 ? 0 : str_utf8_len(rest);

		if (n) {
			buf_add(b, rest.p, n);
		} else {
			n = 1;
			if (c == '"' || c == '\\')
				buf_addf(b, "\\%c", c);
			else if (c == '\n')
				buf_add_text(b, "\\n");
			else if (c < 0x20)
				buf_addf(b, "\\u%04x", c);
			else if (c >= 0x80)
				buf_add_text(b, "\xef\xbf\xbd");
			else
				buf_add_char(b, (char)c);
		}
		rest = str_cut(rest.p + n, rest.n - n);
	}
	buf_add_char(b, '"');
}

static void add_value(struct buf *b, const struct kv *kv)
{
	if (kv->type == KV_NUMBER)
		buf_addf(b, "%" PRId64, kv->number);
	else
		add_quoted(b, kv->text ? kv->text : "");
}

static void add_json(struct buf *b, enum log_level level, const char *msg,
		     const struct kv *kvs)
{
	char ts[CLOCK_TEXT_BYTES];

	buf_addf(b, "{\"ts\":\"%s\",\"level\":\"%s\",\"msg\":",
		 clock_print_ns(clock_wall_ns(), ts), level_text(level));
	add_quoted(b, msg);
	for (; kvs->type != KV_END; kvs++) {
		buf_addf(b, ",\"%s\":", kvs->key);
		add_value(b, kvs);
	}
	buf_add_text(b, "}\n");
}

static void add_text(struct buf *b, enum log_level level, const char *msg,
		     const struct kv *kvs)
{
	char ts[CLOCK_TEXT_BYTES];

	buf_addf(b, "%s %-5s %s", clock_print(clock_wall_ns(), ts),
		 level_text(level), msg);
	for (; kvs->type != KV_END; kvs++) {
		buf_addf(b, " %s=", kvs->key);
		add_value(b, kvs);
	}
	buf_add_char(b, '\n');
}

void log_emit(enum log_level level, const char *msg, const struct kv *kvs)
{
	AUTO_BUF line = BUF_INIT(LIMIT_LOG_BYTES);

	if (!log_enabled(level))
		return;
	if (atomic_load(&line_format) == LOG_JSON)
		add_json(&line, level, msg, kvs);
	else
		add_text(&line, level, msg, kvs);
	if (buf_overflowed(&line)) {
		buf_clear(&line);
		add_json(&line, level, msg,
			 (const struct kv[]){ N("too_long", 1), { 0 } });
	}
	/* A log that cannot be written has nowhere to be reported. */
	ssize_t n = write(STDERR_FILENO, line.p, line.len);
	(void)n;
}
