/* Definitions in crds/: which a chart has, in which order, and what is none. */
#include "chart/crds.h"

#include "base/limits.h"
#include "chart/manifest.h"
#include "chart/values.h"

#include "unit/chart/folder.h"
#include "unit/rows.h"

#define CRD(plural)                                                           \
	"apiVersion: apiextensions.k8s.io/v1\n"                               \
	"kind: CustomResourceDefinition\nmetadata: {name: " plural ".x.io}\n" \
	"spec: {group: x.io, names: {plural: " plural "}}\n"

static const struct row {
	const char *name;
	struct folder_file files[10];
	const char *want; /* "source name" of each; or the error */
} rows[] = {
	{ "none", { FOLDER_ROOT(""), { "README.md", "a" } }, "" },
	{ "files in order, documents within",
	  { FOLDER_ROOT(""),
	    { "crds/b.yaml", CRD("as") },
	    { "crds/a.yml", "# c\n---\n" CRD("cs") "---\n---\n" CRD("bs") },
	    { "crds/more/x.yaml", CRD("ds") } },
	  "c/crds/a.yml cs.x.io\nc/crds/a.yml bs.x.io\nc/crds/b.yaml as.x.io\n"
	  "c/crds/more/x.yaml ds.x.io\n" },
	{ "JSON, and endings in capitals",
	  { FOLDER_ROOT(""),
	    { "crds/a.JSON",
	      "{\"apiVersion\": \"apiextensions.k8s.io/v1\", \"kind\": "
	      "\"CustomResourceDefinition\", \"metadata\": {\"name\": "
	      "\"as.x.io\"}, \"spec\": {\"group\": \"x.io\", \"names\": "
	      "{\"plural\": \"as\"}}}" },
	    { "crds/b.YAML", CRD("bs") } },
	  "c/crds/a.JSON as.x.io\nc/crds/b.YAML bs.x.io\n" },
	{ "other files",
	  { FOLDER_ROOT(""),
	    { "crds/README.md", "{{" },
	    { "crds/yaml", "a" },
	    { "files/crds/a.yaml", "a" },
	    { "crds/a.yaml", "" } },
	  "" },
	{ "never rendered",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", CRD("as") "description: \"{{x}}\"\n" } },
	  "c/crds/a.yaml as.x.io\n" },
	/* Depth first, and by the order of dependencies. */
	{ "of subcharts",
	  { FOLDER_ROOT("dependencies: [{name: e}, {name: d}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/crds/a.yaml", CRD("ds") },
	    FOLDER_SUB("e", ""),
	    { "charts/e/crds/a.yaml", CRD("es") },
	    FOLDER_SUBSUB("e", "f"),
	    { "charts/e/charts/f/crds/a.yaml", CRD("fs") },
	    { "crds/z.yaml", CRD("zs") } },
	  "c/crds/z.yaml zs.x.io\nc/charts/e/crds/a.yaml es.x.io\n"
	  "c/charts/e/charts/f/crds/a.yaml fs.x.io\n"
	  "c/charts/d/crds/a.yaml ds.x.io\n" },
	{ "of subcharts that take part",
	  { FOLDER_ROOT("dependencies: [{name: d, condition: d.live}]"),
	    { "values.yaml", "d: {live: false}\n" },
	    FOLDER_SUB("d", ""),
	    { "charts/d/crds/a.yaml", CRD("ds") } },
	  "" },
	{ "of a subchart that is used twice",
	  { FOLDER_ROOT("dependencies: [{name: d, alias: x}, "
			"{name: d, alias: w}]"),
	    FOLDER_SUB("d", ""),
	    { "charts/d/crds/a.yaml", CRD("ds") } },
	  "c/charts/x/crds/a.yaml ds.x.io\n" },
	{ "the same in several charts",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", CRD("as") },
	    FOLDER_SUB("d", ""),
	    { "charts/d/crds/a.yaml", CRD("as") "---\n" CRD("bs") } },
	  "c/crds/a.yaml as.x.io\nc/charts/d/crds/a.yaml bs.x.io\n" },
	{ "twice in one chart",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", CRD("as") },
	    { "crds/b.yaml", "\n" CRD("as") } },
	  "crds/b.yaml:4:18: as.x.io is there twice, first in crds/a.yaml" },
	{ "something else",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", CRD("as") "---\napiVersion: v1\nkind: Pod\n" } },
	  "crds/a.yaml:7:7: crds/ holds nothing but "
	  "CustomResourceDefinitions" },
	{ "something else in a subchart",
	  { FOLDER_ROOT(""),
	    FOLDER_SUB("d", ""),
	    { "charts/d/crds/a.yaml", "[]" } },
	  "charts/d/crds/a.yaml:1:1: crds/ holds nothing but "
	  "CustomResourceDefinitions" },
	{ "old version",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", "apiVersion: apiextensions.k8s.io/v1beta1\n"
			     "kind: CustomResourceDefinition\n" } },
	  "crds/a.yaml:1:13: apiVersion of a CustomResourceDefinition must "
	  "be apiextensions.k8s.io/v1" },
	{ "no name",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml", "apiVersion: apiextensions.k8s.io/v1\n"
			     "kind: CustomResourceDefinition\n"
			     "metadata: {}\n" } },
	  "crds/a.yaml:3:11: a CustomResourceDefinition needs "
	  "metadata.name" },
	{ "another name",
	  { FOLDER_ROOT(""),
	    { "crds/a.yaml",
	      "apiVersion: apiextensions.k8s.io/v1\n"
	      "kind: CustomResourceDefinition\nmetadata:\n  name: a.x.io\n"
	      "spec:\n  group: x.io\n  names: {plural: as}\n" } },
	  "crds/a.yaml:4:9: the name must be spec.names.plural, a dot and "
	  "spec.group: \"as.x.io\", found \"a.x.io\"" },
	{ "no YAML",
	  { FOLDER_ROOT(""), { "crds/a.yaml", "a: 1\na: 2\n" } },
	  "crds/a.yaml:2:1: duplicate key \"a\", the first is at "
	  "crds/a.yaml:1:1" },
};

static void write_crds(const struct chart *chart, struct buf *out)
{
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(chart_values_new(chart, NULL, NULL, NULL, &values, &err));
	assert_true(chart_crds(chart, values, &m, &err));
	for (size_t i = 0; i < m->count; i++)
		buf_addf(out, "%s %s\n", m->items[i].source, m->items[i].name);
}

static void finds(void **state)
{
	const struct row *row = *state;
	AUTO_FREE char *path = folder_make(row->files);
	AUTO_FREE char *prefix = alloc_print("chart %s: ", path);
	AUTO(chart_unref) struct chart *chart = NULL;
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(64));
	AUTO_ERR err = ERR_INIT;
	bool ok = chart_load(path, &chart, &err);

	folder_remove(path);
	if (ok) {
		write_crds(chart, &got);
	} else {
		assert_int_equal(err.kind, ERR_INVALID);
		assert_true(str_starts(str_of(err.msg), prefix));
		buf_add_text(&got, err.msg + strlen(prefix));
	}
	assert_string_equal(buf_text(&got), row->want);
}

int main(void)
{
	return ROWS_RUN("crds", rows, finds);
}
