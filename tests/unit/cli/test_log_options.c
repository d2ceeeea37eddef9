/* Our log options and zap's, alone and together. */
#include "cli/log_options.h"

#include "base/log.h"

#include "unit/rows.h"

static const struct row {
	const char *name;
	struct log_options o;
	enum log_level least;
	const char *error;
} rows[] = {
	{ "none", { 0 }, LOG_INFO, NULL },
	{ "level", { .level = "warn" }, LOG_WARN, NULL },
	{ "zap level", { .zap_level = "error" }, LOG_ERROR, NULL },
	{ "zap number", { .zap_level = "1" }, LOG_DEBUG, NULL },
	{ "zap high number", { .zap_level = "10" }, LOG_DEBUG, NULL },
	{ "zap panic", { .zap_level = "panic" }, LOG_ERROR, NULL },
	{ "zap devel", { .devel = true }, LOG_DEBUG, NULL },
	{ "zap devel and level",
	  { .devel = true, .zap_level = "info" },
	  LOG_INFO,
	  NULL },
	{ "ours wins",
	  { .zap_level = "debug", .level = "error" },
	  LOG_ERROR,
	  NULL },
	{ "formats",
	  { .encoder = "console", .format = "json" },
	  LOG_INFO,
	  NULL },
	{ "zap json", { .encoder = "json" }, LOG_INFO, NULL },
	{ "wrong level",
	  { .level = "panic" },
	  LOG_INFO,
	  "--log-level is debug, info, warn or error, not \"panic\"" },
	{ "wrong zap level",
	  { .zap_level = "loud" },
	  LOG_INFO,
	  "--zap-log-level is debug, info, error, panic or a number from 1 on, "
	  "not \"loud\"" },
	{ "zap zero",
	  { .zap_level = "0" },
	  LOG_INFO,
	  "--zap-log-level is debug, info, error, panic or a number from 1 on, "
	  "not \"0\"" },
	{ "wrong encoder",
	  { .encoder = "xml" },
	  LOG_INFO,
	  "--zap-encoder is json or console, not \"xml\"" },
	{ "wrong format",
	  { .format = "console" },
	  LOG_INFO,
	  "--log-format is json or text, not \"console\"" },
};

static void applies(void **state)
{
	const struct row *row = *state;
	AUTO_ERR err = ERR_INIT;

	log_setup(LOG_INFO, LOG_JSON);
	assert_int_equal(log_options_apply(&row->o, &err), row->error == NULL);
	if (row->error)
		assert_string_equal(err.msg, row->error);
	assert_true(log_enabled(row->least));
	assert_true(row->least == LOG_DEBUG ||
		    !log_enabled((enum log_level)(row->least - 1)));
}

int main(void)
{
	return ROWS_RUN("log options", rows, applies);
}
