#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static const int64_t second_ns = 1000000000;

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * second_ns + t.tv_nsec;
}

int64_t clock_now_ms(void)
{
	return read_clock(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_elapsed_ms(void)
{
	return read_clock(CLOCK_BOOTTIME) / 1000000;
}

int64_t clock_wall_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

static const char *print(int64_t wall_ns, bool with_ns,
			 char out[CLOCK_TEXT_BYTES])
{
	time_t seconds = wall_ns / second_ns;
	int64_t rest = wall_ns % second_ns;
	struct tm tm;

	if (rest < 0) {
		rest += second_ns;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	size_t n = strftime(out, CLOCK_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &tm);
	if (with_ns)
		snprintf(out + n, CLOCK_TEXT_BYTES - n, ".%09dZ", (int)rest);
	else
		snprintf(out + n, CLOCK_TEXT_BYTES - n, "Z");
	return out;
}

const char *clock_print(int64_t wall_ns, char out[CLOCK_TEXT_BYTES])
{
	return print(wall_ns, false, out);
}

const char *clock_print_ns(int64_t wall_ns, char out[CLOCK_TEXT_BYTES])
{
	return print(wall_ns, true, out);
}

const char *clock_print_us(int64_t wall_ns, char out[CLOCK_TEXT_BYTES])
{
	print(wall_ns, true, out);
	/* "….123456789Z": three digits less. */
	size_t n = strlen(out);
	memcpy(out + n - 4, "Z", 2);
	return out;
}

/* Reads exactly n digits at *at, and moves *at behind them. */
static bool digits(struct str text, size_t *at, size_t n, int *out)
{
	int v = 0;

	if (text.n - *at < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = text.p[*at + i];

		if (c < '0' || c > '9')
			return false;
		v = v * 10 + (c - '0');
	}
	*at += n;
	*out = v;
	return true;
}

static bool letter(struct str text, size_t *at, char c)
{
	if (*at >= text.n || text.p[*at] != c)
		return false;
	(*at)++;
	return true;
}

static int64_t fraction(struct str text, size_t *at)
{
	int64_t ns = 0, unit = second_ns / 10;

	while (*at < text.n && text.p[*at] >= '0' && text.p[*at] <= '9') {
		ns += (text.p[(*at)++] - '0') * unit;
		unit /= 10;
	}
	return ns;
}

static bool offset(struct str text, size_t *at, int64_t *out_s)
{
	int h, m, sign = 1;

	*out_s = 0;
	if (letter(text, at, 'Z'))
		return true;
	if (letter(text, at, '-'))
		sign = -1;
	else if (!letter(text, at, '+'))
		return false;
	if (!digits(text, at, 2, &h) || !letter(text, at, ':') ||
	    !digits(text, at, 2, &m))
		return false;
	*out_s = sign * ((int64_t)h * 3600 + (int64_t)m * 60);
	return true;
}

bool clock_parse(struct str text, int64_t *out_wall_ns)
{
	struct tm tm = { 0 };
	size_t at = 0;
	int64_t ns = 0, shift_s;

	if (!digits(text, &at, 4, &tm.tm_year) || !letter(text, &at, '-') ||
	    !digits(text, &at, 2, &tm.tm_mon) || !letter(text, &at, '-') ||
	    !digits(text, &at, 2, &tm.tm_mday) || !letter(text, &at, 'T') ||
	    !digits(text, &at, 2, &tm.tm_hour) || !letter(text, &at, ':') ||
	    !digits(text, &at, 2, &tm.tm_min) || !letter(text, &at, ':') ||
	    !digits(text, &at, 2, &tm.tm_sec))
		return false;
	if (letter(text, &at, '.'))
		ns = fraction(text, &at);
	if (!offset(text, &at, &shift_s) || at != text.n)
		return false;
	/* What 64 bits of nanoseconds hold. */
	if (tm.tm_year < 1678 || tm.tm_year > 2261)
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	*out_wall_ns = ((int64_t)timegm(&tm) - shift_s) * second_ns + ns;
	return true;
}
