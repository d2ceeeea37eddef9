/*
 * Orientation: what libyaml, and what memcpy takes for the rendered text.
 *
 *   yaml libyaml-events|libyaml-document|memcpy DATA
 *
 * The protocol is in ../README.md.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

enum { TEXT_BYTES = 1 << 16, CALLS_PER_CLOCK = 16 };

static struct {
	unsigned char text[TEXT_BYTES], copy[TEXT_BYTES];
	size_t length;
} rendered;

static void die(const char *what)
{
	fprintf(stderr, "yaml: %s\n", what);
	exit(1);
}

static void read_text(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		die(path);
	rendered.length = fread(rendered.text, 1, TEXT_BYTES, f);
	if (rendered.length == TEXT_BYTES)
		die("the text is too long");
	fclose(f);
}

static void read_events(void)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool last;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, rendered.text, rendered.length);
	do {
		if (!yaml_parser_parse(&parser, &event))
			die(parser.problem);
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	} while (!last);
	yaml_parser_delete(&parser);
}

static void read_documents(void)
{
	yaml_parser_t parser;
	yaml_document_t document;
	bool last;

	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser, rendered.text, rendered.length);
	do {
		if (!yaml_parser_load(&parser, &document))
			die(parser.problem);
		last = !yaml_document_get_root_node(&document);
		yaml_document_delete(&document);
	} while (!last);
	yaml_parser_delete(&parser);
}

static void copy_text(void)
{
	memcpy(rendered.copy, rendered.text, rendered.length);
	/* So that the compiler cannot leave the copy out. */
	__asm__ volatile("" : : "r"(rendered.copy) : "memory");
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(void (*call)(void), double seconds)
{
	double start = now_s(), elapsed;
	long count = 0;

	do {
		for (int i = 0; i < CALLS_PER_CLOCK; i++)
			call();
		count += CALLS_PER_CLOCK;
		elapsed = now_s() - start;
	} while (elapsed < seconds);
	printf("%ld %.9f\n", count, elapsed);
}

int main(int argc, char **argv)
{
	char path[4096];
	double seconds;
	void (*call)(void) = copy_text;

	if (argc != 3)
		die("usage: yaml ENGINE DATA");
	snprintf(path, sizeof(path), "%s/expected.yaml", argv[2]);
	read_text(path);
	if (strcmp(argv[1], "libyaml-events") == 0)
		call = read_events;
	else if (strcmp(argv[1], "libyaml-document") == 0)
		call = read_documents;
	printf("ready %s render\n",
	       call == copy_text ? "-" : yaml_get_version_string());
	fflush(stdout);
	while (scanf(" run render %lf", &seconds) == 1) {
		run(call, seconds);
		fflush(stdout);
	}
	return 0;
}
