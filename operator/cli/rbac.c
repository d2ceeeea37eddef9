#include "cli/usage.h"

#include "base/limits.h"
#include "cli/rights.h"
#include "controller/namespaces.h"
#include "data/yaml_write.h"

#include <stdio.h>

#define NAME "devmachine-operator"
#define RBAC_API "rbac.authorization.k8s.io/v1"

/* The documents of an output. */
struct roles {
	struct buf *out;
	const char *home; /* the operator's namespace */
	bool reviews;     /* metrics are for those who may read them */
};

/* ns: NULL or "": of the cluster. */
static struct val_map document(const char *kind, const char *name,
			       const char *ns)
{
	struct val_map map = { 0 }, meta = { 0 };

	val_map_set_text(&meta, "name", name);
	if (ns && *ns)
		val_map_set_text(&meta, "namespace", ns);
	val_map_set_text(&map, "apiVersion", RBAC_API);
	val_map_set_text(&map, "kind", kind);
	val_map_put_take(&map, "metadata", val_map_take(&meta));
	return map;
}

static void write_document(const struct roles *r, const char *comment,
			   struct val_map *map)
{
	AUTO(val_unref) struct val *v = val_map_take(map);

	if (r->out->len)
		buf_add_text(r->out, "---\n");
	buf_add_text(r->out, comment);
	yaml_write(v, r->out);
}

static void write_role(const struct roles *r, const char *comment,
		       const char *name, const char *ns, struct val *take_rules)
{
	struct val_map map = document(ns ? "Role" : "ClusterRole", name, ns);

	val_map_put_take(&map, "rules", take_rules);
	write_document(r, comment, &map);
}

/* Gives a Role of a namespace to the operator. */
static void write_binding(const struct roles *r, const char *name,
			  const char *ns)
{
	struct val_map map = document("RoleBinding", name, ns);
	struct val_map ref = { 0 }, who = { 0 };
	struct val_list subjects = { 0 };

	val_map_set_text(&ref, "apiGroup", "rbac.authorization.k8s.io");
	val_map_set_text(&ref, "kind", "Role");
	val_map_set_text(&ref, "name", name);
	val_map_put_take(&map, "roleRef", val_map_take(&ref));
	val_map_set_text(&who, "kind", "ServiceAccount");
	val_map_set_text(&who, "name", NAME);
	val_map_set_text(&who, "namespace", r->home);
	val_list_add_take(&subjects, val_map_take(&who));
	val_map_put_take(&map, "subjects", val_list_take(&subjects));
	write_document(r, "", &map);
}

/* For leader election, in the operator's own namespace alone: the cluster's
 * own components elect their leaders by Leases, too. */
static struct val *lease_rules(void)
{
	static const char *const verbs[] = { "get", "create", "patch", NULL };
	char group[] = "coordination.k8s.io", resource[] = "leases";
	struct right right = { .group = group,
			       .resource = resource,
			       .verbs = verbs };
	const struct rights rights = { .items = &right, .count = 1 };

	return rights_rules(&rights, RIGHTS_ALL);
}

static void write_operator(const struct roles *r, const struct rights *rights,
			   const struct namespaces *namespaces)
{
	if (!namespaces->count)
		write_role(
			r,
			"# Made by `devmachine-operator rbac`. Every Secret "
			"of the cluster becomes readable to the\n# operator: "
			"releases are recorded in Secrets, as Helm does.\n",
			NAME, NULL, rights_rules(rights, RIGHTS_ALL));
	else
		write_role(r,
			   "# Made by `devmachine-operator rbac` for the "
			   "namespaces in WATCH_NAMESPACE; this is what has\n"
			   "# none.\n",
			   NAME, NULL, rights_rules(rights, RIGHTS_OF_CLUSTER));
	for (size_t i = 0; i < namespaces->count; i++) {
		const char *ns = namespaces->items[i];

		write_role(r,
			   "# Every Secret of this namespace becomes readable "
			   "to the operator: releases are recorded in\n"
			   "# Secrets, as Helm does.\n",
			   NAME, ns,
			   rights_rules(rights, RIGHTS_OF_NAMESPACES));
		write_binding(r, NAME, ns);
	}
	write_role(r, "# For --leader-elect.\n", NAME "-leases", r->home,
		   lease_rules());
}

/* What a service account of an entry needs, for whoever makes it. */
static void write_account(const struct roles *r, const struct watch_entry *e,
			  struct rights *rights)
{
	AUTO_FREE char *name = alloc_print("%s-%s", NAME, e->service_account);
	AUTO_FREE char *comment = alloc_print(
		"# What the service account %s needs for releases of kind %s: "
		"bind it where they are.\n",
		e->service_account, e->kind);

	rights_sort(rights);
	write_role(r, comment, name, NULL, rights_rules(rights, RIGHTS_ALL));
}

static bool make_roles(const struct roles *r, const struct watches *w,
		       const struct namespaces *namespaces, struct err *err)
{
	struct rights rights = { 0 };
	struct rights *accounts = alloc_zero(w->count * sizeof(*accounts));
	bool ok = true;

	rights_add_own(&rights);
	if (r->reviews)
		rights_add_reviews(&rights);
	for (size_t i = 0; ok && i < w->count; i++)
		ok = rights_add_entry(&rights, &accounts[i], &w->entries[i],
				      err);
	rights_sort(&rights);
	if (ok)
		write_operator(r, &rights, namespaces);
	for (size_t i = 0; i < w->count; i++) {
		if (ok && w->entries[i].service_account)
			write_account(r, &w->entries[i], &accounts[i]);
		rights_done(&accounts[i]);
	}
	free(accounts);
	rights_done(&rights);
	return ok;
}

static bool run(const char *path, const struct roles *r, struct err *err)
{
	AUTO(watches_free) struct watches *w = NULL;
	AUTO_NAMESPACES namespaces = { 0 };

	if (!namespaces_read(getenv("WATCH_NAMESPACE"), &namespaces, err))
		return err_wrap(err, "WATCH_NAMESPACE");
	return watches_load(path, getenv, &w, err) &&
	       make_roles(r, w, &namespaces, err);
}

int command_rbac(char **argv)
{
	AUTO_BUF out = BUF_INIT(LIMIT_MIB(1));
	struct roles roles = { .out = &out, .home = "devmachine-system" };
	const char *path = "./watches.yaml";
	const struct option table[] = {
		{ "--watches-file", OPTION_TEXT, &path, "FILE",
		  "as of run (default ./watches.yaml)" },
		{ "--namespace", OPTION_TEXT, &roles.home, "NAME",
		  "where the operator runs, and has its Lease (default "
		  "devmachine-system)" },
		{ "--metrics-require-rbac", OPTION_FLAG, &roles.reviews, NULL,
		  "with what run needs for its option of that name" },
	};
	const struct usage usage = {
		.command = "rbac",
		.synopsis = "[OPTIONS]",
		.help = "Prints the least ClusterRole that the charts in "
			"watches.yaml need, and the Role\nfor leader election, "
			"for config/rbac/role.yaml. With WATCH_NAMESPACE in "
			"the\nenvironment, a Role and its binding for each of "
			"these namespaces; for each\nserviceAccountName what "
			"that account needs.",
		.options = table,
		.count = ARRAY_LEN(table),
	};
	struct option_list operands = { 0 };
	AUTO_ERR err = ERR_INIT;
	int code;

	if (!usage_read(&usage, argv, &operands, &code))
		return code;
	if (!run(path, &roles, &err))
		return usage_fail("rbac", &err);
	fputs(buf_text(&out), stdout);
	return EXIT_DONE;
}
