#include "cli/log_options.h"

#include "base/log.h"
#include "base/str.h"

static bool read_format(const struct log_options *o, enum log_format *out,
			struct err *err)
{
	*out = o->devel ? LOG_TEXT : LOG_JSON;
	if (o->encoder) {
		*out = strcmp(o->encoder, "console") == 0 ? LOG_TEXT : LOG_JSON;
		if (*out == LOG_JSON && strcmp(o->encoder, "json") != 0)
			return err_set(err, ERR_INVALID,
				       "--zap-encoder is json or console, not "
				       "\"%s\"",
				       o->encoder);
	}
	if (o->format) {
		*out = strcmp(o->format, "text") == 0 ? LOG_TEXT : LOG_JSON;
		if (*out == LOG_JSON && strcmp(o->format, "json") != 0)
			return err_set(err, ERR_INVALID,
				       "--log-format is json or text, not "
				       "\"%s\"",
				       o->format);
	}
	return true;
}

static bool is_level(const char *text, enum log_level *out)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(text, names[i]) == 0) {
			*out = (enum log_level)i;
			return true;
		}
	return false;
}

/* zap's levels: those below debug are numbers, and panic is above error. */
static bool is_zap_level(const char *text, enum log_level *out)
{
	enum { MOST = 127 };
	uint64_t n;

	if (str_number(str_of(text), MOST, &n) && n > 0) {
		*out = LOG_DEBUG;
		return true;
	}
	if (strcmp(text, "panic") == 0) {
		*out = LOG_ERROR;
		return true;
	}
	return is_level(text, out);
}

static bool read_level(const struct log_options *o, enum log_level *out,
		       struct err *err)
{
	*out = o->devel ? LOG_DEBUG : LOG_INFO;
	if (o->zap_level && !is_zap_level(o->zap_level, out))
		return err_set(
			err, ERR_INVALID,
			"--zap-log-level is debug, info, error, panic or "
			"a number from 1 on, not \"%s\"",
			o->zap_level);
	return !o->level || is_level(o->level, out) ||
	       err_set(err, ERR_INVALID,
		       "--log-level is debug, info, warn or error, not \"%s\"",
		       o->level);
}

bool log_options_apply(const struct log_options *o, struct err *err)
{
	enum log_format format;
	enum log_level level;

	if (!read_format(o, &format, err) || !read_level(o, &level, err))
		return false;
	log_setup(level, format);
	if (o->stacktrace)
		log_warn("--zap-stacktrace-level has no effect: there are no "
			 "stack traces");
	if (o->time)
		log_warn("--zap-time-encoding has no effect: times are RFC "
			 "3339");
	return true;
}
