#include "controller/quotas.h"

#include "base/alloc.h"
#include "base/log.h"
#include "controller/item.h"
#include "controller/objects.h"
#include "release/quota.h"
#include "release/size.h"

/* What is asked of one namespace, and the kind of each. */
struct demands {
	const char *ns;
	VEC(struct quota_demand);
	VEC(const struct kube_kind *) kinds;
};

static struct quota_demand *demand_of(struct demands *d,
				      const struct kube_kind *kind)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->kinds.items[i] == kind)
			return &d->items[i];
	struct quota_demand *new = VEC_ADD(d);
	*VEC_ADD(&d->kinds) = kind;
	new->plural = kind->plural;
	new->group = kind->group;
	return new;
}

static void add_created(struct demands *d, const struct kube_kind *kind,
			const struct val *object)
{
	struct quota_demand *demand = demand_of(d, kind);
	const struct val *storage = size_storage(object);
	struct quantity asked;

	demand->created++;
	if (storage && quantity_parse(val_str(storage), &asked))
		demand->storage.nanos += asked.nanos;
}

static void add_deleted(struct demands *d, const char *id)
{
	for (size_t i = 0; i < d->count; i++) {
		const struct kube_kind *kind = d->kinds.items[i];
		AUTO_FREE char *like = alloc_print("%s/%s/%s/", kind->group,
						   kind->kind, d->ns);

		d->items[i].deleted += str_starts(str_of(id), like);
	}
}

static void fill(const struct pass *p, struct demands *d)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];
		struct kube_ref ref;

		if (s->kind != STEP_CHECK || s->live)
			continue;
		ref = item_ref(p, s->item);
		if (strcmp(ref.ns, d->ns) == 0)
			add_created(d, ref.kind, s->item->object);
	}
	/* What is made anew does not count: it comes and goes. */
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];

		if ((s->kind == STEP_DELETE || s->kind == STEP_RETAIN) &&
		    !objects_find(&p->want, s->live->id))
			add_deleted(d, s->live->id);
	}
}

static bool judge(void *ctx, const struct val *quota, struct err *err)
{
	const struct demands *d = ctx;

	return quota_allows(quota, d->items, d->count, err);
}

static bool check_namespace(struct pass *p, const char *ns, struct err *err)
{
	struct demands d = { .ns = ns };
	struct kube_list list = { .ns = ns };

	fill(p, &d);
	bool ok = kube_find_kind(p->client, "v1", "ResourceQuota", &list.kind,
				 err) &&
		  kube_list(p->client, &list, judge, NULL, &d, err);
	VEC_DONE(&d);
	VEC_DONE(&d.kinds);
	if (ok || err->kind != ERR_DENIED || strstr(err->msg, QUOTA_EXCEEDED))
		return ok;
	log_debug("quotas cannot be read", S("key", p->key),
		  S("error", err->msg));
	err_clear(err);
	return true;
}

static bool is_first(const struct pass *p, size_t step, const char *ns)
{
	for (size_t i = 0; i < step; i++)
		if (p->plan.steps.items[i].kind == STEP_CHECK &&
		    strcmp(item_ref(p, p->plan.steps.items[i].item).ns, ns) ==
			    0)
			return false;
	return true;
}

bool quotas_check(struct pass *p, struct err *err)
{
	for (size_t i = 0; i < p->plan.steps.count; i++) {
		const struct step *s = &p->plan.steps.items[i];
		const char *ns;

		if (s->kind != STEP_CHECK)
			continue;
		ns = item_ref(p, s->item).ns;
		if (*ns && is_first(p, i, ns) && !check_namespace(p, ns, err))
			return false;
	}
	return true;
}
