#include "cli/rights.h"

#include "base/alloc.h"
#include "chart/render.h"
#include "chart/source.h"
#include "chart/values.h"
#include "data/path.h"
#include "release/owner.h"

static const char *const all_verbs[] = { "get",    "list",  "watch",  "create",
					 "update", "patch", "delete", NULL };
static const char *const read_verbs[] = { "get", "list", "watch", NULL };
static const char *const crd_verbs[] = { "get", "create", NULL };
static const char *const cr_verbs[] = { "get",    "list",  "watch",
					"update", "patch", NULL };
static const char *const sub_verbs[] = { "update", "patch", NULL };
static const char *const event_verbs[] = { "create", "patch", NULL };
static const char *const list_verbs[] = { "list", NULL };

static const char *const impersonate_verbs[] = { "impersonate", NULL };
static const char *const create_verbs[] = { "create", NULL };
static const char *const bind_verbs[] = { "bind", NULL };

#define RBAC_GROUP "rbac.authorization.k8s.io"

/* Kinds of Kubernetes that have no namespaces. */
static const char *const cluster_kinds[] = {
	"APIService",
	"CSIDriver",
	"ClusterRole",
	"ClusterRoleBinding",
	"CustomResourceDefinition",
	"IngressClass",
	"MutatingAdmissionPolicy",
	"MutatingAdmissionPolicyBinding",
	"MutatingWebhookConfiguration",
	"Namespace",
	"PersistentVolume",
	"PriorityClass",
	"RuntimeClass",
	"StorageClass",
	"ValidatingAdmissionPolicy",
	"ValidatingAdmissionPolicyBinding",
	"ValidatingWebhookConfiguration",
};

static bool is_cluster_kind(struct str kind)
{
	for (size_t i = 0; i < ARRAY_LEN(cluster_kinds); i++)
		if (str_is(kind, cluster_kinds[i]))
			return true;
	return false;
}

static size_t verb_count(const char *const *verbs)
{
	size_t n = 0;

	while (verbs[n])
		n++;
	return n;
}

static bool is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* One rule a resource and name; of two the one that allows more. */
static void add_right(struct rights *rights, struct str group,
		      const char *resource, const char *name,
		      const char *const *verbs, bool of_cluster)
{
	for (size_t i = 0; i < rights->count; i++) {
		struct right *r = &rights->items[i];

		if (!str_is(group, r->group) || !is_same(name, r->name) ||
		    strcmp(r->resource, resource) != 0)
			continue;
		if (verb_count(verbs) > verb_count(r->verbs))
			r->verbs = verbs;
		return;
	}
	*VEC_ADD(rights) = (struct right){
		.group = alloc_text(group.p, group.n),
		.resource = alloc_copy(resource),
		.name = alloc_copy(name),
		.verbs = verbs,
		.of_cluster = of_cluster,
	};
}

/* The plural by the rules of English that Kubernetes' own kinds follow
 * (apimachinery's UnsafeGuessKindToResource). */
static char *plural_of(struct str kind)
{
	char *text = alloc_text(kind.p, kind.n);
	size_t n = kind.n;
	char *plural;

	for (size_t i = 0; i < n; i++)
		if (text[i] >= 'A' && text[i] <= 'Z')
			text[i] = (char)(text[i] - 'A' + 'a');
	if (n && text[n - 1] == 's')
		plural = alloc_print("%ses", text);
	else if (n && text[n - 1] == 'y' && n > 1 &&
		 !strchr("aeiou", text[n - 2]))
		plural = alloc_print("%.*sies", (int)(n - 1), text);
	else
		plural = alloc_print("%ss", text);
	free(text);
	return plural;
}

/* What a line says behind "key:", when it starts with that. */
static bool line_value(struct str line, const char *key, struct str *out)
{
	if (!str_starts(line, key))
		return false;
	size_t n = strlen(key);
	*out = str_trim(str_cut(line.p + n, line.n - n));
	return true;
}

/* The definition in crds/ of a kind, its spec; or NULL. */
static const struct val *definition_of(const struct chart *chart,
				       struct str group, struct str kind)
{
	for (size_t i = 0; i < chart->part_count; i++) {
		const struct crds *crds = &chart->parts[i].source->crds;

		for (size_t k = 0; k < crds->count; k++) {
			const struct val *spec =
				val_get(crds->items[k].object, "spec");

			if (str_is(group, val_get_text(spec, "group")) &&
			    str_is(kind, path_get_text(spec, "names.kind")))
				return spec;
		}
	}
	return NULL;
}

/* A kind that the chart makes. */
static void add_kind(struct rights *rights, const struct chart *chart,
		     struct str group, struct str kind,
		     const char *const *verbs)
{
	const struct val *spec = definition_of(chart, group, kind);
	AUTO_FREE char *plural =
		spec ? alloc_copy(path_get_text(spec, "names.plural"))
		     : plural_of(kind);
	bool of_cluster =
		spec ? str_is(val_str(val_get(spec, "scope")), "Cluster")
		     : is_cluster_kind(kind);

	add_right(rights, group, plural, NULL, verbs, of_cluster);
}

/* Who may do what with the kinds that a chart makes. */
struct makers {
	struct rights *maker, *reader; /* reader: NULL, or the operator */
};

static bool add_template(const struct makers *m, const struct chart *chart,
			 const struct chart_file *file, struct err *err)
{
	struct str rest = file->data, line, api = { 0 }, kind;
	size_t number = 0;

	while (rest.n) {
		str_split(rest, '\n', &line, &rest);
		number++;
		if (str_starts(line, "---"))
			api = str_of(NULL);
		bool is_api = line_value(line, "apiVersion:", &api);
		if (!is_api && !line_value(line, "kind:", &kind))
			continue;
		struct str said = is_api ? api : kind;
		if (said.n && memchr(said.p, '{', said.n))
			return err_set(err, ERR_INVALID,
				       "%s:%zu:1: apiVersion and kind must be "
				       "literal for the role to be told",
				       file->full, number);
		if (is_api || !api.n)
			continue;
		AUTO_FREE char *text = alloc_text(api.p, api.n);
		add_kind(m->maker, chart, owner_group(text), kind, all_verbs);
		if (m->reader)
			add_kind(m->reader, chart, owner_group(text), kind,
				 read_verbs);
	}
	return true;
}

static void add_sub(struct rights *rights, struct str group, const char *plural,
		    const char *sub)
{
	AUTO_FREE char *name = alloc_print("%s/%s", plural, sub);

	add_right(rights, group, name, NULL, sub_verbs, false);
}

/* What is in crds/ is created when it is missing, and never changed. */
static void add_definitions(struct rights *rights, const struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++)
		if (chart->parts[i].source->crds.count)
			add_right(rights, str_of("apiextensions.k8s.io"),
				  "customresourcedefinitions", NULL, crd_verbs,
				  true);
}

static void add_granted(struct rights *rights, const struct val *rules)
{
	for (size_t i = 0; i < val_count(rules); i++) {
		bool known = false;

		for (size_t k = 0; k < rights->granted.count && !known; k++)
			known = val_equal(rights->granted.items[k],
					  val_at(rules, i));
		if (!known)
			val_list_add(&rights->granted, val_at(rules, i));
	}
}

static bool is_made(const struct manifest *m, const char *kind,
		    const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->items[i].kind, kind) == 0 &&
		    strcmp(m->items[i].name, name) == 0)
			return true;
	return false;
}

/* Nobody may give what they do not have (escalation), nor bind a role whose
 * rights they lack. */
static void add_grants(struct rights *rights, const struct manifest *m)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct val *object = m->items[i].object;
		const struct val *ref = val_get(object, "roleRef");
		const char *kind = val_get_text(ref, "kind");
		const char *name = val_get_text(ref, "name");
		bool of_cluster = strcmp(kind, "ClusterRole") == 0;

		if (!str_is(owner_group(m->items[i].api_version), RBAC_GROUP))
			continue;
		add_granted(rights, val_get(object, "rules"));
		if (ref && !is_made(m, kind, name))
			add_right(rights, str_of(RBAC_GROUP),
				  of_cluster ? "clusterroles" : "roles", name,
				  bind_verbs, of_cluster);
	}
}

/* By the chart's own values: what others add nobody knows here. */
static bool add_rendered(struct rights *rights, struct chart *chart,
			 struct err *err)
{
	static const struct chart_release release = {
		.name = "release",
		.namespace = "default",
		.revision = 1,
		.is_install = true,
	};
	static const struct chart_capabilities capabilities = { 0 };
	AUTO(chart_values_free) struct chart_values *values = NULL;
	AUTO(manifest_free) struct manifest *m = NULL;

	if (!chart_values_new(chart, NULL, NULL, NULL, &values, err) ||
	    !chart_render(chart, values, &release, &capabilities, &m, err))
		return false;
	add_grants(rights, m);
	return true;
}

static bool makes_roles(const struct rights *rights)
{
	for (size_t i = 0; i < rights->count; i++)
		if (strcmp(rights->items[i].group, RBAC_GROUP) == 0)
			return true;
	return false;
}

void rights_add_own(struct rights *r)
{
	const struct str core = str_of("");

	add_right(r, core, "secrets", NULL, all_verbs, false);
	add_right(r, core, "pods", NULL, read_verbs, false);
	add_right(r, core, "events", NULL, event_verbs, false);
	add_right(r, core, "resourcequotas", NULL, list_verbs, false);
}

void rights_add_reviews(struct rights *r)
{
	add_right(r, str_of("authentication.k8s.io"), "tokenreviews", NULL,
		  create_verbs, true);
	add_right(r, str_of("authorization.k8s.io"), "subjectaccessreviews",
		  NULL, create_verbs, true);
}

bool rights_add_entry(struct rights *operator, struct rights * account,
		      const struct watch_entry *e, struct err *err)
{
	AUTO_FREE char *plural = plural_of(str_of(e->kind));
	struct str group = str_of(e->group);
	const struct makers makers = {
		.maker = e->service_account ? account : operator,
		.reader = e->service_account
		?
		operator: NULL, };

	add_right(operator, group, plural, NULL, cr_verbs, false);
	add_sub(operator, group, plural, "status");
	/* For ownerReferences with blockOwnerDeletion. */
	add_sub(operator, group, plural, "finalizers");
	if (e->service_account) {
		add_sub(account, group, plural, "finalizers");
		add_right(operator, str_of(""), "serviceaccounts",
			  e->service_account, impersonate_verbs, false);
	}
	if (e->template.api_version) {
		AUTO_FREE char *templates = plural_of(str_of(e->template.kind));

		add_right(operator, owner_group(e->template.api_version),
			  templates, NULL, read_verbs, true);
	}
	for (size_t i = 0; i < e->chart->template_count; i++)
		if (!add_template(&makers, e->chart,
				  e->chart->templates[i].file, err))
			return err_wrap(err, "chart %s", e->chart->name);
	add_definitions(makers.maker, e->chart);
	if (makes_roles(makers.maker) &&
	    !add_rendered(makers.maker, e->chart, err))
		return err_wrap(err, "chart %s: what its roles grant",
				e->chart->name);
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct right *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	if (!order)
		order = strcmp(x->resource, y->resource);
	return order ? order
		     : strcmp(x->name ? x->name : "", y->name ? y->name : "");
}

void rights_sort(struct rights *r)
{
	if (r->count)
		qsort(r->items, r->count, sizeof(*r->items), by_name);
}

static struct val *texts(const char *const *items, size_t n)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < n; i++)
		val_list_add_take(&list, val_new_textz(items[i]));
	return val_list_take(&list);
}

static struct val *rule_of(const struct right *r)
{
	struct val_map map = { 0 };
	const char *group = r->group, *resource = r->resource, *name = r->name;

	val_map_put_take(&map, "apiGroups", texts(&group, 1));
	val_map_put_take(&map, "resources", texts(&resource, 1));
	if (name)
		val_map_put_take(&map, "resourceNames", texts(&name, 1));
	val_map_put_take(&map, "verbs", texts(r->verbs, verb_count(r->verbs)));
	return val_map_take(&map);
}

struct val *rights_rules(const struct rights *r, enum rights_scope scope)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < r->count; i++)
		if (scope == RIGHTS_ALL ||
		    (scope == RIGHTS_OF_CLUSTER) == r->items[i].of_cluster)
			val_list_add_take(&list, rule_of(&r->items[i]));
	/* What a ClusterRole grants may be of either: it does no harm twice. */
	for (size_t i = 0; i < r->granted.count; i++)
		val_list_add(&list, r->granted.items[i]);
	return val_list_take(&list);
}

void rights_done(struct rights *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->items[i].group);
		free(r->items[i].resource);
		free(r->items[i].name);
	}
	VEC_DONE(r);
	val_list_drop(&r->granted);
}
