/*
 * The kinds that a chart renders are read off its templates' own text: an
 * apiVersion and a kind at the start of a line. Values cannot add kinds to
 * what is found so, since both must be literal for the role to be least.
 */
#include "cli/usage.h"

#include "base/limits.h"
#include "chart/source.h"
#include "controller/watches.h"
#include "data/path.h"
#include "data/yaml_write.h"
#include "release/owner.h"

#include <stdio.h>

struct rule {
	char *group, *resource;
	const char *const *verbs;
};

struct rules {
	VEC(struct rule);
};

static const char *const all_verbs[] = { "get",    "list",  "watch",  "create",
					 "update", "patch", "delete", NULL };
static const char *const read_verbs[] = { "get", "list", "watch", NULL };
static const char *const crd_verbs[] = { "get", "create", NULL };
static const char *const cr_verbs[] = { "get",    "list",  "watch",
					"update", "patch", NULL };
static const char *const sub_verbs[] = { "update", "patch", NULL };
static const char *const lease_verbs[] = { "get", "create", "patch", NULL };
static const char *const event_verbs[] = { "create", "patch", NULL };
static const char *const list_verbs[] = { "list", NULL };

/* Whether verbs a hold all of b. */
static size_t verb_count(const char *const *verbs)
{
	size_t n = 0;

	while (verbs[n])
		n++;
	return n;
}

/* One rule a resource; of two the one that allows more. */
static void add_rule(struct rules *rules, struct str group,
		     const char *resource, const char *const *verbs)
{
	for (size_t i = 0; i < rules->count; i++) {
		struct rule *r = &rules->items[i];

		if (str_is(group, r->group) &&
		    strcmp(r->resource, resource) == 0) {
			if (verb_count(verbs) > verb_count(r->verbs))
				r->verbs = verbs;
			return;
		}
	}
	*VEC_ADD(rules) = (struct rule){
		.group = alloc_text(group.p, group.n),
		.resource = alloc_copy(resource),
		.verbs = verbs,
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

/* What a definition in crds/ says; else a guess. */
static char *plural_in(const struct chart *chart, struct str group,
		       struct str kind)
{
	for (size_t i = 0; i < chart->part_count; i++) {
		const struct crds *crds = &chart->parts[i].source->crds;

		for (size_t k = 0; k < crds->count; k++) {
			const struct val *spec =
				val_get(crds->items[k].object, "spec");

			if (str_is(group, val_get_text(spec, "group")) &&
			    str_is(kind, path_get_text(spec, "names.kind")))
				return alloc_copy(
					path_get_text(spec, "names.plural"));
		}
	}
	return plural_of(kind);
}

static bool add_template(struct rules *rules, const struct chart *chart,
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
		AUTO_FREE char *plural =
			plural_in(chart, owner_group(text), kind);
		add_rule(rules, owner_group(text), plural, all_verbs);
	}
	return true;
}

static void add_sub(struct rules *rules, struct str group, const char *plural,
		    const char *sub)
{
	AUTO_FREE char *name = alloc_print("%s/%s", plural, sub);

	add_rule(rules, group, name, sub_verbs);
}

/* What is in crds/ is created when it is missing, and never changed. */
static void add_definitions(struct rules *rules, const struct chart *chart)
{
	for (size_t i = 0; i < chart->part_count; i++)
		if (chart->parts[i].source->crds.count)
			add_rule(rules, str_of("apiextensions.k8s.io"),
				 "customresourcedefinitions", crd_verbs);
}

static bool add_entry(struct rules *rules, const struct watch_entry *e,
		      struct err *err)
{
	AUTO_FREE char *plural = plural_of(str_of(e->kind));
	struct str group = str_of(e->group);

	add_rule(rules, group, plural, cr_verbs);
	add_sub(rules, group, plural, "status");
	/* For ownerReferences with blockOwnerDeletion. */
	add_sub(rules, group, plural, "finalizers");
	if (e->template.api_version) {
		AUTO_FREE char *templates = plural_of(str_of(e->template.kind));

		add_rule(rules, owner_group(e->template.api_version), templates,
			 read_verbs);
	}
	for (size_t i = 0; i < e->chart->template_count; i++)
		if (!add_template(rules, e->chart, e->chart->templates[i].file,
				  err))
			return err_wrap(err, "chart %s", e->chart->name);
	add_definitions(rules, e->chart);
	return true;
}

static int by_name(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;
	int order = strcmp(x->group, y->group);

	return order ? order : strcmp(x->resource, y->resource);
}

static struct val *texts(const char *const *items, size_t n)
{
	struct val_list list = { 0 };

	for (size_t i = 0; i < n; i++)
		val_list_add_take(&list, val_new_textz(items[i]));
	return val_list_take(&list);
}

static struct val *rule_value(const struct rule *r)
{
	struct val_map map = { 0 };
	const char *group = r->group, *resource = r->resource;

	val_map_put_take(&map, "apiGroups", texts(&group, 1));
	val_map_put_take(&map, "resources", texts(&resource, 1));
	val_map_put_take(&map, "verbs", texts(r->verbs, verb_count(r->verbs)));
	return val_map_take(&map);
}

/* ns: of a Role; NULL: a ClusterRole. */
static struct val *role_value(const char *name, const char *ns,
			      const struct rule *rules, size_t count)
{
	struct val_map role = { 0 }, meta = { 0 };
	struct val_list list = { 0 };

	for (size_t i = 0; i < count; i++)
		val_list_add_take(&list, rule_value(&rules[i]));
	val_map_set_text(&meta, "name", name);
	if (ns)
		val_map_set_text(&meta, "namespace", ns);
	val_map_set_text(&role, "apiVersion", "rbac.authorization.k8s.io/v1");
	val_map_set_text(&role, "kind", ns ? "Role" : "ClusterRole");
	val_map_put_take(&role, "metadata", val_map_take(&meta));
	val_map_put_take(&role, "rules", val_list_take(&list));
	return val_map_take(&role);
}

/* For leader election, in the operator's own namespace alone: the cluster's
 * own components elect their leaders by Leases, too. */
static void write_lease_role(const char *ns, struct buf *out)
{
	char group[] = "coordination.k8s.io", resource[] = "leases";
	const struct rule rule = { group, resource, lease_verbs };
	AUTO(val_unref) struct val *role =
		role_value("devmachine-operator-leases", ns, &rule, 1);

	buf_add_text(out, "---\n# For --leader-elect.\n");
	yaml_write(role, out);
}

static const char *const create_verbs[] = { "create", NULL };

/* For --metrics-require-rbac: whose a token is, and what they may. */
static void add_reviews(struct rules *rules)
{
	add_rule(rules, str_of("authentication.k8s.io"), "tokenreviews",
		 create_verbs);
	add_rule(rules, str_of("authorization.k8s.io"), "subjectaccessreviews",
		 create_verbs);
}

static bool make_role(const char *path, const char *ns, bool reviews,
		      struct buf *out, struct err *err)
{
	AUTO(watches_free) struct watches *w = NULL;
	struct rules rules = { 0 };
	bool ok = watches_load(path, getenv, &w, err);

	/* Records are Secrets, health comes from pods. */
	add_rule(&rules, str_of(""), "secrets", all_verbs);
	add_rule(&rules, str_of(""), "pods", read_verbs);
	add_rule(&rules, str_of(""), "events", event_verbs);
	add_rule(&rules, str_of(""), "resourcequotas", list_verbs);
	if (reviews)
		add_reviews(&rules);
	for (size_t i = 0; ok && i < w->count; i++)
		ok = add_entry(&rules, &w->entries[i], err);
	qsort(rules.items, rules.count, sizeof(*rules.items), by_name);
	if (ok) {
		AUTO(val_unref) struct val *role = role_value(
			"devmachine-operator", NULL, rules.items, rules.count);

		buf_add_text(out, "# Made by `devmachine-operator rbac`. Every "
				  "Secret of the cluster becomes readable to "
				  "the\n# operator: releases are recorded in "
				  "Secrets, as Helm does.\n");
		yaml_write(role, out);
		write_lease_role(ns, out);
	}
	for (size_t i = 0; i < rules.count; i++) {
		free(rules.items[i].group);
		free(rules.items[i].resource);
	}
	VEC_DONE(&rules);
	return ok;
}

int command_rbac(char **argv)
{
	const char *path = "./watches.yaml", *ns = "devmachine-system";
	bool reviews = false;
	const struct option table[] = {
		{ "--watches-file", OPTION_TEXT, &path, "FILE",
		  "as of run (default ./watches.yaml)" },
		{ "--namespace", OPTION_TEXT, &ns, "NAME",
		  "where the operator runs, and has its Lease (default "
		  "devmachine-system)" },
		{ "--metrics-require-rbac", OPTION_FLAG, &reviews, NULL,
		  "with what run needs for its option of that name" },
	};
	const struct usage usage = {
		.command = "rbac",
		.synopsis = "[OPTIONS]",
		.help = "Prints the least ClusterRole that the charts in "
			"watches.yaml need, and the Role\nfor leader election, "
			"for config/rbac/role.yaml.",
		.options = table,
		.count = ARRAY_LEN(table),
	};
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	struct option_list operands = { 0 };
	AUTO_ERR err = ERR_INIT;
	int code;

	if (!usage_read(&usage, argv, &operands, &code))
		return code;
	if (!make_role(path, ns, reviews, &out, &err))
		return usage_fail("rbac", &err);
	fputs(buf_text(&out), stdout);
	return EXIT_DONE;
}
