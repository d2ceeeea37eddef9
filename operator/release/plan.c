#include "release/plan.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "release/generate.h"
#include "release/order.h"
#include "release/size.h"

static struct step *add(struct plan *p, enum step_kind kind, int64_t revision)
{
	struct step *s = VEC_ADD(&p->steps);

	s->kind = kind;
	s->revision = revision;
	return s;
}

static const struct plan_item *find_item(const struct plan_item *items,
					 size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(items[i].id, id) == 0)
			return &items[i];
	return NULL;
}

static const struct plan_live *find_live(const struct plan_input *in,
					 const char *id)
{
	for (size_t i = 0; i < in->live_count; i++)
		if (strcmp(in->live[i].id, id) == 0)
			return &in->live[i];
	return NULL;
}

static const struct plan_record *newest(const struct plan_input *in)
{
	return in->record_count ? &in->records[in->record_count - 1] : NULL;
}

static const struct plan_record *newest_deployed(const struct plan_input *in)
{
	for (size_t i = in->record_count; i-- > 0;)
		if (in->records[i].status == RECORD_DEPLOYED)
			return &in->records[i];
	return NULL;
}

char *plan_group(const char *id)
{
	return alloc_text(id, strcspn(id, "/"));
}

static bool has_address(const struct plan_item *item)
{
	return order_has_address(val_get_text(item->object, "kind"),
				 val_get_text(val_get(item->object, "spec"),
					      "type"));
}

/* Why a live object of an earlier revision survives a redeploy. */
enum keeping {
	KEEP_NOT,
	KEEP_AS_IS,
	KEEP_PATCHED,
	KEEP_UNKNOWN /* the old manifest would tell */
};

/* Whether the old manifest and the new one agree on an object. What a later,
 * abandoned revision has written differs from both. */
static enum keeping compare(const struct plan_input *in,
			    const struct plan_item *want,
			    const struct plan_live *live,
			    enum keeping if_changed)
{
	const struct plan_record *deployed = newest_deployed(in);

	if (!deployed || live->revision > deployed->revision)
		return if_changed;
	if (!in->old_known)
		return KEEP_UNKNOWN;
	const struct plan_item *old =
		find_item(in->old, in->old_count, want->id);
	return old && val_equal(old->object, want->object) ? KEEP_AS_IS
							   : if_changed;
}

static enum keeping keeping_of(const struct plan_input *in,
			       const struct plan_live *live)
{
	const struct plan_item *want =
		find_item(in->want, in->want_count, live->id);
	AUTO_FREE char *group = plan_group(live->id);
	bool kept = live->keep || order_is_kept(live->kind, group);

	if (!want)
		return kept ? KEEP_AS_IS : KEEP_NOT;
	if (generate_key(want->object))
		return KEEP_AS_IS;
	if (kept)
		return compare(in, want, live, KEEP_PATCHED);
	if (has_address(want))
		return compare(in, want, live, KEEP_NOT);
	return KEEP_NOT;
}

static int by_uninstall_order(const void *a, const void *b)
{
	const struct plan_live *const *x = a, *const *y = b;
	int order = order_uninstall((*x)->kind) - order_uninstall((*y)->kind);

	return order ? order : strcmp((*x)->id, (*y)->id);
}

struct live_set {
	VEC(const struct plan_live *);
};

/* Deletes all of the set that are not yet on their way out. */
static void add_deletes(struct plan *p, struct live_set *set)
{
	if (set->count)
		qsort(set->items, set->count, sizeof(*set->items),
		      by_uninstall_order);
	for (size_t i = 0; i < set->count; i++)
		if (!set->items[i]->deleting)
			add(p, STEP_DELETE, 0)->live = set->items[i];
	if (set->count)
		add(p, STEP_WAIT, 0);
	VEC_DONE(set);
}

static void add_creates(const struct plan_input *in, struct plan *p)
{
	for (size_t i = 0; i < in->want_count; i++)
		if (!find_live(in, in->want[i].id))
			add(p, STEP_CREATE, p->revision)->item = &in->want[i];
}

/* Patches what stays and deletes what goes. Returns false when the old
 * manifest must be known first. */
static bool clear_the_way(const struct plan_input *in, struct plan *p)
{
	struct live_set gone = { 0 };

	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];
		enum keeping keeping = live->revision >= p->revision
					       ? KEEP_AS_IS
					       : keeping_of(in, live);

		/* Somebody deletes it: wait, and create it anew. */
		if (live->deleting)
			keeping = KEEP_NOT;
		if (keeping == KEEP_UNKNOWN) {
			VEC_DONE(&gone);
			return false;
		}
		if (keeping == KEEP_NOT) {
			*VEC_ADD(&gone) = live;
		} else if (keeping == KEEP_PATCHED) {
			struct step *s = add(p, STEP_PATCH, p->revision);

			s->live = live;
			s->item = find_item(in->want, in->want_count, live->id);
		}
	}
	add_deletes(p, &gone);
	return true;
}

static bool must_wait(const struct plan *p)
{
	return p->steps.count &&
	       p->steps.items[p->steps.count - 1].kind == STEP_WAIT;
}

/* Records beyond the history limit, oldest first, never the deployed one.
 * `coming` is the number of records that this plan adds. */
static void add_prune(const struct plan_input *in, struct plan *p,
		      size_t coming)
{
	size_t total = in->record_count + coming;

	for (size_t i = 0; i < in->record_count && total > LIMIT_HISTORY; i++)
		if (in->records[i].revision != p->revision) {
			add(p, STEP_FORGET, in->records[i].revision);
			total--;
		}
}

/* From here on the record of p->revision is pending. */
static void finish_deploy(const struct plan_input *in, struct plan *p,
			  size_t coming)
{
	if (!clear_the_way(in, p)) {
		p->need_old = true;
		return;
	}
	if (must_wait(p))
		return;
	add_creates(in, p);
	add(p, STEP_DEPLOYED, p->revision);
	for (size_t i = 0; i < in->record_count; i++)
		if (in->records[i].status == RECORD_DEPLOYED &&
		    in->records[i].revision != p->revision)
			add(p, STEP_SUPERSEDE, in->records[i].revision);
	add_prune(in, p, coming);
}

static void plan_new_revision(const struct plan_input *in, struct plan *p)
{
	const struct plan_record *last = newest(in);

	p->action = newest_deployed(in) ? PLAN_REDEPLOY : PLAN_INSTALL;
	p->revision = last ? last->revision + 1 : 1;
	if (last && record_is_pending(last->status))
		add(p, STEP_ABANDON, last->revision);
	add(p, STEP_PENDING, p->revision);
	finish_deploy(in, p, 1);
}

static void plan_resume(const struct plan_input *in, struct plan *p)
{
	p->action = newest_deployed(in) ? PLAN_REDEPLOY : PLAN_INSTALL;
	p->revision = newest(in)->revision;
	finish_deploy(in, p, 0);
}

static void plan_repair(const struct plan_input *in, struct plan *p)
{
	struct live_set going = { 0 };

	for (size_t i = 0; i < in->live_count; i++)
		if (in->live[i].deleting)
			*VEC_ADD(&going) = &in->live[i];
	add_deletes(p, &going);
	if (!must_wait(p)) {
		add_creates(in, p);
		/* A crash may have come between the last two steps. */
		for (size_t i = 0; i + 1 < in->record_count; i++)
			if (in->records[i].status == RECORD_DEPLOYED)
				add(p, STEP_SUPERSEDE, in->records[i].revision);
		add_prune(in, p, 0);
	}
	p->action = p->steps.count ? PLAN_REPAIR : PLAN_NOTHING;
}

static void plan_scale(const struct plan_input *in, struct plan *p)
{
	p->action = PLAN_SCALE;
	/* Without this, sizes that were changed half way and are not wanted
	 * any more would look like what was deployed. */
	if (*newest(in)->digest)
		add(p, STEP_RESIZING, p->revision);
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_item *item = &in->want[i];
		const struct plan_live *live = find_live(in, item->id);

		if (!size_has(val_get_text(item->object, "kind")))
			continue;
		if (live && live->deleting) {
			add(p, STEP_WAIT, 0);
			return;
		}
		if (live) {
			struct step *s = add(p, STEP_SCALE, p->revision);

			s->item = item;
			s->live = live;
		}
	}
	add_creates(in, p);
	add(p, STEP_RESIZED, p->revision);
}

static void plan_uninstall(const struct plan_input *in, struct plan *p)
{
	struct live_set first = { 0 }, last = { 0 };

	p->action = PLAN_UNINSTALL;
	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];

		if (live->keep)
			continue;
		if (order_is_last(live->kind))
			*VEC_ADD(&last) = live;
		else
			*VEC_ADD(&first) = live;
	}
	add_deletes(p, &first);
	if (!must_wait(p))
		add_deletes(p, &last);
	VEC_DONE(&last);
	if (must_wait(p))
		return;
	if (in->record_count && !in->old_known) {
		p->need_old = true;
		return;
	}
	for (size_t i = 0; i < in->old_count; i++)
		if (!find_live(in, in->old[i].id))
			add(p, STEP_CHECK_GONE, 0)->item = &in->old[i];
	for (size_t i = in->record_count; i-- > 0;)
		add(p, STEP_FORGET, in->records[i].revision);
	add(p, STEP_DISCLAIM, 0);
}

static void plan_present(const struct plan_input *in, struct plan *p)
{
	const struct plan_record *last = newest(in);

	if (!in->claimed)
		add(p, STEP_CLAIM, 0);
	if (!last) {
		plan_new_revision(in, p);
		return;
	}
	bool same = strcmp(last->digest, in->digest) == 0;
	p->revision = last->revision;
	if (record_is_pending(last->status) && same)
		plan_resume(in, p);
	else if (last->status == RECORD_DEPLOYED && same)
		plan_repair(in, p);
	else if (last->status == RECORD_DEPLOYED &&
		 strcmp(last->shape, in->shape) == 0)
		plan_scale(in, p);
	else
		plan_new_revision(in, p);
}

void plan_make(const struct plan_input *in, struct plan *out)
{
	if (!in->deleting)
		plan_present(in, out);
	else if (in->claimed)
		plan_uninstall(in, out);
	if (out->need_old)
		out->steps.count = 0;
}

void plan_done(struct plan *plan)
{
	VEC_DONE(&plan->steps);
}

const char *plan_action_text(enum plan_action action)
{
	static const char *const text[] = {
		[PLAN_NOTHING] = "nothing",   [PLAN_INSTALL] = "install",
		[PLAN_REDEPLOY] = "redeploy", [PLAN_SCALE] = "scale",
		[PLAN_REPAIR] = "repair",     [PLAN_UNINSTALL] = "uninstall",
	};

	return text[action];
}

const char *step_kind_text(enum step_kind kind)
{
	static const char *const text[] = {
		[STEP_CLAIM] = "claim",
		[STEP_PENDING] = "record pending",
		[STEP_ABANDON] = "record abandoned",
		[STEP_PATCH] = "patch",
		[STEP_RESIZING] = "record resizing",
		[STEP_SCALE] = "scale",
		[STEP_DELETE] = "delete",
		[STEP_CHECK_GONE] = "check gone",
		[STEP_WAIT] = "wait",
		[STEP_CREATE] = "create",
		[STEP_DEPLOYED] = "record deployed",
		[STEP_RESIZED] = "record resized",
		[STEP_SUPERSEDE] = "record superseded",
		[STEP_FORGET] = "forget record",
		[STEP_DISCLAIM] = "release the finalizer",
	};

	return text[kind];
}
