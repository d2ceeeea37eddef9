#include "base/log.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/limits.h"

#include "unit/rows.h"

#include <stdio.h>
#include <unistd.h>

static FILE *caught;
static int real_stderr;

static void catch_stderr(void)
{
	caught = tmpfile();
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(caught), STDERR_FILENO);
}

static void give_back_stderr(struct buf *out)
{
	AUTO_ERR err = ERR_INIT;

	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	lseek(fileno(caught), 0, SEEK_SET);
	assert_true(file_read_fd(fileno(caught), "stderr", out, &err));
	fclose(caught);
}

/* The text behind the time, which differs. */
static const char *behind(const struct buf *line, const char *what)
{
	const char *at = strstr(buf_text(line), what);

	return at ? at : buf_text(line);
}

static void json_lines(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));

	log_setup(LOG_INFO, LOG_JSON);
	catch_stderr();
	log_info("start", S("path", "a\"b\\c\n\x01"), N("count", -3),
		 S("none", NULL));
	log_debug("not shown");
	log_error("bad UTF-8", S("text", "\xc3\xa9\xff"));
	give_back_stderr(&out);
	assert_true(strncmp(buf_text(&out), "{\"ts\":\"2", 8) == 0);
	assert_non_null(strstr(buf_text(&out),
			       "Z\",\"level\":\"info\",\"msg\":\"start\","
			       "\"path\":\"a\\\"b\\\\c\\n\\u0001\","
			       "\"count\":-3,\"none\":\"\"}\n"));
	assert_null(strstr(buf_text(&out), "not shown"));
	assert_string_equal(behind(&out, "\"level\":\"error\""),
			    "\"level\":\"error\",\"msg\":\"bad UTF-8\","
			    "\"text\":\"\xc3\xa9\xef\xbf\xbd\"}\n");
}

static void text_lines(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));

	log_setup(LOG_WARN, LOG_TEXT);
	catch_stderr();
	log_info("not shown");
	log_warn("careful", S("who", "me"), N("n", 1));
	give_back_stderr(&out);
	assert_string_equal(behind(&out, " warn "),
			    " warn  careful who=\"me\" n=1\n");
	assert_true(log_enabled(LOG_ERROR));
	assert_false(log_enabled(LOG_INFO));
}

static void long_line_keeps_its_text(void **state)
{
	(void)state;
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1)), fact = BUF_INIT(LIMIT_MIB(1));

	for (size_t i = 0; i < LIMIT_LOG_BYTES; i++)
		buf_add_char(&fact, 'x');
	log_setup(LOG_INFO, LOG_JSON);
	catch_stderr();
	log_info("long", S("fact", buf_text(&fact)));
	give_back_stderr(&out);
	assert_string_equal(behind(&out, "\"msg\""),
			    "\"msg\":\"long\",\"too_long\":1}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_lines),
		cmocka_unit_test(text_lines),
		cmocka_unit_test(long_line_keeps_its_text),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
