#include "cli/input.h"

#include "base/file.h"
#include "base/limits.h"
#include "cli/setting.h"
#include "data/merge.h"
#include "data/path.h"
#include "data/yaml_read.h"

static bool is_resource(const struct val *v)
{
	return val_is(val_get(v, "apiVersion"), VAL_TEXT) &&
	       val_is(val_get(v, "kind"), VAL_TEXT) &&
	       val_is(val_get(v, "metadata"), VAL_MAP);
}

static void lay_over(struct input *in, const struct val *over)
{
	/* A null stays: it removes a default of the chart. */
	struct val *merged = merge_tables(over, in->values, MERGE_KEEP_NULLS);

	val_unref(in->values);
	in->values = merged;
}

/* A file holds values, or a custom resource whose spec they are. */
static bool add_file(struct input *in, const char *path, struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *v = NULL;
	const struct val *over;

	if (!file_read(path, &text, err) ||
	    !yaml_read(buf_str(&text), path, &v, err))
		return false;
	over = v;
	if (is_resource(v)) {
		const struct val *meta = val_get(v, "metadata");

		free(in->name);
		free(in->namespace);
		in->name = alloc_copy(val_get_text(meta, "name"));
		in->namespace = alloc_copy(val_get_text(meta, "namespace"));
		over = val_get(v, "spec");
	}
	if (over && !val_is(over, VAL_MAP) && !val_is(over, VAL_NULL))
		return err_set(err, ERR_INVALID,
			       "%s: values must be a map, not a %s", path,
			       val_type_text(val_type(over)));
	if (val_is(over, VAL_MAP))
		lay_over(in, over);
	return true;
}

static bool add_settings(struct input *in, const struct option_list *list,
			 enum setting_kind kind, struct err *err)
{
	for (size_t i = 0; i < list->count; i++) {
		struct val *with = NULL;

		if (!setting_apply(in->values, kind, list->items[i], &with,
				   err))
			return false;
		val_unref(in->values);
		in->values = with;
	}
	return true;
}

bool input_read(const struct input_options *o, struct input *in,
		struct err *err)
{
	struct val_map none = { 0 };

	in->values = val_map_take(&none);
	for (size_t i = 0; i < o->files.count; i++)
		if (!add_file(in, o->files.items[i], err))
			return false;
	return add_settings(in, &o->jsons, SETTING_JSON, err) &&
	       add_settings(in, &o->sets, SETTING_TYPED, err) &&
	       add_settings(in, &o->strings, SETTING_STRING, err) &&
	       add_settings(in, &o->texts, SETTING_FILE, err) &&
	       path_check_nesting(in->values, err);
}

void input_done(struct input *in)
{
	val_unref(in->values);
	free(in->name);
	free(in->namespace);
}

void input_options_done(struct input_options *o)
{
	VEC_DONE(&o->files);
	VEC_DONE(&o->jsons);
	VEC_DONE(&o->sets);
	VEC_DONE(&o->strings);
	VEC_DONE(&o->texts);
}

bool input_is_given(const struct input_options *o)
{
	return o->files.count || o->jsons.count || o->sets.count ||
	       o->strings.count || o->texts.count;
}
