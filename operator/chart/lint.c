/*
 * The findings, and the order of the parts. A chart that does not load is
 * looked at as far as that goes: each template for itself, then what stopped
 * it from loading.
 */
#include "chart/lint.h"

#include "base/file.h"
#include "base/limits.h"
#include "chart/lint_job.h"
#include "chart/source.h"
#include "data/yaml_read.h"

#include <stdarg.h>
#include <sys/stat.h>

static const struct {
	const char *name;
	enum lint_severity severity;
	const char *fix;
} rules[] = {
#define X(id, name, severity, fix) { name, LINT_##severity, fix },
	LINT_RULES(X)
#undef X
};

const char *lint_severity_text(enum lint_severity severity)
{
	static const char *const texts[] = { "info", "warning", "error" };

	return texts[severity];
}

const char *lint_rule_name(enum lint_rule rule)
{
	return rules[rule].name;
}

enum lint_severity lint_rule_severity(enum lint_rule rule)
{
	return rules[rule].severity;
}

const char *lint_rule_fix(enum lint_rule rule)
{
	return rules[rule].fix;
}

static bool is_same_place(const struct lint_finding *f, const char *file,
			  unsigned line, unsigned column)
{
	return f->line == line && f->column == column &&
	       strcmp(f->file, file) == 0;
}

static bool is_known(const struct lint *lint, enum lint_rule rule,
		     const char *file, unsigned line, unsigned column)
{
	for (size_t i = 0; i < lint->count; i++)
		if (lint->items[i].rule == rule &&
		    is_same_place(&lint->items[i], file, line, column))
			return true;
	return false;
}

void lint_add(struct lint *lint, enum lint_rule rule, const char *file,
	      unsigned line, unsigned column, const char *with,
	      const char *message)
{
	if (is_known(lint, rule, file, line, column))
		return;
	lint->of[rules[rule].severity]++;
	if (lint->count == LIMIT_LINT_FINDINGS) {
		lint->left_out++;
		return;
	}
	*VEC_ADD(lint) = (struct lint_finding){
		.file = alloc_copy(file),
		.line = line,
		.column = column,
		.rule = rule,
		.message = alloc_copy(message),
		.with = alloc_copy(with),
	};
}

void lint_say(const struct lint_job *job, enum lint_rule rule, const char *file,
	      unsigned line, unsigned column, const char *fmt, ...)
{
	AUTO_BUF text = BUF_INIT(LIMIT_LOG_BYTES);
	AUTO_FREE char *path = alloc_print("%s%s", job->folder, file);
	va_list args;

	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	lint_add(job->lint, rule, path, line, column, "", buf_text(&text));
}

/* ":12:3" at the start of s; what it takes, or 0. */
static size_t numbers_at(struct str s, unsigned *line, unsigned *column)
{
	unsigned *const out[] = { line, column };
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_LEN(out); i++) {
		unsigned n = 0;
		size_t from = at + 1;

		if (!s.p || at >= s.n || s.p[at] != ':')
			return 0;
		for (at = from; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' &&
				at < from + 9;
		     at++)
			n = n * 10 + (unsigned)(s.p[at] - '0');
		if (at == from)
			return 0;
		*out[i] = n;
	}
	return at;
}

struct place {
	struct str file;
	unsigned line, column; /* 0: the message names only the file */
	struct str chain;      /* " (included from …)", or nothing */
	struct str rest;       /* the message behind it */
};

/* Cuts the chain of partials, a bracket, off the start of s. */
static void cut_chain(struct place *p, struct str s)
{
	const char *end;

	if (s.p && str_starts(s, " (included from ") &&
	    (end = memchr(s.p, ')', s.n))) {
		p->chain = str_cut(s.p, (size_t)(end + 1 - s.p));
		s = str_cut(end + 1, s.n - p->chain.n);
	}
	if (str_starts(s, ": "))
		s = str_cut(s.p + 2, s.n - 2);
	p->rest = s;
}

static bool parse_place(struct str s, struct place *p)
{
	*p = (struct place){ .rest = s };
	if (!s.p)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		struct str at = str_cut(s.p + i, s.n - i);
		size_t n = numbers_at(at, &p->line, &p->column);

		if (n) {
			p->file = str_cut(s.p, i);
			cut_chain(p, str_cut(at.p + n, at.n - n));
			return true;
		}
		if (str_starts(at, ": ")) {
			p->file = str_cut(s.p, i);
			p->rest = str_cut(at.p + 2, at.n - 2);
			/* A sentence is no file. */
			return i && !memchr(s.p, ' ', i) &&
			       (memchr(s.p, '.', i) || memchr(s.p, '/', i));
		}
	}
	return false;
}

/* What messages of other modules are about. */
static enum lint_rule classify(struct str message, enum lint_rule rule)
{
	static const struct {
		const char *text;
		enum lint_rule rule;
	} table[] = {
		{ "unescaped insertion of ", LINT_RULE_RAW_INSERTION },
		{ CHART_RAW_ANNOTATION, LINT_RULE_RAW_ANNOTATION },
		{ "there is no partial ", LINT_RULE_MISSING_PARTIAL },
		{ "object has no ", LINT_RULE_NO_OBJECT },
		{ "of the object must be a", LINT_RULE_NO_OBJECT },
		{ "an object must be a map", LINT_RULE_NO_OBJECT },
		{ " is there twice, first in", LINT_RULE_DUPLICATE_OBJECT },
		{ "no blank between the colon and", LINT_RULE_MISSING_BLANK },
	};

	if (rule != LINT_RULE_RENDER && rule != LINT_RULE_YAML_SYNTAX &&
	    rule != LINT_RULE_TEMPLATE_SYNTAX && rule != LINT_RULE_CHART_YAML)
		return rule;
	for (size_t i = 0; message.p && i < ARRAY_LEN(table); i++)
		if (memmem(message.p, message.n, table[i].text,
			   strlen(table[i].text)))
			return table[i].rule;
	return str_ends(message, " is missing") ? LINT_RULE_MISSING_VALUE
						: rule;
}

/* What YAML says of a line, or the next, in which the cause is known. */
static bool is_consequence(const struct lint *lint, enum lint_rule rule,
			   const char *file, unsigned line)
{
	for (size_t i = 0; rule == LINT_RULE_YAML_SYNTAX && i < lint->count;
	     i++) {
		const struct lint_finding *f = &lint->items[i];

		if ((f->rule == LINT_RULE_TAB ||
		     f->rule == LINT_RULE_MISSING_BLANK) &&
		    (f->line == line || f->line + 1 == line) &&
		    strcmp(f->file, file) == 0)
			return true;
	}
	return false;
}

void lint_add_error(struct lint *lint, enum lint_rule rule, const char *folder,
		    const char *file, const char *with, const struct err *err)
{
	struct place p;
	bool placed = parse_place(str_of(err->msg), &p);

	if (!placed)
		p = (struct place){ .rest = str_of(err->msg) };
	AUTO_FREE char *path =
		placed ? alloc_print("%s" STR_FMT, folder, STR_ARG(p.file))
		       : alloc_print("%s%s", folder, file);
	AUTO_FREE char *message =
		alloc_print(STR_FMT STR_FMT, STR_ARG(p.rest), STR_ARG(p.chain));
	rule = classify(p.rest, rule);
	/* A render stops at what lint_names() has told already. */
	bool told =
		(rule == LINT_RULE_NOTES || rule == LINT_RULE_STATUS) &&
		is_known(lint, LINT_RULE_MISSING_VALUE, path, p.line, p.column);
	if (!told && !is_consequence(lint, rule, path, p.line))
		lint_add(lint, rule, path, p.line ? p.line : 1,
			 p.column ? p.column : 1, with, message);
}

static int by_place(const void *a, const void *b)
{
	const struct lint_finding *x = a, *y = b;
	int order = strcmp(x->file, y->file);

	if (order)
		return order;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return (int)x->rule - (int)y->rule;
}

void lint_sort(struct lint *lint)
{
	if (lint->count)
		qsort(lint->items, lint->count, sizeof(*lint->items), by_place);
}

void lint_done(struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		free(lint->items[i].file);
		free(lint->items[i].message);
		free(lint->items[i].with);
	}
	VEC_DONE(lint);
}

/* The word of a message about a key: "version" of "version is missing". A
 * schema's errors begin with a JSON pointer. */
static char *pointer_in(struct str message)
{
	size_t n = 0;

	if (str_starts(message, "the annotation " CHART_RAW_ANNOTATION))
		return alloc_copy("/annotations/ide.example.com~1"
				  "raw-templates");
	while (message.p && n < message.n && !strchr(" :,", message.p[n]))
		n++;
	if (str_starts(message, "/"))
		return alloc_text(message.p, n);
	return lint_pointer_of(str_cut(message.p, n));
}

/* An error of a file without its line: looks for the key that it names. */
static bool find_place(const char *path, const struct place *p, unsigned *line,
		       unsigned *column)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CHART_FILE_BYTES);
	AUTO_FREE char *full =
		alloc_print("%s/" STR_FMT, path, STR_ARG(p->file));
	AUTO_FREE char *pointer = pointer_in(p->rest);
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!file_read(full, &text, &err) ||
	    !yaml_parse(buf_str(&text), full, &s, &err) || s->count == 0)
		return false;
	const struct yaml_node *node =
		locate_node(s->roots[0], pointer, LOCATE_KEY);
	*line = node->line;
	*column = node->column;
	return true;
}

static enum lint_rule rule_of_file(struct str file, struct str message)
{
	if (str_ends(file, "Chart.yaml"))
		return str_starts(message, "dependencies")
			       ? LINT_RULE_DEPENDENCY
			       : LINT_RULE_CHART_YAML;
	if (file.p &&
	    memmem(file.p, file.n, "templates/", strlen("templates/")))
		return LINT_RULE_TEMPLATE_SYNTAX;
	return LINT_RULE_CHART_FILE;
}

/* What stopped a chart from loading. */
static void add_load_error(const struct lint_job *job, const char *path,
			   const struct err *err)
{
	AUTO_FREE char *prefix = alloc_print("chart %s: ", path);
	struct str message = str_of(err->msg);
	struct place p;

	if (str_starts(message, prefix))
		message = str_cut(message.p + strlen(prefix),
				  message.n - strlen(prefix));
	if (!parse_place(message, &p))
		p = (struct place){ .file = str_of("Chart.yaml"),
				    .rest = message };
	enum lint_rule rule = classify(p.rest, rule_of_file(p.file, p.rest));
	if (!p.line && !find_place(path, &p, &p.line, &p.column))
		p.line = p.column = 1;
	AUTO_FREE char *file = alloc_text(p.file.p, p.file.n);
	lint_say(job, rule, file, p.line, p.column, STR_FMT, STR_ARG(p.rest));
}

static bool is_about_chart(const struct err *err)
{
	return err->kind == ERR_INVALID || err->kind == ERR_LIMIT;
}

/* What is wrong with single files stops a chart from loading as well. */
static bool load(struct lint_job *job, const char *path, struct chart **out,
		 struct err *err)
{
	AUTO(source_free) struct chart_source *source = NULL;
	AUTO_ERR ignored = ERR_INIT;
	size_t before = job->lint->of[LINT_ERROR];

	/* If it cannot be read, loading says why. */
	if (source_read(path, &source, &ignored)) {
		job->source = source;
		lint_syntax(job);
		job->source = NULL;
	}
	if (chart_load(path, out, err))
		return true;
	if (is_about_chart(err)) {
		if (job->lint->of[LINT_ERROR] == before)
			add_load_error(job, path, err);
		err_clear(err);
	}
	return false;
}

bool lint_chart(const char *path, const struct lint_options *options,
		struct lint *out, struct err *err)
{
	AUTO(chart_unref) struct chart *chart = NULL;
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	AUTO_FREE char *clean = alloc_text(path, n);
	AUTO_FREE char *folder = alloc_print("%s/", clean);
	struct lint_job job = { .options = options,
				.lint = out,
				.folder = folder };
	AUTO_ERR why = ERR_INIT;

	if (!load(&job, clean, &chart, &why)) {
		if (why.kind == ERR_NONE)
			return true;
		err_move(err, &why);
		return false;
	}
	job.chart = chart;
	job.source = chart->source;
	lint_files(&job);
	lint_text(&job);
	lint_names(&job);
	lint_tries(&job);
	return true;
}
