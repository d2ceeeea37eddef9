#include "chart/check_values.h"

#include "base/alloc.h"
#include "chart/source.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/schema.h"

bool chart_compile_schema(const struct chart_file *file, struct schema **out,
			  struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!json_read(file->data, &v, err) || !schema_compile(v, out, err))
		return err_wrap(err, "%s", file->full);
	return true;
}

/* A field of a subchart's values, as the user has to write it. */
static void name_field(const struct chart_part *p, struct err *err)
{
	if (!err->field)
		return;
	AUTO_FREE char *field = alloc_print("%s%s", p->scope, err->field);

	for (size_t i = 0; i < strlen(p->scope); i++)
		if (field[i] == '/')
			field[i] = '.';
	err_at_field(err, field);
}

static bool check_part(const struct chart_part *p, const struct val *values,
		       struct err *err)
{
	const struct schema *schema = p->source->schema;

	if (!schema || schema_check(schema, values, err))
		return true;
	name_field(p, err);
	return err_wrap(err, "%svalues.schema.json", p->source->at);
}

bool chart_check_values(const struct chart *chart,
			const struct chart_values *values, struct err *err)
{
	const struct val **seen = alloc_zero(chart->part_count * sizeof(*seen));
	bool ok = true;

	for (size_t i = 0; ok && i < chart->part_count; i++) {
		const struct chart_part *p = &chart->parts[i];

		if (!values->enabled[i])
			continue;
		seen[i] = i ? val_get(seen[p->parent], p->name) : values->all;
		ok = check_part(p, seen[i], err);
	}
	free(seen);
	return ok;
}
