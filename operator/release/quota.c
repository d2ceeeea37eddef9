#include "release/quota.h"

#include "base/alloc.h"

/* Kinds whose names alone are resources. */
static const char *const by_name[] = {
	"configmaps",     "persistentvolumeclaims",
	"pods",           "replicationcontrollers",
	"resourcequotas", "secrets",
	"services",
};

static bool is_by_name(const char *plural)
{
	for (size_t i = 0; i < ARRAY_LEN(by_name); i++)
		if (strcmp(plural, by_name[i]) == 0)
			return true;
	return false;
}

/* Whether a resource counts the objects of a demand. */
static bool counts(struct str resource, const struct quota_demand *d)
{
	AUTO_FREE char *name = alloc_print("count/%s%s%s", d->plural,
					   *d->group ? "." : "", d->group);

	return str_is(resource, name) || (!*d->group && is_by_name(d->plural) &&
					  str_is(resource, d->plural));
}

static struct quantity whole(int64_t n)
{
	return (struct quantity){ (__int128)n * 1000000000 };
}

/* What a resource will have more; false when nothing of it is created. */
static bool growth(struct str resource, const struct quota_demand *demands,
		   size_t count, struct quantity *out)
{
	bool created = false;

	*out = whole(0);
	for (size_t i = 0; i < count; i++) {
		const struct quota_demand *d = &demands[i];

		if (counts(resource, d)) {
			out->nanos += whole(d->created - d->deleted).nanos;
			created |= d->created > 0;
		} else if (str_is(resource, "requests.storage")) {
			out->nanos += d->storage.nanos;
			created |= d->storage.nanos > 0;
		}
	}
	return created;
}

static bool fits(const struct val *quota, size_t i, struct quantity more,
		 struct err *err)
{
	const struct val *status = val_get(quota, "status");
	const struct val *hard = val_get(status, "hard");
	struct str resource = val_key(hard, i);
	const struct val *used = val_get_str(val_get(status, "used"), resource);
	struct quantity most, have;

	if (!quantity_parse(val_str(val_at(hard, i)), &most) ||
	    !quantity_parse(val_str(used), &have) ||
	    have.nanos + more.nanos <= most.nanos)
		return true;
	const struct val *meta = val_get(quota, "metadata");
	return err_set(err, ERR_DENIED,
		       QUOTA_EXCEEDED
		       "ResourceQuota %s/%s limits " STR_FMT
		       " to %s; %s are used, and what is asked for needs "
		       "more than is left",
		       val_get_text(meta, "namespace"),
		       val_get_text(meta, "name"), STR_ARG(resource),
		       val_text(val_at(hard, i)), val_text(used));
}

bool quota_allows(const struct val *quota, const struct quota_demand *demands,
		  size_t count, struct err *err)
{
	const struct val *spec = val_get(quota, "spec");
	const struct val *hard = val_get(val_get(quota, "status"), "hard");

	if (val_count(val_get(spec, "scopes")) ||
	    val_count(val_get(spec, "scopeSelector")))
		return true;
	for (size_t i = 0; i < val_count(hard); i++) {
		struct quantity more;

		if (growth(val_key(hard, i), demands, count, &more) &&
		    !fits(quota, i, more, err))
			return false;
	}
	return true;
}
