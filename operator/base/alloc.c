#include "base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static NORETURN void out_of_memory(void)
{
	static const char text[] = "out of memory\n";

	fwrite(text, 1, sizeof(text) - 1, stderr);
	abort();
}

void *alloc_zero(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *alloc_resize(void *p, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory();
	p = realloc(p, total ? total : 1);
	if (!p)
		out_of_memory();
	return p;
}

char *alloc_text(const void *p, size_t n)
{
	char *text = malloc(n + 1);

	if (!text)
		out_of_memory();
	if (n)
		memcpy(text, p, n);
	text[n] = '\0';
	return text;
}

char *alloc_copy(const char *text)
{
	return text ? alloc_text(text, strlen(text)) : NULL;
}

char *alloc_print(const char *fmt, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, fmt);
	int n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		out_of_memory();
	return text;
}
