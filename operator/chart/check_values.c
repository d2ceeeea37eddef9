#include "chart/check_values.h"

#include "data/json.h"
#include "data/schema.h"

bool chart_compile_schema(const struct chart_file *file, struct schema **out,
			  struct err *err)
{
	AUTO(val_unref) struct val *v = NULL;

	if (!json_read(file->data, &v, err) || !schema_compile(v, out, err))
		return err_wrap(err, "%s", file->path);
	return true;
}

bool chart_check_values(const struct schema *schema, const struct val *values,
			struct err *err)
{
	if (!schema || schema_check(schema, values, err))
		return true;
	return err_wrap(err, "values.schema.json");
}
