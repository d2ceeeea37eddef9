/*
 * The values of this repository's chart against its schema: defaults, presets,
 * samples, what the CRD lets users write, and what is refused.
 */
#include "base/alloc.h"
#include "base/file.h"
#include "base/limits.h"
#include "chart/values.h"
#include "data/json.h"
#include "data/path.h"
#include "data/yaml_read.h"

#include "unit/rows.h"

#define CHART "charts/devmachine"
#define CRD_SPEC \
	"spec.versions.0.schema.openAPIV3Schema.properties.spec.properties"

static const struct row {
	const char *name; /* is what the user writes */
	const char *error;
} rows[] = {
	{ "{}", NULL },
	/* What the CRD allows, at its bounds. */
	{ "{cpu: 1}", NULL },
	{ "{cpu: 256}", NULL },
	{ "{cpu: '0.25'}", NULL },
	{ "{cpu: '1.125'}", NULL },
	{ "{cpu: 250m}", NULL },
	{ "{cpu: 256000m}", NULL },
	{ "{memory: 64Mi}", NULL },
	{ "{memory: 1.5G}", NULL },
	{ "{memory: 8Ti}", NULL },
	{ "{memory: 999999.999Mi}", NULL },
	{ "{gpu: 0}", NULL },
	{ "{gpu: 16}", NULL },
	{ "{image: ''}", NULL },
	{ "{image: 'registry.example.com:5000/team/image:1.0'}", NULL },
	{ "{ingressDomain: mydev.example.com}", NULL },
	{ "{storage: {size: 64Ti}}", NULL },
	{ "{storage: {size: 1M, storageClassName: '', retainPolicy: Delete}}",
	  NULL },
	{ "{storage: {storageClassName: a.b-c}}", NULL },
	{ "{stopped: true}", NULL },
	{ "{template: jupyter-cpu}", NULL },
	/* Null takes the default away, where that is allowed. */
	{ "{storage: {size: null}}", NULL },
	{ "{ingressDomain: null}", NULL },
	{ "{cpu: null}", "values.schema.json: cpu: is required, and missing" },
	/* What platforms set. */
	{ "{ingress: {className: nginx, tlsSecretName: wildcard-example-com}}",
	  NULL },
	{ "{images: {pullSecrets: [{name: docker-login}]}}", NULL },
	{ "{tolerations: [{key: a}], nodeSelector: {a: b}}", NULL },
	{ "{global: {a: 1}}", NULL },
	/* What is refused. */
	{ "{cpu: 0.01}", "values.schema.json: cpu: must be at least 0.05" },
	{ "{cpu: 1e3}", "values.schema.json: cpu: must be at most 256" },
	{ "{cpu: true}",
	  "values.schema.json: cpu: must be a string or a number, found a "
	  "boolean" },
	{ "{gpu: 17}", "values.schema.json: gpu: must be at most 16" },
	{ "{gpu: 1.5}",
	  "values.schema.json: gpu: must be an integer, found a number" },
	{ "{image: 'a b'}",
	  "values.schema.json: image: must match ^[!-~]*$, found a string of 3 "
	  "characters" },
	{ "{ide: {prot: 1}}",
	  "values.schema.json: ide.prot: is not known here; known are "
	  "displayName, image, command, args, port, healthPath, passwordEnv, "
	  "home, uid, gid, shareProcessNamespace" },
	{ "{images: {pullPolicy: always}}",
	  "values.schema.json: images.pullPolicy: must be one of \"Always\", "
	  "\"IfNotPresent\", \"Never\", found a string of 6 characters" },
	{ "{env: [{name: A, value: 1}]}",
	  "values.schema.json: env[0].value: must be a string, found an "
	  "integer" },
	{ "{env: [{value: a}]}",
	  "values.schema.json: env[0].name: is required, and missing" },
	{ "{ide: {uid: 0, port: 80}}",
	  "values.schema.json: ide.port: must be at least 1024; ide.uid: must "
	  "be at least 1" },
};

static struct chart *chart;

static struct val *read_file(const char *path)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	if (!file_read(path, &text, &err) ||
	    !yaml_read(buf_str(&text), path, &v, &err))
		fail_msg("%s", err.msg);
	return v;
}

static void must_fit(const char *what, const struct val *preset,
		     const struct val *user)
{
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!chart_values_new(chart, preset, user, NULL, &values, &err))
		fail_msg("%s: %s", what, err.msg);
}

static void test_row(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *user = NULL;
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_read(str_of(row->name), "row", &user, &err));
	bool ok = chart_values_new(chart, NULL, user, NULL, &values, &err);
	assert_string_equal(ok ? "" : err.msg, row->error ? row->error : "");
}

static void test_presets(void **state)
{
	(void)state;
	assert_true(val_count(chart->presets) >= 2);
	for (size_t i = 0; i < val_count(chart->presets); i++)
		must_fit(val_key(chart->presets, i).p,
			 val_at(chart->presets, i), NULL);
}

static void test_samples(void **state)
{
	static const char *const machines[] = {
		"config/samples/devmachine.yaml",
		"config/samples/devmachine-jupyter.yaml",
	};
	AUTO(val_unref) struct val *template =
		read_file("config/samples/devmachinetemplate.yaml");
	const struct val *template_values = path_get(template, "spec.values");

	(void)state;
	assert_true(val_count(template_values) > 0);
	must_fit("the sample template", template_values, NULL);
	for (size_t i = 0; i < ARRAY_LEN(machines); i++) {
		AUTO(val_unref) struct val *cr = read_file(machines[i]);
		const struct val *spec = val_get(cr, "spec");
		const struct val *preset =
			chart_preset(chart, val_get_text(spec, "template"));

		assert_non_null(preset);
		must_fit(machines[i], preset, spec);
		must_fit(machines[i], template_values, spec);
	}
}

/* A field that the CRD has and the schema has not would be refused by
 * additionalProperties, for everyone who uses it. */
static size_t compare(const struct val *crd, const struct val *schema,
		      const char *path)
{
	size_t fields = 0;

	for (size_t i = 0; i < val_count(crd); i++) {
		const struct val *field = val_at(crd, i);
		const struct val *mine = val_get_str(schema, val_key(crd, i));
		const struct val *choices = val_get(field, "enum");
		AUTO_FREE char *name = alloc_print("%s." STR_FMT, path,
						   STR_ARG(val_key(crd, i)));

		if (!mine)
			fail_msg("%s is not in values.schema.json", name);
		if (choices && !val_equal(choices, val_get(mine, "enum")))
			fail_msg("%s has other choices", name);
		fields += 1 + compare(val_get(field, "properties"),
				      val_get(mine, "properties"), name);
	}
	return fields;
}

static void test_crd(void **state)
{
	AUTO(val_unref) struct val *crd = read_file("crd/devmachine-crd.yaml");
	AUTO(val_unref) struct val *schema =
		read_file(CHART "/values.schema.json");

	(void)state;
	assert_true(compare(path_get(crd, CRD_SPEC),
			    val_get(schema, "properties"), "spec") >= 11);
}

static int setup(void)
{
	AUTO_ERR err = ERR_INIT;

	if (chart_load(CHART, &chart, &err))
		return 0;
	print_error("%s\n", err.msg);
	return 1;
}

int main(void)
{
	static const struct CMUnitTest files[] = {
		cmocka_unit_test(test_presets),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_crd),
	};
	int failed = setup();

	if (failed)
		return failed;
	failed = ROWS_RUN("devmachine_values", rows, test_row) +
		 cmocka_run_group_tests_name("files", files, NULL, NULL);
	chart_unref(chart);
	return failed;
}
