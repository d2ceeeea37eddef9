/*
 * Every file in templates/ is looked at once for each part that uses it; its
 * path decides what it is (the table `roles`).
 */
#include "chart/templates.h"

#include "base/limits.h"
#include "base/vec.h"
#include "chart/marks.h"
#include "chart/shapes.h"
#include "chart/files.h"
#include "chart/meta.h"
#include "chart/source.h"
#include "mustache/mustache.h"

#define PARTIAL_SUFFIX ".mustache"

struct compiler {
	struct chart *chart;
	size_t part;  /* the one in hand */
	size_t bytes; /* of all texts so far */
	struct {
		VEC(struct mustache_source);
	} sources;
	struct {
		VEC(char *);
	} names; /* of sources, until they are compiled */
	struct {
		VEC(struct chart_template);
	} templates;
};

static const struct chart_part *part_of(const struct compiler *c)
{
	return &c->chart->parts[c->part];
}

/* The name of a template in the set, which differs between aliases. */
static char *name_of(const struct chart_part *p, const struct chart_file *f)
{
	return alloc_print("%s%s", p->at, f->path);
}

enum raw { RAW_AS_LISTED, RAW_ALLOWED };

static bool add_source(struct compiler *c, const struct chart_file *f,
		       char *take_name, enum raw raw, struct err *err)
{
	const struct chart_part *p = part_of(c);
	bool allowed = raw == RAW_ALLOWED ||
		       meta_allows_raw(p->source, str_of(f->path));

	*VEC_ADD(&c->names) = take_name;
	c->bytes += f->data.n;
	if (c->bytes > LIMIT_CHART_BYTES)
		return err_set(err, ERR_LIMIT,
			       "templates of more than %zu bytes, each alias "
			       "counted",
			       LIMIT_CHART_BYTES);
	*VEC_ADD(&c->sources) = (struct mustache_source){
		.name = take_name,
		.file = f->full,
		.text = f->data,
		.scope = p->scope,
		.flags = MUSTACHE_STRICT | MUSTACHE_QUERIES | MUSTACHE_PATHS |
			 MUSTACHE_HELPERS | (allowed ? 0 : MUSTACHE_NO_RAW),
	};
	return true;
}

static bool fail_at(const struct chart_file *f, const char *at, struct err *err,
		    const char *what)
{
	struct str_place place =
		str_place_of(f->data, (size_t)(at - f->data.p));

	return err_set(err, ERR_INVALID, "%s:%zu:%zu: %s", f->full, place.line,
		       place.column, what);
}

/*
 * What a template that is rendered to YAML may not contain: marks, written
 * out or as YAML escapes, and line ends that only YAML 1.1 knows.
 */
static bool check_characters(const struct chart_file *f, struct err *err)
{
	static const char *const line_ends[] = {
		"\xc2\x85",     /* U+0085 */
		"\xe2\x80\xa8", /* U+2028 */
		"\xe2\x80\xa9", /* U+2029 */
	};
	const char *at;

	at = strchr(f->data.p, MARK_LEAD);
	if (!at)
		at = strstr(f->data.p, MARK_ESCAPE);
	if (at)
		return fail_at(
			f, at, err,
			"characters of the private use plane 16 "
			"(U+100000 and up) are not allowed in templates");
	for (size_t i = 0; i < ARRAY_LEN(line_ends); i++)
		if ((at = strstr(f->data.p, line_ends[i])))
			return fail_at(
				f, at, err,
				"U+0085, U+2028 and U+2029 end a line "
				"for some readers of YAML: write them "
				"as \"\\x85\", \"\\u2028\", \"\\u2029\"");
	return true;
}

static bool take_template(struct compiler *c, const struct chart_file *f,
			  struct err *err)
{
	const struct chart_part *p = part_of(c);

	if (source_is_library(p->source))
		return true;
	if (!check_characters(f, err) ||
	    !add_source(c, f, name_of(p, f), RAW_AS_LISTED, err))
		return false;
	*VEC_ADD(&c->templates) = (struct chart_template){
		.file = f,
		.source =
			alloc_print("%s/%s%s", c->chart->name, p->at, f->path),
		.part = c->part,
	};
	return true;
}

static bool take_status(struct compiler *c, const struct chart_file *f,
			struct err *err)
{
	if (c->part != 0)
		return true;
	c->chart->status = f;
	return check_characters(f, err) &&
	       add_source(c, f, name_of(part_of(c), f), RAW_AS_LISTED, err);
}

static bool take_notes(struct compiler *c, const struct chart_file *f,
		       struct err *err)
{
	if (c->part != 0)
		return true;
	c->chart->notes = f;
	return add_source(c, f, name_of(part_of(c), f), RAW_ALLOWED, err);
}

/* templates/folder/_x.mustache is the partial folder/x; that of a subchart,
 * redis/folder/x. */
static bool take_partial(struct compiler *c, const struct chart_file *f,
			 struct err *err)
{
	const char *inside = f->path + strlen("templates/");
	const char *slash = strrchr(inside, '/');
	const char *base = slash ? slash + 1 : inside;

	if (*base != '_')
		return err_set(err, ERR_INVALID,
			       "%s: the name of a partial begins with _",
			       f->full);
	if (!check_characters(f, err))
		return false;
	return add_source(
		c, f,
		alloc_print("%s%.*s%.*s", part_of(c)->scope,
			    (int)(base - inside), inside,
			    (int)(strlen(base) - 1 - strlen(PARTIAL_SUFFIX)),
			    base + 1),
		RAW_AS_LISTED, err);
}

static bool refuse(struct compiler *c, const struct chart_file *f,
		   struct err *err)
{
	(void)c;
	return err_set(err, ERR_INVALID,
		       "%s: is neither a template (.yaml), nor a partial "
		       "(_NAME" PARTIAL_SUFFIX "), nor NOTES.txt",
		       f->full);
}

/* The first row that fits counts; an ending alone is the whole path. */
static const struct role {
	const char *folder, *ending;
	bool (*take)(struct compiler *c, const struct chart_file *f,
		     struct err *err);
} roles[] = {
	{ "", "status.yaml", take_status },
	{ "templates/", PARTIAL_SUFFIX, take_partial },
	{ "templates/", ".yaml", take_template },
	{ "templates/", ".yml", take_template },
	{ "", "templates/NOTES.txt", take_notes },
	{ "templates/", "", refuse },
};

static bool take_file(struct compiler *c, const struct chart_file *f,
		      struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		const struct role *r = &roles[i];

		if (*r->folder ? chart_path_is(f->path, r->folder, r->ending)
			       : strcmp(f->path, r->ending) == 0)
			return r->take(c, f, err);
	}
	return true;
}

static bool take_parts(struct compiler *c, struct err *err)
{
	for (; c->part < c->chart->part_count; c->part++) {
		const struct chart_source *s = part_of(c)->source;

		for (size_t i = 0; i < s->file_count; i++)
			if (!take_file(c, &s->files[i], err))
				return false;
	}
	return true;
}

static int by_source(const void *a, const void *b)
{
	const struct chart_template *x = a, *y = b;

	return strcmp(x->source, y->source);
}

static void finish(struct chart *chart)
{
	if (chart->template_count)
		qsort(chart->templates, chart->template_count,
		      sizeof(*chart->templates), by_source);
	for (size_t i = 0; i < chart->template_count; i++) {
		struct chart_template *t = &chart->templates[i];
		AUTO_FREE char *name = name_of(&chart->parts[t->part], t->file);

		t->compiled = mustache_find(chart->set, name);
	}
}

bool templates_compile(struct chart *chart, struct err *err)
{
	struct compiler c = { .chart = chart };
	bool ok = take_parts(&c, err);

	chart->templates = c.templates.items;
	chart->template_count = c.templates.count;
	ok = ok && mustache_compile(c.sources.items, c.sources.count,
				    &chart->set, err);
	chart->shapes = shapes_new(LIMIT_SHAPES_BYTES);
	if (ok)
		finish(chart);
	for (size_t i = 0; i < c.names.count; i++)
		free(c.names.items[i]);
	VEC_DONE(&c.names);
	VEC_DONE(&c.sources);
	return ok;
}

void templates_done(struct chart *chart)
{
	for (size_t i = 0; i < chart->template_count; i++)
		free(chart->templates[i].source);
	free(chart->templates);
	shapes_free(chart->shapes);
	mustache_free(chart->set);
}
