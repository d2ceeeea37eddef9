/*
 * Templates one by one, since compiling them together ends at the first
 * mistake. Without strictness: partials that are not there are told here, all
 * of them.
 */
#include "chart/lint_job.h"

#include "chart/files.h"
#include "chart/meta.h"
#include "chart/source.h"

static bool is_template(const struct chart_file *f)
{
	return chart_path_is(f->path, "templates/", ".yaml") ||
	       chart_path_is(f->path, "templates/", ".yml") ||
	       chart_path_is(f->path, "templates/", ".mustache") ||
	       strcmp(f->path, "templates/NOTES.txt") == 0 ||
	       strcmp(f->path, "status.yaml") == 0;
}

static bool has_partial(const struct chart_source *source, struct str name)
{
	const char *slash = memrchr(name.p, '/', name.n);
	size_t folder = slash ? (size_t)(slash + 1 - name.p) : 0;
	AUTO_FREE char *path = alloc_print(
		"templates/%.*s_" STR_FMT ".mustache", (int)folder, name.p,
		STR_ARG(str_cut(name.p + folder, name.n - folder)));

	return source_find(source, path) != NULL;
}

/* Whether a name may be that of a subchart's partial, or a template itself:
 * loading the chart tells. */
static bool may_be_elsewhere(const struct chart_source *source, struct str name)
{
	AUTO_FREE char *path = alloc_text(name.p, name.n);

	return source_find(source, path) ||
	       (source->subchart_count && memchr(name.p, '/', name.n));
}

static void check_partials(const struct lint_job *job,
			   const struct chart_source *source,
			   const struct mustache_template *t)
{
	struct tags tags = { 0 };

	tags_read(t, &tags);
	for (size_t i = 0; i < tags.count; i++) {
		const struct tag *tag = &tags.items[i];

		if ((tag->kind != TAG_PARTIAL && tag->kind != TAG_PARENT) ||
		    tag->dynamic || has_partial(source, tag->name) ||
		    may_be_elsewhere(source, tag->name))
			continue;
		lint_say(job, LINT_RULE_MISSING_PARTIAL, tags_file(t),
			 tag->line, tag->column,
			 "there is no partial \"" STR_FMT "\"",
			 STR_ARG(str_clip(tag->name, 60)));
	}
	VEC_DONE(&tags);
}

static void check_file(const struct lint_job *job,
		       const struct chart_source *source,
		       const struct chart_file *f)
{
	bool raw = strcmp(f->path, "templates/NOTES.txt") == 0 ||
		   meta_allows_raw(source, str_of(f->path));
	const struct mustache_source alone = {
		.name = f->path,
		.file = f->full,
		.text = f->data,
		.flags = MUSTACHE_QUERIES | MUSTACHE_PATHS | MUSTACHE_HELPERS |
			 (raw ? 0 : MUSTACHE_NO_RAW),
	};
	AUTO(mustache_free) struct mustache_set *set = NULL;
	AUTO_ERR err = ERR_INIT;

	if (mustache_compile(&alone, 1, &set, &err))
		check_partials(job, source, tags_template(set, 0));
	else
		lint_add_error(job->lint, LINT_RULE_TEMPLATE_SYNTAX,
			       job->folder, f->path, "", &err);
}

static void check_dependencies(const struct lint_job *job)
{
	const struct chart_source *source = job->source;
	struct lint_file f;

	lint_file_init(&f, job, "Chart.yaml");
	for (size_t i = 0; i < source->dependency_count; i++) {
		AUTO_FREE char *pointer = alloc_print("/dependencies/%zu", i);
		const struct chart_source *found;
		AUTO_ERR err = ERR_INIT;

		if (!depend_find(source, &source->dependencies[i], &found,
				 &err))
			lint_say_in(job, LINT_RULE_DEPENDENCY, &f, pointer,
				    LOCATE_VALUE, "%s", err.msg);
	}
	lint_file_done(&f);
}

void lint_syntax(const struct lint_job *job)
{
	const struct chart_source *source = job->source;

	check_dependencies(job);
	for (size_t i = 0; i < source->file_count; i++)
		if (is_template(&source->files[i]))
			check_file(job, source, &source->files[i]);
}
