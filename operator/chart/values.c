#include "chart/values.h"

#include "chart/check_values.h"
#include "data/merge.h"
#include "data/path.h"

const struct val *chart_preset(const struct chart *chart, const char *name)
{
	return val_get(chart->presets, name);
}

bool chart_values(const struct chart *chart, const struct val *preset,
		  const struct val *user, const struct val *overrides,
		  struct val **out, struct err *err)
{
	const struct {
		const char *name;
		const struct val *v;
	} layers[] = {
		{ "the preset", preset },
		{ "the values", user },
		{ "the overriding values", overrides },
	};
	AUTO(val_unref) struct val *values = val_ref(chart->values);

	for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
		const struct val *v = layers[i].v;
		struct val *next;

		if (!v || val_is(v, VAL_NULL))
			continue;
		if (!val_is(v, VAL_MAP))
			return err_set(err, ERR_INVALID,
				       "%s must be a map, found %s",
				       layers[i].name,
				       val_type_text(val_type(v)));
		next = merge_coalesce(v, values);
		val_unref(values);
		values = next;
	}
	const struct val *global = val_get(values, "global");
	if (global && !val_is(global, VAL_MAP))
		return err_set(err, ERR_INVALID,
			       "global must be a map, found %s",
			       val_type_text(val_type(global)));
	if (!path_check_nesting(values, err) ||
	    !chart_check_values(chart->schema, values, err))
		return false;
	*out = TAKE(values);
	return true;
}
