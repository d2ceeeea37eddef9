#include "chart/locate.h"

#include "base/limits.h"
#include "data/pointer.h"
#include "data/scalar.h"
#include "data/yaml_read.h"

struct reader {
	yaml_scalar_fn *fn; /* what the keys are */
	void *ctx;
};

static bool as_written(void *ctx, const struct yaml_node *node,
		       struct val **out, struct err *err)
{
	(void)ctx;
	return yaml_scalar(node, out, err);
}

static bool is_key(const struct reader *r, const struct yaml_node *key,
		   struct str text)
{
	AUTO(val_unref) struct val *v = NULL, *name = NULL;
	AUTO_ERR err = ERR_INIT;

	key = yaml_resolve(key);
	return key->kind == YAML_SCALAR && r->fn(r->ctx, key, &v, &err) &&
	       scalar_key(v, &name, &err) && str_equal(val_str(name), text);
}

/* The key in a map, else the merge key, else NULL. */
static const struct yaml_node *find_key(const struct reader *r,
					const struct yaml_node *map,
					struct str text)
{
	const struct yaml_node *merged = NULL, *key = map->first;

	for (; key; key = key->next->next) {
		if (is_key(r, key, text))
			return key;
		if (key->kind == YAML_SCALAR && key->style == YAML_PLAIN &&
		    str_is(key->text, "<<"))
			merged = key;
	}
	return merged;
}

static const struct yaml_node *walk(const struct reader *r,
				    const struct yaml_node *root,
				    const char *pointer, enum locate_what what)
{
	AUTO_BUF step = BUF_INIT(LIMIT_CONFIG_BYTES);
	const struct yaml_node *node = root, *shown = root;
	struct str rest = str_of(pointer);

	while (pointer_next(&rest, &step)) {
		const struct yaml_node *in = yaml_resolve(node), *key = NULL;

		if (in->kind == YAML_LIST) {
			node = yaml_item(in, buf_str(&step));
			key = node;
		} else if (in->kind == YAML_MAP) {
			key = find_key(r, in, buf_str(&step));
			node = key ? key->next : NULL;
		}
		if (!key)
			break;
		shown = what == LOCATE_KEY && rest.n == 0 ? key : node;
	}
	return shown;
}

const struct yaml_node *locate_node(const struct yaml_node *root,
				    const char *pointer, enum locate_what what)
{
	const struct reader r = { .fn = as_written };

	return walk(&r, root, pointer, what);
}

const struct yaml_node *locate_in(struct structure *s, size_t i,
				  const char *pointer, enum locate_what what)
{
	const struct reader r = { .fn = fill_scalar, .ctx = &s->fill };

	return walk(&r, s->yaml->roots[i], pointer, what);
}

void locate_print(struct structure *s, size_t i, const char *pointer,
		  enum locate_what what, struct buf *out)
{
	const struct yaml_node *node = locate_in(s, i, pointer, what);

	expand_place(&s->expand, node->line, node->column, out);
}
