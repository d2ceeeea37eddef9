/*
 * Charts named on the command line, and those of a watches.yaml, with what
 * each entry adds: overrideValues are tried, and what the operator itself acts
 * on counts as used.
 */
#include "chart/lint.h"

#include "base/file.h"
#include "base/limits.h"
#include "chart/version.h"
#include "cli/input.h"
#include "cli/usage.h"
#include "controller/health.h"
#include "controller/watches.h"
#include "data/json.h"
#include "data/path.h"
#include "data/yaml_read.h"

#include <stdio.h>

struct lint_command {
	struct input_options input;
	const char *watches, *format, *name, *namespace, *kube_version;
	bool strict;
	struct val *values; /* that -f and --set give; NULL: none */
	struct val *health; /* what status.yaml sees of a release that runs */
	struct lint lint;
};

/* The first key of "spec.storage.size" behind "spec": what values call it. */
static struct str value_key(const char *path)
{
	struct str rest = str_of(path), key = rest;

	if (str_starts(rest, "spec."))
		rest = str_cut(rest.p + 5, rest.n - 5);
	str_split(rest, '.', &key, &rest);
	return key;
}

static bool lint_one(struct lint_command *c, const char *chart,
		     const struct val *overrides, const char *const *acted_on,
		     struct err *err)
{
	struct lint_try tries[2];
	struct lint_options options = {
		.name = c->name,
		.namespace = c->namespace,
		.kube_version = c->kube_version,
		.health = c->health,
		.tries = tries,
		.acted_on = acted_on,
	};

	if (c->values)
		tries[options.try_count++] =
			(struct lint_try){ .name = "the given values",
					   .values = c->values };
	if (overrides)
		tries[options.try_count++] =
			(struct lint_try){ .name = "overrideValues",
					   .overrides = overrides };
	return lint_chart(chart, &options, &c->lint, err);
}

/* An entry of watches.yaml, as far as it can be read. */
static bool lint_entry(struct lint_command *c, const struct val *entry,
		       struct err *err)
{
	const char *stopped = val_get_text(entry, "stoppedPath");
	struct str keys[] = {
		value_key(*stopped ? stopped : "spec.stopped"),
		value_key(path_get_text(entry, "templateRef.namePath")),
	};
	AUTO_FREE char *first = alloc_text(keys[0].p, keys[0].n);
	AUTO_FREE char *second = alloc_text(keys[1].p, keys[1].n);
	const char *const acted_on[] = { first, second, NULL };
	const struct val *overrides = val_get(entry, "overrideValues");
	AUTO(val_unref) struct val *all = NULL;

	for (size_t i = 0; i < val_count(overrides); i++) {
		AUTO_FREE char *path = alloc_text(val_key(overrides, i).p,
						  val_key(overrides, i).n);
		struct val *next = path_with(all, path, val_at(overrides, i));

		/* watches_load() says what is wrong with it. */
		if (!next)
			return true;
		val_unref(all);
		all = next;
	}
	const char *chart = val_get_text(entry, "chart");
	return !*chart || lint_one(c, chart, all, acted_on, err);
}

/* Keys of overrideValues that a chart's values.yaml does not have. */
static void check_overrides(struct lint_command *c, const struct watches *w,
			    const struct val *root,
			    const struct yaml_marks *marks)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct val *map =
			val_get(val_at(root, i), "overrideValues");

		for (size_t k = 0; k < val_count(map); k++) {
			struct str key = val_key(map, k);
			AUTO_FREE char *path = alloc_text(key.p, key.n);
			AUTO_FREE char *pointer =
				alloc_print("/%zu/overrideValues/%s", i, path);
			AUTO_FREE char *message = alloc_print(
				"%s is no value of the chart", path);
			unsigned line, column;

			if (lint_has_value(w->entries[i].chart, path))
				continue;
			yaml_mark(marks, pointer, &line, &column);
			lint_add(&c->lint, LINT_RULE_OVERRIDE_KEY, c->watches,
				 line, column, "", message);
		}
	}
}

/* Whether an error of watches.yaml is one of a chart, which is told already. */
static bool is_of_chart(const struct lint_command *c, const struct err *err)
{
	return c->lint.of[LINT_ERROR] && strstr(err->msg, ": chart ");
}

/* Charts are looked at before the file as a whole is checked, which ends at
 * the first of them that does not load. */
static bool lint_watches(struct lint_command *c, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *root = NULL;
	AUTO(yaml_marks_free) struct yaml_marks *marks = NULL;
	AUTO(watches_free) struct watches *w = NULL;
	AUTO_ERR why = ERR_INIT;

	if (!file_read(c->watches, &text, err))
		return false;
	if (yaml_read_marked(buf_str(&text), c->watches, &root, &marks, &why))
		for (size_t i = 0; i < val_count(root) && i < LIMIT_WATCHES;
		     i++)
			if (!lint_entry(c, val_at(root, i), err))
				return false;
	err_clear(&why);
	if (watches_load(c->watches, getenv, &w, &why))
		check_overrides(c, w, root, marks);
	else if (!is_of_chart(c, &why))
		lint_add_error(&c->lint, LINT_RULE_WATCHES, "", c->watches, "",
			       &why);
	return true;
}

static bool look(struct lint_command *c, const struct option_list *charts,
		 struct err *err)
{
	static const char *const acted_on[] = { "stopped", "template", NULL };
	struct input input = { 0 };
	struct health running = { .phase = HEALTH_RUNNING };
	bool ok = input_read(&c->input, &input, err);

	if (input_is_given(&c->input))
		c->values = val_ref(input.values);
	input_done(&input);
	c->health = health_value(&running);
	for (size_t i = 0; ok && i < charts->count; i++)
		ok = lint_one(c, charts->items[i], NULL, acted_on, err);
	return ok && (!c->watches || lint_watches(c, err));
}

static void print_text(const struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_finding *f = &lint->items[i];
		enum lint_severity severity = lint_rule_severity(f->rule);

		printf("%s:%u:%u: %s: %s%s%s%s; %s [%s]\n", f->file, f->line,
		       f->column, lint_severity_text(severity), f->message,
		       *f->with ? " (with " : "", f->with, *f->with ? ")" : "",
		       lint_rule_fix(f->rule), lint_rule_name(f->rule));
	}
	if (lint->left_out)
		printf("and %zu more\n", lint->left_out);
}

static struct val *finding_value(const struct lint_finding *f)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_set_text(&m, "file", f->file);
	val_map_set_int(&m, "line", f->line);
	val_map_set_int(&m, "column", f->column);
	val_map_set_text(&m, "severity",
			 lint_severity_text(lint_rule_severity(f->rule)));
	val_map_set_text(&m, "rule", lint_rule_name(f->rule));
	val_map_set_text(&m, "message", f->message);
	val_map_set_text(&m, "fix", lint_rule_fix(f->rule));
	val_map_set_text(&m, "with", f->with);
	return val_map_take(&m);
}

static void print_json(const struct lint *lint)
{
	AUTO_BUF out = BUF_INIT(LIMIT_RENDER_BYTES);
	struct val_list list = { 0 };

	for (size_t i = 0; i < lint->count; i++)
		val_list_add_take(&list, finding_value(&lint->items[i]));
	AUTO(val_unref) struct val *v = val_list_take(&list);
	json_write_pretty(v, &out);
	puts(buf_text(&out));
}

static int report(struct lint_command *c)
{
	const struct lint *lint = &c->lint;

	lint_sort(&c->lint);
	if (strcmp(c->format, "json") == 0)
		print_json(lint);
	else
		print_text(lint);
	if (fflush(stdout) != 0)
		return EXIT_FAILED;
	fprintf(stderr, "lint: errors: %zu, warnings: %zu, infos: %zu\n",
		lint->of[LINT_ERROR], lint->of[LINT_WARNING],
		lint->of[LINT_INFO]);
	return lint->of[LINT_ERROR] || (c->strict && lint->of[LINT_WARNING])
		       ? EXIT_FAILED
		       : EXIT_DONE;
}

static const char *find_misuse(const struct lint_command *c,
			       const struct option_list *charts)
{
	struct version version;

	if (strcmp(c->format, "text") != 0 && strcmp(c->format, "json") != 0)
		return "--format is text or json";
	if (!version_parse(str_of(c->kube_version), &version))
		return "--kube-version wants a version such as v1.34.0";
	if (!charts->count && !c->watches)
		return "name a chart, or --watches-file";
	return NULL;
}

static int run(const struct usage *usage, struct lint_command *c, char **argv)
{
	struct option_list charts = { 0 };
	AUTO_ERR err = ERR_INIT;
	int code;

	if (usage_read(usage, argv, &charts, &code)) {
		const char *misuse = find_misuse(c, &charts);

		if (misuse)
			code = usage_misuse("lint", misuse);
		else if (look(c, &charts, &err))
			code = report(c);
		else
			code = usage_fail("lint", &err);
	}
	VEC_DONE(&charts);
	input_options_done(&c->input);
	val_unref(c->values);
	val_unref(c->health);
	lint_done(&c->lint);
	return code;
}

int command_lint(char **argv)
{
	struct lint_command c = { .format = "text",
				  .name = "release-name",
				  .namespace = "default",
				  .kube_version = USAGE_KUBE_VERSION };
	const struct option table[] = {
		INPUT_OPTIONS(&c.input),
		{ "--watches-file", OPTION_TEXT, &c.watches, "FILE",
		  "look at the file and at every chart in it, with its "
		  "overrideValues" },
		{ "--name", OPTION_TEXT, &c.name, "NAME",
		  "name of the release to try (default release-name)" },
		{ "--namespace", OPTION_TEXT, &c.namespace, "NAME",
		  "its namespace (default default)" },
		{ "--kube-version", OPTION_TEXT, &c.kube_version, "VERSION",
		  "the server's version, which decides what is removed "
		  "(default " USAGE_KUBE_VERSION ")" },
		{ "--strict", OPTION_FLAG, &c.strict, NULL,
		  "warnings fail as well" },
		{ "--format", OPTION_TEXT, &c.format, "text|json",
		  "a line a finding, or a list of {file, line, column, "
		  "severity, rule, message, fix, with} (default text)" },
	};
	const struct usage usage = {
		.command = "lint",
		.synopsis = "CHART... [OPTIONS]",
		.help = "Says what is wrong with charts, or looks wrong, with "
			"its place and how to mend it. Tries\nthe chart's own "
			"values, every preset, and the values given with -f "
			"and --set.\nExit code 1 when there is an error.",
		.options = table,
		.count = ARRAY_LEN(table),
		.operands = USAGE_ANY_OPERANDS,
	};

	return run(&usage, &c, argv);
}
