#include "release/fields.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/merge.h"

/*
 * Managers whose writes are no drift: the names that they have in
 * managedFields, which is their user agent up to the first slash, or what
 * they ask for. before-first-apply stands for all who wrote before an object
 * without managedFields was applied.
 */
static const char *const known[] = {
	FIELDS_MANAGER,
	"helm",
	"helm-operator",
	"before-first-apply",
	"clusterrole-aggregation-controller",
	"kube-apiserver",
	"kube-controller-manager",
	"kube-scheduler",
	"kubelet",
	"ResourceClaimController",
	"cloud-controller-manager",
	"aws-cloud-controller-manager",
	"azure-cloud-controller-manager",
	"openshift-controller-manager",
	"service-ca-operator",
	"cert-manager-cainjector",
	"cainjector",
	"cluster-autoscaler",
	"csi-attacher",
	"csi-provisioner",
	"csi-resizer",
};

static bool is_known(const char *manager)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(manager, known[i]) == 0)
			return true;
	return false;
}

static const struct val *fields_of(const struct val *entry)
{
	const struct val *fields = val_get(entry, "fieldsV1");

	return val_is(fields, VAL_MAP) && val_count(fields) ? fields : NULL;
}

static bool reports_status(const struct val *entries, const char *manager)
{
	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *entry = val_at(entries, i);

		if (val_get(fields_of(entry), "f:status") &&
		    strcmp(val_get_text(entry, "manager"), manager) == 0)
			return true;
	}
	return false;
}

void fields_read(const struct val *live, struct fields_trees *out)
{
	const struct val *entries =
		val_get(val_get(live, "metadata"), "managedFields");

	*out = (struct fields_trees){ 0 };
	if (!val_is(entries, VAL_LIST))
		return;
	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *entry = val_at(entries, i);
		const struct val *fields = fields_of(entry);
		const char *manager = val_get_text(entry, "manager");
		bool ours = is_known(manager) ||
			    reports_status(entries, manager);
		struct val **tree = ours ? &out->ours : &out->theirs;

		if (!fields)
			continue;
		struct val *both = merge_over(*tree, fields);
		val_unref(*tree);
		*tree = both;
	}
}

void fields_done(struct fields_trees *trees)
{
	val_unref(trees->theirs);
	val_unref(trees->ours);
	*trees = (struct fields_trees){ 0 };
}

/* An empty map is a field that was written as a whole, or of which nothing is
 * left but itself: then others have what is below. */
static bool is_whole(const struct val *tree)
{
	return tree && val_count(tree) == 0;
}

static const struct val *below(const struct val *tree, struct str name,
			       const struct val *other)
{
	if (is_whole(tree))
		return val_get_str(other, name) ? NULL : tree;
	return val_get_str(tree, name);
}

struct fields fields_item(struct fields at, struct str name)
{
	return (struct fields){ below(at.theirs, name, at.ours),
				below(at.ours, name, at.theirs) };
}

struct fields fields_key(struct fields at, struct str key)
{
	AUTO_BUF name = BUF_INIT(LIMIT_BODY_BYTES);

	if (!at.theirs && !at.ours)
		return at;
	buf_add_text(&name, "f:");
	buf_add_str(&name, key);
	return fields_item(at, buf_str(&name));
}

static struct str any_item(const struct val *tree)
{
	for (size_t i = 0; i < val_count(tree); i++) {
		struct str name = val_key(tree, i);

		if (str_starts(name, "k:") || str_starts(name, "v:"))
			return name;
	}
	return str_of(NULL);
}

struct str fields_any_item(struct fields at)
{
	struct str name = any_item(at.theirs);

	return name.n ? name : any_item(at.ours);
}

bool fields_are_theirs(struct fields at)
{
	return at.theirs && !at.ours &&
	       (is_whole(at.theirs) || val_get(at.theirs, "."));
}

int64_t fields_written_s(const struct val *live)
{
	const struct val *entries =
		val_get(val_get(live, "metadata"), "managedFields");
	int64_t last = 0;

	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *entry = val_at(entries, i);
		int64_t ns;

		if (strcmp(val_get_text(entry, "manager"), FIELDS_MANAGER) ==
			    0 &&
		    clock_parse(val_str(val_get(entry, "time")), &ns) &&
		    ns / 1000000000 > last)
			last = ns / 1000000000;
	}
	return last;
}
