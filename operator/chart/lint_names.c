/*
 * Variables: those that nothing defines, and values that nothing mentions.
 *
 * Templates are walked tag by tag with what is known of the contexts: a part of
 * the values, or anything. A name is missing only where nothing around it can
 * have it. Partials are walked from where they are included, since their
 * contexts are the includer's.
 */
#include "chart/lint_job.h"

#include "base/limits.h"
#include "base/map.h"
#include "chart/depend.h"
#include "data/pointer.h"

/* One context. */
struct scope {
	const struct val *v;      /* NULL: may be anything */
	const struct val *schema; /* what the schema says of it, or NULL */
	char *pointer;  /* from the root: "/Values/ide"; NULL: not from there */
	size_t section; /* that opened it, or TAG_NONE */
};

struct names {
	const struct lint_job *job;
	const struct val *schema; /* the whole of it, or NULL */
	struct val *root;
	struct map used;    /* pointers: that, and all below */
	struct map touched; /* pointers: only that */
	struct map entered; /* pointers: something below is one of these */
	struct map walked;  /* files of partials that are included */
	struct {
		VEC(struct scope);
	} scopes;
	struct {
		VEC(const struct mustache_template *);
	} chain; /* of partials */
	size_t steps;
	bool dynamic; /* some partial is found by a value */
};

static const char present[] = "";

static void add(struct map *m, struct str key)
{
	map_set(m, key, (void *)(uintptr_t)present);
}

static void mark(struct names *n, struct map *m, const char *pointer)
{
	struct str above = str_of(pointer);

	add(m, above);
	while (above.n) {
		above.n--;
		if (above.p[above.n] == '/')
			add(&n->entered, above);
	}
}

/* Where a name leads. */
enum found { FOUND, FOUND_ANY, FOUND_NOT };

/* Goes one part deeper; *at is taken and given anew. */
static enum found descend(const struct names *n, struct scope *at,
			  struct str part)
{
	const struct val *below = val_get_str(at->v, part);
	const struct val *schema =
		lint_schema_property(n->schema, at->schema, part);
	bool root = at->pointer && !*at->pointer;

	if (!at->v && !schema)
		return FOUND_ANY;
	if (!below && !schema) {
		bool open = val_is(at->v, VAL_NULL) ||
			    val_is(at->v, VAL_LIST) ||
			    (val_is(at->v, VAL_MAP) && !val_count(at->v));

		return open ? FOUND_ANY : FOUND_NOT;
	}
	if (root && str_is(part, "Values"))
		schema = n->schema;
	AUTO_BUF pointer = BUF_INIT(LIMIT_CONFIG_BYTES);
	buf_add_text(&pointer, at->pointer ? at->pointer : "");
	pointer_add(&pointer, part);
	free(at->pointer);
	at->pointer = alloc_copy(buf_text(&pointer));
	/* A null is what a value will be laid over. */
	at->v = val_is(below, VAL_NULL) ? NULL : below;
	at->schema = schema;
	return FOUND;
}

static struct scope copy(const struct scope *s)
{
	struct scope c = *s;

	c.pointer = alloc_copy(s->pointer);
	return c;
}

/* The first part, from the innermost context outwards. A context that may be
 * anything may have it, but so may those around it. */
static enum found find_first(const struct names *n, struct str part,
			     struct scope *out)
{
	bool any = false;

	for (size_t i = n->scopes.count; i-- > 0;) {
		struct scope at = copy(&n->scopes.items[i]);
		enum found found = descend(n, &at, part);

		if (found == FOUND) {
			*out = at;
			return FOUND;
		}
		free(at.pointer);
		any = any || found == FOUND_ANY;
	}
	return any ? FOUND_ANY : FOUND_NOT;
}

/* Where a path leads; *out->pointer is to be freed when FOUND. */
static enum found find(const struct names *n, const struct mustache_template *t,
		       const struct path *path, struct scope *out)
{
	struct scope at = { 0 };
	enum path_from from = (enum path_from)path->from;
	enum found found = FOUND;
	size_t i = 0;

	/* {{.}} */
	if (path->count == 0 && path->from == PATH_CONTEXT)
		from = PATH_TOP;
	switch (from) {
	case PATH_CONTEXT:
		found = find_first(n, tag_part(t, path, 0), &at);
		i = 1;
		break;
	case PATH_TOP:
		at = copy(&n->scopes.items[n->scopes.count - 1]);
		break;
	case PATH_ROOT:
		at = copy(&n->scopes.items[0]);
		break;
	case PATH_LOOP:
		return FOUND_ANY;
	}
	for (; found == FOUND && i < path->count; i++)
		found = descend(n, &at, tag_part(t, path, i));
	/* What leads on into something unknown has used all of it. */
	if (found == FOUND || (found == FOUND_ANY && at.pointer)) {
		*out = at;
		return found;
	}
	free(at.pointer);
	return found;
}

static bool is_leaf(const struct val *v)
{
	return !val_is(v, VAL_MAP) || val_count(v) == 0;
}

/* Notes that a path is mentioned. */
static void use(struct names *n, const struct scope *at, bool whole)
{
	if (!at->pointer)
		return;
	mark(n, whole || is_leaf(at->v) ? &n->used : &n->touched, at->pointer);
}

/* Whether path b begins with all of path a, both from the context. */
static bool is_below(const struct mustache_template *t, const struct path *a,
		     const struct path *b)
{
	if (!a || a->from != PATH_CONTEXT || b->from != PATH_CONTEXT ||
	    a->count == 0 || a->count > b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_equal(tag_part(t, a, i), tag_part(t, b, i)))
			return false;
	return true;
}

/* Whether a section around the tag asks for what it uses, or lets it be
 * missing. */
static bool is_guarded(const struct mustache_template *t,
		       const struct tags *tags, const struct tag *tag,
		       const struct path *path)
{
	for (size_t i = tag->outer; i != TAG_NONE; i = tags->items[i].outer) {
		const struct tag *outer = &tags->items[i];

		if (outer->kind != TAG_SECTION)
			continue;
		if (outer->means->helper &&
		    (outer->means->helper->flags & HELPER_LENIENT))
			return true;
		if (is_below(t, tag_path(outer), path))
			return true;
	}
	return false;
}

/* Whether the tag stands behind # in a YAML template, where it is never
 * inserted. */
static bool is_in_comment(const struct mustache_template *t,
			  const struct tag *tag)
{
	struct str source = tags_source(t);
	size_t from = tag->begin;
	char quote = 0;

	if (str_ends(str_of(tags_file(t)), "NOTES.txt"))
		return false;
	while (from > 0 && source.p[from - 1] != '\n')
		from--;
	for (size_t i = from; i < tag->begin; i++) {
		char c = source.p[i], before = ' ';

		if (i > from)
			before = source.p[i - 1];
		if (quote && c == quote)
			quote = 0;
		else if (quote)
			continue;
		else if (strchr("\"'", c) && strchr(" [{,", before))
			quote = c;
		else if (c == '#' && (before == ' ' || before == '\t'))
			return true;
	}
	return false;
}

static bool is_own(const struct mustache_template *t)
{
	return !str_starts(str_of(tags_file(t)), "charts/");
}

static void check_value(struct names *n, const struct mustache_template *t,
			const struct tags *tags, const struct tag *tag)
{
	const struct path *path = tag_path(tag);
	struct scope at = { 0 };
	bool lenient = tag->means->query != QUERY_NONE;

	if (!path || is_in_comment(t, tag))
		return;
	switch (find(n, t, path, &at)) {
	case FOUND:
	case FOUND_ANY:
		use(n, &at, true);
		break;
	case FOUND_NOT:
		if (lenient || !is_own(t) || is_guarded(t, tags, tag, path))
			break;
		lint_say(n->job, LINT_RULE_MISSING_VALUE, tags_file(t),
			 tag->line, tag->column,
			 "neither values.yaml nor a preset nor the schema "
			 "defines " STR_FMT,
			 STR_ARG(str_clip(tag->name, 100)));
	}
	free(at.pointer);
}

static void push(struct names *n, struct scope scope)
{
	*VEC_ADD(&n->scopes) = scope;
}

static const struct scope anything = { .section = TAG_NONE };

/* A section mentions its value, and makes it the context inside. Queries and
 * helpers do not. */
static void open_section(struct names *n, const struct mustache_template *t,
			 const struct tag *tag, size_t i)
{
	const struct path *path = tag_path(tag);
	const struct name *name = tag->means;
	struct scope at = anything;
	enum found found = path ? find(n, t, path, &at) : FOUND_NOT;
	bool pushes = tag->kind == TAG_SECTION && name->query == QUERY_NONE &&
		      (!name->helper || found == FOUND);

	if (found != FOUND_NOT)
		use(n, &at,
		    name->each || val_is(at.v, VAL_LIST) || found == FOUND_ANY);
	if (pushes && found == FOUND && val_is(at.v, VAL_MAP) &&
	    val_count(at.v) && !name->each) {
		at.section = i;
		push(n, at);
		return;
	}
	free(at.pointer);
	if (pushes) {
		struct scope any = anything;

		any.section = i;
		push(n, any);
	}
}

static void close_section(struct names *n, size_t section)
{
	if (n->scopes.items[n->scopes.count - 1].section == section)
		free(n->scopes.items[--n->scopes.count].pointer);
}

static void walk(struct names *n, const struct mustache_template *t);

/* One partial within itself is enough: deeper it is the same again. */
static void include(struct names *n, const struct mustache_template *t)
{
	size_t seen = 0;

	add(&n->walked, str_of(tags_file(t)));
	for (size_t i = 0; i < n->chain.count; i++)
		seen += n->chain.items[i] == t;
	if (seen > 1 || n->chain.count == LIMIT_PARTIAL_DEPTH)
		return;
	walk(n, t);
}

/* As deep as partials may be. */
static void walk(struct names *n, const struct mustache_template *t)
{
	struct tags tags = { 0 };
	size_t scopes = n->scopes.count;

	*VEC_ADD(&n->chain) = t;
	tags_read(t, &tags);
	for (size_t i = 0; i < tags.count && n->steps++ < LIMIT_LINT_STEPS;
	     i++) {
		const struct tag *tag = &tags.items[i];

		switch (tag->kind) {
		case TAG_VALUE:
			check_value(n, t, &tags, tag);
			break;
		case TAG_SECTION:
		case TAG_INVERTED:
			open_section(n, t, tag, i);
			break;
		case TAG_PARTIAL:
		case TAG_PARENT:
			n->dynamic = n->dynamic || tag->dynamic;
			if (tag->dynamic)
				check_value(n, t, &tags, tag);
			if (tag->target)
				include(n, tag->target);
			break;
		case TAG_BLOCK:
			break;
		case TAG_END:
			if (n->scopes.count > scopes)
				close_section(n, tag->other);
			break;
		}
	}
	while (n->scopes.count > scopes)
		free(n->scopes.items[--n->scopes.count].pointer);
	VEC_DONE(&tags);
	n->chain.count--;
}

static bool is_partial(const struct mustache_template *t)
{
	return str_ends(str_of(tags_file(t)), ".mustache");
}

static void check_partials(struct names *n)
{
	const struct mustache_template *t;

	for (size_t i = 0; (t = tags_template(n->job->chart->set, i)); i++)
		if (is_own(t) && is_partial(t) && !n->dynamic &&
		    n->steps < LIMIT_LINT_STEPS &&
		    !map_get(&n->walked, str_of(tags_file(t))))
			lint_say(n->job, LINT_RULE_UNUSED_PARTIAL, tags_file(t),
				 1, 1, "no template includes this partial");
}

/* Whether the operator, or a subchart, uses a key of the values. */
static bool is_for_others(const struct names *n, struct str key)
{
	const struct chart *chart = n->job->chart;
	const char *const *acted = n->job->options->acted_on;

	for (size_t i = 1; i < chart->part_count; i++)
		if (chart->parts[i].parent == 0 &&
		    (str_is(key, chart->parts[i].name) || str_is(key, "tags")))
			return true;
	for (; acted && *acted; acted++)
		if (str_is(key, *acted))
			return true;
	return str_is(key, "global");
}

/* Conditions of dependencies are read, too. */
static void use_conditions(struct names *n)
{
	for (size_t i = 1; i < n->job->chart->part_count; i++) {
		const struct chart_part *p = &n->job->chart->parts[i];
		struct str rest = str_of(p->entry ? p->entry->condition : "");
		struct str path;

		while (p->parent == 0 && rest.n) {
			str_split(rest, ',', &path, &rest);
			AUTO_FREE char *below = lint_pointer_of(str_trim(path));
			AUTO_FREE char *pointer =
				alloc_print("/Values%s", below);
			mark(n, &n->used, pointer);
		}
	}
}

static bool is_mentioned(const struct names *n, struct str pointer)
{
	return map_get(&n->used, pointer) || map_get(&n->touched, pointer) ||
	       map_get(&n->entered, pointer);
}

/* As deep as values.yaml, whose nesting is limited. */
static void check_unused(struct names *n, const struct lint_file *f,
			 const struct val *v, struct buf *pointer)
{
	size_t len = pointer->len;

	for (size_t i = 0; i < val_count(v); i++) {
		if (len == strlen("/Values") && is_for_others(n, val_key(v, i)))
			continue;
		pointer_add(pointer, val_key(v, i));
		if (map_get(&n->entered, buf_str(pointer)) &&
		    val_is(val_at(v, i), VAL_MAP) &&
		    !map_get(&n->used, buf_str(pointer)))
			check_unused(n, f, val_at(v, i), pointer);
		else if (!is_mentioned(n, buf_str(pointer)))
			lint_say_in(n->job, LINT_RULE_UNUSED_VALUE, f,
				    buf_text(pointer) + strlen("/Values"),
				    LOCATE_KEY, STR_FMT " is mentioned nowhere",
				    STR_ARG(str_clip(val_key(v, i), 60)));
		buf_trim(pointer, len);
	}
}

static struct val *new_root(const struct lint_job *job)
{
	static const char *const release[] = { "Name",      "Namespace",
					       "Revision",  "Service",
					       "IsInstall", "IsUpgrade" };
	static const char *const open[] = { "Files", "Live", "Health" };
	struct val_map root = { 0 }, r = { 0 }, kube = { 0 }, caps = { 0 },
		       self = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(release); i++)
		val_map_set_text(&r, release[i], "");
	val_map_set_text(&kube, "Version", "");
	val_map_set_text(&kube, "Major", "");
	val_map_set_text(&kube, "Minor", "");
	val_map_put_take(&caps, "KubeVersion", val_map_take(&kube));
	val_map_put(&caps, "APIVersions", val_null());
	val_map_set_text(&self, "Name", "");
	val_map_set_text(&self, "BasePath", "");
	val_map_put_take(&root, "Values", lint_known_values(job));
	val_map_put_take(&root, "Release", val_map_take(&r));
	val_map_put_take(&root, "Capabilities", val_map_take(&caps));
	val_map_put_take(&root, "Template", val_map_take(&self));
	val_map_put(&root, "Chart", job->chart->meta);
	for (size_t i = 0; i < ARRAY_LEN(open); i++)
		val_map_put(&root, open[i], val_null());
	return val_map_take(&root);
}

void lint_names(const struct lint_job *job)
{
	AUTO(val_unref) struct val *schema = lint_schema(job);
	struct names n = { .job = job,
			   .schema = schema,
			   .root = new_root(job) };
	const struct mustache_template *t;
	AUTO_BUF pointer = BUF_INIT(LIMIT_CONFIG_BYTES);
	struct lint_file f;

	push(&n, (struct scope){ .v = n.root,
				 .pointer = alloc_copy(""),
				 .section = TAG_NONE });
	for (size_t i = 0; (t = tags_template(job->chart->set, i)); i++)
		if (is_own(t) && !is_partial(t))
			walk(&n, t);
	check_partials(&n);
	use_conditions(&n);
	lint_file_init(&f, job, "values.yaml");
	buf_add_text(&pointer, "/Values");
	/* Beyond the limit nobody knows what the rest mentions. */
	if (n.steps < LIMIT_LINT_STEPS && !map_get(&n.used, buf_str(&pointer)))
		check_unused(&n, &f, job->chart->values, &pointer);
	lint_file_done(&f);
	free(n.scopes.items[0].pointer);
	VEC_DONE(&n.scopes);
	VEC_DONE(&n.chain);
	map_done(&n.used);
	map_done(&n.touched);
	map_done(&n.entered);
	map_done(&n.walked);
	val_unref(n.root);
}
