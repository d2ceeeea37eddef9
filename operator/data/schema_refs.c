/* Addresses of schemas within their document, and what a $ref finds there. */
#include "data/schema_compile.h"

#include "base/limits.h"
#include "data/pointer.h"
#include "data/uri.h"

static size_t number_of(const struct map *m, struct str key)
{
	return (size_t)(uintptr_t)map_get(m, key);
}

static size_t root_number(const struct schema_compile *c, const struct val *v)
{
	return number_of(&c->by_root, str_cut((const char *)&v, sizeof(v)));
}

static void add_resource(struct schema_compile *c, const char *uri,
			 const struct val *root)
{
	struct schema_resource *r = VEC_ADD(&c->resources);
	void *number = schema_number(c->resources.count - 1);

	*r = (struct schema_resource){ alloc_copy(uri), root };
	map_set(&c->by_uri, str_of(uri), number);
	map_set(&c->by_root, str_cut((const char *)&root, sizeof(root)),
		number);
}

static bool add_anchor(struct schema_compile *c, const char *keyword,
		       struct str anchor, struct err *err)
{
	const struct schema_origin *o = &c->origins.items[c->node];
	AUTO_FREE char *key = alloc_print("%s#" STR_FMT,
					  c->resources.items[o->resource].uri,
					  STR_ARG(anchor));
	void *number = schema_number(c->node);
	void *before = map_set(&c->anchors, str_of(key), number);

	/* A place that a $ref led to may be reached twice. */
	if (!before || c->origins.items[(uintptr_t)before - 1].v == o->v)
		return true;
	return schema_fail(c, c->node, keyword, err,
			   "there is another anchor \"" STR_FMT "\"",
			   STR_ARG(str_clip(anchor, 60)));
}

static bool read_id(struct schema_compile *c, const char *keyword,
		    const struct val *v, struct err *err)
{
	struct schema_origin *o = &c->origins.items[c->node];
	struct str id = val_str(v), fragment;
	AUTO_BUF uri = BUF_INIT(LIMIT_SCHEMA_URI_BYTES);

	str_split(id, '#', &id, &fragment);
	if (fragment.n && c->schema->draft >= DRAFT_2019)
		return schema_fail(c, c->node, keyword, err,
				   "must have no fragment: write an $anchor");
	if (id.n) {
		uri_resolve(str_of(c->resources.items[o->resource].uri), id,
			    &uri);
		if (buf_overflowed(&uri))
			return schema_fail(c, c->node, keyword, err,
					   "is longer than %d bytes",
					   LIMIT_SCHEMA_URI_BYTES);
		size_t known = number_of(&c->by_uri, buf_str(&uri));
		if (known && c->resources.items[known - 1].root != o->v)
			return schema_fail(c, c->node, keyword, err,
					   "is the address of another schema");
		if (!known)
			add_resource(c, buf_text(&uri), o->v);
		o->resource = number_of(&c->by_uri, buf_str(&uri)) - 1;
	}
	return !fragment.n || add_anchor(c, keyword, fragment, err);
}

void schema_start_ids(struct schema_compile *c, const struct val *root)
{
	add_resource(c, "", root);
}

bool schema_read_ids(struct schema_compile *c, const struct val *map,
		     struct err *err)
{
	static const struct {
		const char *name;
		enum schema_draft since, until;
		bool (*read)(struct schema_compile *c, const char *keyword,
			     const struct val *v, struct err *err);
	} table[] = {
		{ "id", DRAFT_4, DRAFT_4, read_id },
		{ "$id", DRAFT_6, DRAFT_2020, read_id },
		{ "$anchor", DRAFT_2019, DRAFT_2020, NULL },
		{ "$dynamicAnchor", DRAFT_2020, DRAFT_2020, NULL },
	};
	enum schema_draft draft = c->schema->draft;

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		const struct val *v = val_get(map, table[i].name);

		if (!v || draft < table[i].since || draft > table[i].until)
			continue;
		if (!val_is(v, VAL_TEXT))
			return schema_fail(c, c->node, table[i].name, err,
					   "must be a string");
		if (table[i].read
			    ? !table[i].read(c, table[i].name, v, err)
			    : !add_anchor(c, table[i].name, val_str(v), err))
			return false;
	}
	return true;
}

static const struct val *child_of(const struct val *v, struct str key)
{
	size_t i;

	if (!val_is(v, VAL_LIST))
		return val_get_str(v, key);
	return pointer_index(key, &i) && i < val_count(v) ? val_at(v, i) : NULL;
}

/* Follows a pointer from the root of a resource; another resource may begin
 * on the way. */
static bool follow(const struct schema_compile *c, struct str pointer,
		   struct schema_place *at)
{
	AUTO_BUF key = BUF_INIT(pointer.n + 1);

	while (pointer_next(&pointer, &key)) {
		at->v = child_of(at->v, buf_str(&key));
		if (!at->v)
			return false;
		if (root_number(c, at->v))
			at->resource = root_number(c, at->v) - 1;
	}
	return pointer.n == 0;
}

static bool find_pointer(struct schema_compile *c, uint32_t from,
			 struct schema_place at, struct str pointer,
			 struct str ref, uint32_t *out, struct err *err)
{
	if (!follow(c, pointer, &at))
		return schema_fail(c, from, "$ref", err,
				   "there is nothing at \"" STR_FMT "\"",
				   STR_ARG(str_clip(ref, 200)));
	size_t number = number_of(&c->by_place, schema_place_key(&at));
	if (number) {
		*out = (uint32_t)(number - 1);
		return true;
	}
	const struct schema_origin origin = {
		.v = at.v,
		.resource = at.resource,
		.parent = SCHEMA_NO_NODE,
		.keyword = "$ref ",
		.key = ref,
		.index = SIZE_MAX,
	};
	return schema_add_node(c, &origin, out, err);
}

bool schema_resolve(struct schema_compile *c, uint32_t from, struct str ref,
		    uint32_t *out, struct err *err)
{
	size_t resource = c->origins.items[from].resource;
	struct str address, fragment;
	AUTO_BUF uri = BUF_INIT(LIMIT_SCHEMA_URI_BYTES);
	AUTO_BUF plain = BUF_INIT(ref.n + 1);

	str_split(ref, '#', &address, &fragment);
	uri_resolve(str_of(c->resources.items[resource].uri), address, &uri);
	size_t number = number_of(&c->by_uri, buf_str(&uri));
	if (address.n && !number)
		return schema_fail(
			c, from, "$ref", err,
			"\"" STR_FMT "\" is another document, and there is no "
			"network here: copy it below %s, and refer to it by "
			"its place",
			STR_ARG(str_clip(ref, 200)),
			c->schema->draft >= DRAFT_2019 ? "$defs"
						       : "definitions");
	if (address.n)
		resource = number - 1;
	if (!uri_unescape(fragment, &plain))
		return schema_fail(c, from, "$ref", err,
				   "has a broken %% escape");
	if (plain.len == 0 || plain.p[0] == '/') {
		struct schema_place at = { c->resources.items[resource].root,
					   resource };

		return find_pointer(c, from, at, buf_str(&plain), ref, out,
				    err);
	}
	AUTO_FREE char *key = alloc_print(
		"%s#%s", c->resources.items[resource].uri, buf_text(&plain));
	number = number_of(&c->anchors, str_of(key));
	if (!number)
		return schema_fail(c, from, "$ref", err,
				   "there is no anchor \"%s\"",
				   buf_text(&plain));
	*out = (uint32_t)(number - 1);
	return true;
}
