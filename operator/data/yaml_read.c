/*
 * Aliases are converted anew wherever they stand, with every node counted, and
 * the bytes of every text: a bomb ends at LIMIT_YAML_NODES or
 * LIMIT_YAML_REPEATED. The recursion is as deep as the value.
 */
#include "data/yaml_read.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/pointer.h"
#include "data/scalar.h"

struct converter {
	const struct yaml_stream *stream;
	yaml_scalar_fn *fn;
	void *ctx;
	struct yaml_spent *spent;
	size_t depth;   /* containers around the node in hand */
	size_t aliases; /* that lead to it */
	struct val_keys keys;
};

bool yaml_scalar(const struct yaml_node *node, struct val **out,
		 struct err *err)
{
	/* "!" alone says that it is a text. */
	bool typed = node->style == YAML_PLAIN && !node->tag;

	if (node->tag && strcmp(node->tag, "!") != 0)
		return scalar_read_tagged(node->tag, node->text, out, err);
	struct val *v = typed ? scalar_read(node->text)
			      : val_new_text(node->text);
	if (!v)
		return err_set(err, ERR_INVALID,
			       "JSON has no number \"" STR_FMT "\"",
			       STR_ARG(str_clip(node->text, 40)));
	*out = v;
	return true;
}

const struct yaml_node *yaml_item(const struct yaml_node *list, struct str step)
{
	const struct yaml_node *item = list->first;
	size_t i;

	if (!pointer_index(step, &i))
		return NULL;
	for (; item && i; i--)
		item = item->next;
	return item;
}

static bool scalar_as_written(void *ctx, const struct yaml_node *node,
			      struct val **out, struct err *err)
{
	(void)ctx;
	return yaml_scalar(node, out, err);
}

static bool convert(struct converter *c, const struct yaml_node *node,
		    struct val **out, struct err *err);

static bool convert_list(struct converter *c, const struct yaml_node *node,
			 struct val **out, struct err *err)
{
	AUTO_VAL_LIST list = { 0 };

	for (node = node->first; node; node = node->next) {
		struct val *item = NULL;

		if (!convert(c, node, &item, err))
			return false;
		if (item)
			val_list_add_take(&list, item);
	}
	*out = val_list_take(&list);
	return true;
}

static bool is_merge_key(const struct yaml_node *key)
{
	if (key->kind != YAML_SCALAR)
		return false;
	if (key->tag)
		return strcmp(key->tag, "tag:yaml.org,2002:merge") == 0;
	return key->style == YAML_PLAIN && str_is(key->text, "<<");
}

/* A scalar that stands in the text once, and is converted again. */
static bool count_repeated(struct converter *c, const struct yaml_node *scalar,
			   struct err *err)
{
	c->spent->bytes += scalar->text.n;
	return c->spent->bytes <= LIMIT_YAML_REPEATED ||
	       err_set(err, ERR_LIMIT,
		       "aliases repeat texts of more than %zu bytes",
		       LIMIT_YAML_REPEATED);
}

/* The text of a key; *hold keeps it alive, where the node does not. */
static bool convert_key(struct converter *c, const struct yaml_node *node,
			struct val **hold, struct str *out, struct err *err)
{
	bool again = c->aliases || node->kind == YAML_ALIAS;
	AUTO(val_unref) struct val *v = NULL;

	node = yaml_resolve(node);
	if (node->kind != YAML_SCALAR)
		return yaml_fail(c->stream, node, err, ERR_INVALID,
				 "a %s cannot be a key",
				 node->kind == YAML_MAP ? "map" : "list");
	if (again && !count_repeated(c, node, err))
		return yaml_wrap(c->stream, node, err);
	/* Nearly every key: nothing to convert, nothing to copy. */
	if (c->fn == scalar_as_written && !node->tag &&
	    (node->style != YAML_PLAIN || scalar_is_text(node->text))) {
		*out = node->text;
		return true;
	}
	if (!c->fn(c->ctx, node, &v, err) || !scalar_key(v, hold, err))
		return yaml_wrap(c->stream, node, err);
	*out = val_str(*hold);
	return true;
}

/* Reports that `second` is a key that its map already has. */
static bool fail_duplicate(struct converter *c, const struct yaml_node *map,
			   const struct yaml_node *second, struct str text,
			   struct err *err)
{
	AUTO_BUF place = BUF_INIT(LIMIT_KIB(64));
	const struct yaml_node *key = map->first;

	for (; key != second; key = key->next->next) {
		AUTO(val_unref) struct val *hold = NULL;
		struct str other = { 0 };

		if (is_merge_key(key))
			continue;
		if (!convert_key(c, key, &hold, &other, err))
			return false;
		if (str_equal(other, text))
			break;
	}
	yaml_place(c->stream, key, &place);
	return yaml_fail(c->stream, second, err, ERR_INVALID,
			 "duplicate key \"" STR_FMT "\", the first is at %s",
			 STR_ARG(str_clip(text, 100)), buf_text(&place));
}

static void add_missing(struct val_map *map, const struct val *from)
{
	for (size_t i = 0; i < val_count(from); i++)
		if (!val_map_find(map, val_key(from, i)))
			val_map_set(map, val_key(from, i), val_at(from, i));
}

/* What stands first in a list of maps wins. */
static bool merge(struct converter *c, const struct yaml_node *node,
		  struct val_map *map, struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!convert(c, node, &v, err))
		return false;
	bool ok = val_is(v, VAL_MAP) || val_is(v, VAL_LIST);
	if (val_is(v, VAL_MAP))
		add_missing(map, v);
	for (size_t i = 0; ok && val_is(v, VAL_LIST) && i < val_count(v); i++) {
		ok = val_is(val_at(v, i), VAL_MAP);
		if (ok)
			add_missing(map, val_at(v, i));
	}
	if (!ok)
		return yaml_fail(c->stream, node, err, ERR_INVALID,
				 "<< needs a map or a list of maps");
	return true;
}

static bool convert_map(struct converter *c, const struct yaml_node *node,
			struct val **out, struct err *err)
{
	const struct yaml_node *merged = NULL, *key = node->first, *value;
	AUTO_VAL_MAP map = { .keys = &c->keys };

	for (; key; key = value->next) {
		AUTO(val_unref) struct val *hold = NULL;
		struct val *item = NULL;
		struct str text = { 0 };

		value = key->next;
		if (is_merge_key(key) && merged)
			return yaml_fail(c->stream, key, err, ERR_INVALID,
					 "a second << in one map");
		if (is_merge_key(key)) {
			merged = value;
			continue;
		}
		if (!convert_key(c, key, &hold, &text, err))
			return false;
		if (val_map_find(&map, text))
			return fail_duplicate(c, node, key, text, err);
		if (!convert(c, value, &item, err))
			return false;
		if (item)
			val_map_set_take(&map, text, item);
	}
	if (merged && !merge(c, merged, &map, err))
		return false;
	*out = val_map_take(&map);
	return true;
}

static bool check_tag(const struct converter *c, const struct yaml_node *node,
		      struct err *err)
{
	const char *own = node->kind == YAML_MAP ? "tag:yaml.org,2002:map"
						 : "tag:yaml.org,2002:seq";

	if (!node->tag || strcmp(node->tag, own) == 0 ||
	    strcmp(node->tag, "!") == 0)
		return true;
	return yaml_fail(c->stream, node, err, ERR_INVALID, "unknown tag %s",
			 node->tag);
}

static bool convert_scalar(struct converter *c, const struct yaml_node *node,
			   struct val **out, struct err *err)
{
	if (c->aliases && !count_repeated(c, node, err))
		return yaml_wrap(c->stream, node, err);
	return c->fn(c->ctx, node, out, err) || yaml_wrap(c->stream, node, err);
}

static bool convert_container(struct converter *c, const struct yaml_node *node,
			      struct val **out, struct err *err)
{
	if (!check_tag(c, node, err))
		return false;
	if (c->depth == LIMIT_NESTING)
		return yaml_fail(c->stream, node, err, ERR_LIMIT,
				 "nested deeper than %d levels", LIMIT_NESTING);
	c->depth++;
	bool ok = node->kind == YAML_MAP ? convert_map(c, node, out, err)
					 : convert_list(c, node, out, err);
	c->depth--;
	return ok;
}

static bool convert(struct converter *c, const struct yaml_node *node,
		    struct val **out, struct err *err)
{
	bool is_alias = node->kind == YAML_ALIAS, ok;

	if (++c->spent->nodes > LIMIT_YAML_NODES)
		return yaml_fail(c->stream, node, err, ERR_LIMIT,
				 "aliases expand to more than %d nodes",
				 LIMIT_YAML_NODES);
	node = yaml_resolve(node);
	c->aliases += is_alias;
	ok = node->kind == YAML_SCALAR ? convert_scalar(c, node, out, err)
				       : convert_container(c, node, out, err);
	c->aliases -= is_alias;
	return ok;
}

static void count_all(struct yaml_spent *spent, const struct val *v)
{
	if (++spent->nodes > LIMIT_YAML_NODES)
		return;
	spent->bytes += val_str(v).n;
	for (size_t i = 0; i < val_count(v); i++) {
		if (val_is(v, VAL_MAP))
			spent->bytes += val_key(v, i).n;
		count_all(spent, val_at(v, i));
		if (spent->nodes > LIMIT_YAML_NODES)
			return;
	}
}

bool yaml_spend(struct yaml_spent *spent, const struct val *v, struct err *err)
{
	count_all(spent, v);
	if (spent->nodes > LIMIT_YAML_NODES)
		return err_set(err, ERR_LIMIT,
			       "makes more than %d nodes, together with all "
			       "before it",
			       LIMIT_YAML_NODES);
	return spent->bytes <= LIMIT_YAML_REPEATED ||
	       err_set(err, ERR_LIMIT,
		       "makes texts of more than %zu bytes, together with all "
		       "before it",
		       LIMIT_YAML_REPEATED);
}

bool yaml_value_with(const struct yaml_stream *s, const struct yaml_node *node,
		     yaml_scalar_fn *fn, void *ctx, struct yaml_spent *spent,
		     struct val **out, struct err *err)
{
	struct converter c = {
		.stream = s, .fn = fn, .ctx = ctx, .spent = spent
	};

	bool ok = convert(&c, node, out, err);
	val_keys_drop(&c.keys);
	return ok;
}

bool yaml_value(const struct yaml_stream *s, const struct yaml_node *node,
		struct val **out, struct err *err)
{
	struct yaml_spent spent = { 0 };

	return yaml_value_with(s, node, scalar_as_written, NULL, &spent, out,
			       err);
}

/* The only document that is not empty; NULL when there is none. */
static bool only_root(const struct yaml_stream *s, const struct yaml_node **out,
		      struct err *err)
{
	const struct yaml_node *root = NULL;

	for (size_t i = 0; i < s->count; i++) {
		if (yaml_is_empty(s->roots[i]))
			continue;
		if (root)
			return yaml_fail(s, s->roots[i], err, ERR_INVALID,
					 "a second document");
		root = s->roots[i];
	}
	*out = root;
	return true;
}

static bool read_stream(const struct yaml_stream *s,
			const struct yaml_node **root, struct val **out,
			struct err *err)
{
	if (!only_root(s, root, err))
		return false;
	if (*root)
		return yaml_value(s, *root, out, err);
	*out = val_ref(val_null());
	return true;
}

bool yaml_read(struct str text, const char *name, struct val **out,
	       struct err *err)
{
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	const struct yaml_node *root = NULL;

	return yaml_parse(text, name, &s, err) &&
	       read_stream(s, &root, out, err);
}

bool yaml_read_all(struct str text, const char *name, struct val_list *docs,
		   struct err *err)
{
	AUTO(yaml_stream_free) struct yaml_stream *s = NULL;
	struct yaml_spent spent = { 0 };
	AUTO_VAL_LIST list = { 0 };

	if (!yaml_parse(text, name, &s, err))
		return false;
	for (size_t i = 0; i < s->count; i++) {
		struct val *v = NULL;

		if (yaml_is_empty(s->roots[i]))
			continue;
		if (!yaml_value_with(s, s->roots[i], scalar_as_written, NULL,
				     &spent, &v, err))
			return false;
		val_list_add_take(&list, v);
	}
	for (size_t i = 0; i < list.count; i++)
		val_list_add(docs, list.items[i]);
	return true;
}

struct yaml_marks {
	struct yaml_stream *stream;
	const struct yaml_node *root; /* NULL for an empty text */
};

bool yaml_read_marked(struct str text, const char *name, struct val **out,
		      struct yaml_marks **out_marks, struct err *err)
{
	AUTO(yaml_marks_free) struct yaml_marks *m = NEW(struct yaml_marks);

	if (!yaml_parse(text, name, &m->stream, err) ||
	    !read_stream(m->stream, &m->root, out, err))
		return false;
	*out_marks = TAKE(m);
	return true;
}

void yaml_marks_free(struct yaml_marks *m)
{
	if (!m)
		return;
	yaml_stream_free(m->stream);
	free(m);
}

static bool key_is(const struct yaml_node *key, struct str text)
{
	AUTO(val_unref) struct val *v = NULL, *name = NULL;
	AUTO_ERR err = ERR_INIT;

	return yaml_scalar(yaml_resolve(key), &v, &err) &&
	       scalar_key(v, &name, &err) && str_equal(val_str(name), text);
}

/* The value of a key in a map or in what it merges, else NULL. As deep as the
 * conversion was, which went through. */
static const struct yaml_node *find_key(const struct yaml_node *map,
					struct str text)
{
	const struct yaml_node *merged = NULL, *found = NULL, *key = map->first;

	for (; key; key = key->next->next) {
		if (is_merge_key(key))
			merged = yaml_resolve(key->next);
		else if (key_is(key, text))
			return key->next;
	}
	if (merged && merged->kind == YAML_MAP)
		return find_key(merged, text);
	if (merged && merged->kind == YAML_LIST)
		for (key = merged->first; key && !found; key = key->next)
			found = find_key(yaml_resolve(key), text);
	return found;
}

static const struct yaml_node *find_mark(const struct yaml_marks *m,
					 const char *pointer)
{
	AUTO_BUF step = BUF_INIT(LIMIT_CONFIG_BYTES);
	const struct yaml_node *node = m->root, *next = m->root;
	struct str rest = str_of(pointer);

	while (next && pointer_next(&rest, &step)) {
		const struct yaml_node *in = yaml_resolve(node);

		next = NULL;
		if (in->kind == YAML_MAP)
			next = find_key(in, buf_str(&step));
		else if (in->kind == YAML_LIST)
			next = yaml_item(in, buf_str(&step));
		if (next)
			node = next;
	}
	return node;
}

void yaml_mark(const struct yaml_marks *m, const char *pointer,
	       unsigned *out_line, unsigned *out_column)
{
	const struct yaml_node *node = find_mark(m, pointer);

	*out_line = node ? node->line : 1;
	*out_column = node ? node->column : 1;
}

bool yaml_mark_wrap(const struct yaml_marks *m, const char *pointer,
		    struct err *err)
{
	unsigned line, column;

	yaml_mark(m, pointer, &line, &column);
	err_at_field(err, pointer);
	return err_wrap(err, "%s:%u:%u", m->stream->name, line, column);
}
