/*
 * Our own engine, measured as the peers are: ours WHAT DATA; the protocol is in
 * peers/README.md. Run from anywhere, DATA is the folder of the templates.
 *
 *   ours             text, into a buffer that is used again
 *   ours-threads     the same by two threads at once, of one compiled set
 *   ours-chart       structural rendering to JSON, by a shape that is kept
 *   ours-chart-miss  the same when none is: expanded, parsed, made and filled in
 *   ours-yaml        what libyaml alone takes for the text that is parsed there
 *
 * The command `allocations` prints how many 1000 warm renders make: every
 * malloc, calloc and realloc of the process is counted, in libraries as well.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <yaml.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/thread.h"
#include "chart/expand.h"
#include "chart/renderer.h"
#include "data/json.h"

enum {
	THREADS = 2,
	CALLS_PER_CLOCK = 16,
	COUNTED = 1000,
	CACHE_LINE_BYTES = 128
};

static const char *const names[] = { "deployment", "labels", "probes",
				     "resources" };

enum {
	SOURCES = ARRAY_LEN(names),
	/* As the templates of a chart are compiled. */
	CHART_FLAGS = MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_PATHS |
		      MUSTACHE_HELPERS | MUSTACHE_NO_RAW
};

/* What is read once and shared by all threads. */
static struct {
	unsigned flags;
	struct buf texts[SOURCES];
	struct buf json, marked;
	struct mustache_set *set;
	const struct mustache_template *template;
	struct val *values;
	struct shapes *shapes, *no_shapes;
} input;

/* What one thread renders with; threads do not write into one cache line. */
struct worker {
	_Alignas(CACHE_LINE_BYTES) struct mustache_run *run;
	struct renderer renderer;
	struct buf out;
	double seconds;
	long count;
};

typedef void call_fn(struct worker *w);

/* glibc's own, which the definitions below hide. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static _Thread_local long allocations;

void *malloc(size_t n)
{
	allocations++;
	return __libc_malloc(n);
}

void *calloc(size_t count, size_t n)
{
	allocations++;
	return __libc_calloc(count, n);
}

void *realloc(void *p, size_t n)
{
	allocations++;
	return __libc_realloc(p, n);
}

NORETURN static void die(const char *what)
{
	fprintf(stderr, "ours: %s\n", what);
	exit(1);
}

static void check(bool ok, const struct err *err)
{
	if (!ok)
		die(err->msg);
}

static void read_file(const char *dir, const char *name, const char *suffix,
		      struct buf *out)
{
	AUTO_FREE char *path = alloc_print("%s/%s%s", dir, name, suffix);
	AUTO_ERR err = ERR_INIT;

	*out = BUF_INIT(LIMIT_TEMPLATE_BYTES);
	check(file_read(path, out, &err), &err);
}

static void compile(struct mustache_set **out)
{
	struct mustache_source sources[SOURCES];
	AUTO_ERR err = ERR_INIT;

	for (size_t i = 0; i < SOURCES; i++)
		sources[i] = (struct mustache_source){
			.name = names[i],
			.text = buf_str(&input.texts[i]),
			.flags = input.flags,
		};
	check(mustache_compile(sources, SOURCES, out, &err), &err);
}

static void read_values(struct val **out)
{
	AUTO_ERR err = ERR_INIT;

	check(json_read(buf_str(&input.json), out, &err), &err);
}

static void render_text(struct worker *w)
{
	AUTO_ERR err = ERR_INIT;

	buf_clear(&w->out);
	check(mustache_render(w->run, input.template, input.values,
			      MUSTACHE_PLAIN, &w->out, &err),
	      &err);
}

static void render_chart(struct worker *w)
{
	AUTO_ERR err = ERR_INIT;

	buf_clear(&w->out);
	check(renderer_json(&w->renderer, input.template, input.values, &w->out,
			    &err),
	      &err);
}

/* A cache without room: each shape is made, used and thrown away. */
static void render_miss(struct worker *w)
{
	w->renderer.shapes = input.no_shapes;
	render_chart(w);
}

static void compile_only(struct worker *w)
{
	AUTO(mustache_free) struct mustache_set *set = NULL;

	(void)w;
	compile(&set);
}

/* As a program does that renders once and ends. */
static void render_cold(struct worker *w, bool is_chart)
{
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO(val_unref) struct val *values = NULL;
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	AUTO_BUF out = BUF_INIT(LIMIT_RENDER_BYTES);
	const struct mustache_template *t;
	struct renderer renderer = { .run = run, .shapes = input.no_shapes };
	AUTO_ERR err = ERR_INIT;

	(void)w;
	compile(&set);
	read_values(&values);
	t = mustache_find(set, names[0]);
	if (!is_chart) {
		check(mustache_render(run, t, values, MUSTACHE_PLAIN, &out,
				      &err),
		      &err);
		return;
	}
	check(renderer_json(&renderer, t, values, &out, &err), &err);
	mustache_trace_done(&renderer.trace);
}

static void cold_text(struct worker *w)
{
	render_cold(w, false);
}

static void cold_miss(struct worker *w)
{
	render_cold(w, true);
}

static void read_events(struct worker *w)
{
	yaml_parser_t parser;
	yaml_event_t event;
	bool last;

	(void)w;
	yaml_parser_initialize(&parser);
	yaml_parser_set_input_string(&parser,
				     (const unsigned char *)input.marked.p,
				     input.marked.len);
	do {
		if (!yaml_parser_parse(&parser, &event))
			die(parser.problem);
		last = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	} while (!last);
	yaml_parser_delete(&parser);
}

/* The text with its marks, which libyaml gets at a miss. */
static void expand_once(void)
{
	AUTO(mustache_run_free) struct mustache_run *run = mustache_run_new();
	struct expand e = { 0 };
	AUTO_ERR err = ERR_INIT;

	check(expand_init(&e, run, input.template, input.values, &err), &err);
	input.marked = BUF_INIT(LIMIT_RENDER_BYTES);
	buf_add_str(&input.marked, buf_str(&e.text));
	expand_done(&e);
}

static const struct what {
	const char *name;
	int threads;
	unsigned flags;
	call_fn *render, *compile, *cold;
} whats[] = {
	{ "ours", 1, 0, render_text, compile_only, cold_text },
	{ "ours-threads", THREADS, 0, render_text, NULL, NULL },
	{ "ours-chart", 1, CHART_FLAGS, render_chart, NULL, NULL },
	{ "ours-chart-miss", 1, CHART_FLAGS, render_miss, compile_only,
	  cold_miss },
	{ "ours-yaml", 1, 0, read_events, NULL, NULL },
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(struct worker *w, call_fn *call)
{
	double start = now_s(), elapsed;

	w->count = 0;
	do {
		for (int i = 0; i < CALLS_PER_CLOCK; i++)
			call(w);
		w->count += CALLS_PER_CLOCK;
		elapsed = now_s() - start;
	} while (elapsed < w->seconds);
	w->seconds = elapsed;
}

/* With memory of its own, as the operator's threads render. */
static void run_text(void *ctx)
{
	AUTO(mustache_run_free) struct mustache_run *own = mustache_run_new();
	AUTO_BUF out = BUF_INIT(LIMIT_RENDER_BYTES);
	struct worker w = {
		.run = own,
		.out = out,
		.seconds = ((struct worker *)ctx)->seconds,
	};

	run(&w, render_text);
	out = w.out;
	((struct worker *)ctx)->seconds = w.seconds;
	((struct worker *)ctx)->count = w.count;
}

/* The renders of all threads, by the time of the one that took longest. */
static void run_threads(struct worker *workers)
{
	struct thread threads[THREADS];
	AUTO_ERR err = ERR_INIT;

	for (int i = 0; i < THREADS; i++) {
		workers[i].seconds = workers[0].seconds;
		check(thread_start(&threads[i], "bench", run_text, &workers[i],
				   &err),
		      &err);
	}
	for (int i = 0; i < THREADS; i++)
		thread_join(&threads[i]);
	for (int i = 1; i < THREADS; i++) {
		workers[0].count += workers[i].count;
		if (workers[i].seconds > workers[0].seconds)
			workers[0].seconds = workers[i].seconds;
	}
}

static void write_output(struct worker *w, const struct what *what,
			 const char *path)
{
	FILE *f = fopen(path, "wb");

	what->render(w);
	if (!f || fwrite(w->out.p, 1, w->out.len, f) != w->out.len ||
	    fclose(f) != 0)
		die("cannot write the output");
	puts("ok");
}

static long count_allocations(struct worker *w, call_fn *render)
{
	long before;

	for (int i = 0; i < CALLS_PER_CLOCK; i++)
		render(w);
	before = allocations;
	for (int i = 0; i < COUNTED; i++)
		render(w);
	return allocations - before;
}

static void command_run(struct worker *workers, const struct what *what,
			const char *name)
{
	call_fn *call = strcmp(name, "compile") == 0 ? what->compile
			: strcmp(name, "cold") == 0  ? what->cold
						     : what->render;

	if (scanf("%lf", &workers[0].seconds) != 1)
		die("run CASE SECONDS");
	if (what->threads > 1)
		run_threads(workers);
	else
		run(&workers[0], call);
	printf("%ld %.9f\n", workers[0].count, workers[0].seconds);
}

static void serve(struct worker *workers, const struct what *what)
{
	char command[32], argument[4096];

	printf("ready - render%s%s\n", what->compile ? " compile" : "",
	       what->cold ? " cold" : "");
	fflush(stdout);
	while (scanf("%31s", command) == 1) {
		if (strcmp(command, "allocations") == 0)
			printf("%ld\n",
			       count_allocations(&workers[0], what->render));
		else if (scanf("%4095s", argument) != 1)
			die("a command without its argument");
		else if (strcmp(command, "run") == 0)
			command_run(workers, what, argument);
		else
			write_output(&workers[0], what, argument);
		fflush(stdout);
	}
}

static void read_input(const char *dir, unsigned flags)
{
	AUTO_FREE char *partials = alloc_print("%s/partials", dir);

	input.flags = flags;
	for (size_t i = 0; i < SOURCES; i++)
		read_file(i ? partials : dir, names[i], ".mustache",
			  &input.texts[i]);
	read_file(dir, "values", ".json", &input.json);
	compile(&input.set);
	input.template = mustache_find(input.set, names[0]);
	read_values(&input.values);
	input.shapes = shapes_new(LIMIT_SHAPES_BYTES);
	input.no_shapes = shapes_new(1);
	expand_once();
}

int main(int argc, char **argv)
{
	struct worker workers[THREADS];

	if (argc != 3)
		die("usage: ours WHAT DATA");
	for (size_t i = 0; i < ARRAY_LEN(whats); i++) {
		if (strcmp(whats[i].name, argv[1]) != 0)
			continue;
		read_input(argv[2], whats[i].flags);
		for (int t = 0; t < THREADS; t++) {
			workers[t] = (struct worker){
				.run = mustache_run_new(),
				.out = BUF_INIT(LIMIT_RENDER_BYTES),
			};
			renderer_init(&workers[t].renderer, input.shapes);
		}
		serve(workers, &whats[i]);
		return 0;
	}
	die("no such engine of ours");
}
