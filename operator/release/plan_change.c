/*
 * From the objects that are live to those of a goal: what stays, what is
 * patched, what is deleted and what is created.
 */
#include "release/plan_parts.h"

#include "base/alloc.h"
#include "data/quantity.h"
#include "release/generate.h"
#include "release/order.h"
#include "release/size.h"

static bool has_address(const struct plan_item *item)
{
	return order_has_address(val_get_text(item->object, "kind"),
				 val_get_text(val_get(item->object, "spec"),
					      "type"));
}

static bool is_kept_kind(const char *id, const char *kind)
{
	AUTO_FREE char *group = plan_group(id);

	return order_is_kept(kind, group);
}

bool plan_is_kept(const struct plan_live *live)
{
	return live->keep || is_kept_kind(live->id, live->kind);
}

/* Of an object that is rendered: whether no update deletes it. */
static bool is_kept_item(const struct plan_item *item)
{
	return owner_is_kept(item->object) || generate_key(item->object) ||
	       is_kept_kind(item->id, val_get_text(item->object, "kind"));
}

bool plan_is_replaced(const struct plan_item *item)
{
	return !is_kept_item(item) && !has_address(item);
}

static bool is_same(const struct plan_item *a, const struct plan_item *b)
{
	return a && b && val_equal(a->object, b->object);
}

bool plan_is_patch(const struct plan_input *in)
{
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_item *want = &in->want[i];
		const struct plan_item *old =
			plan_find_item(in->old, in->old_count, want->id);

		if (!is_same(old, want) && !is_kept_item(want) &&
		    !(old && is_kept_item(old)))
			return false;
	}
	for (size_t i = 0; i < in->old_count; i++)
		if (!plan_find_item(in->want, in->want_count, in->old[i].id) &&
		    !is_kept_item(&in->old[i]))
			return false;
	return true;
}

/* What becomes of a live object of another revision. */
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
	const struct plan_record *deployed = plan_deployed(in);

	if (!deployed || live->revision > deployed->revision)
		return if_changed;
	if (!in->old_known)
		return KEEP_UNKNOWN;
	return is_same(plan_find_item(in->old, in->old_count, want->id), want)
		       ? KEEP_AS_IS
		       : if_changed;
}

static enum keeping keeping_of(const struct plan_input *in,
			       const struct plan_goal *goal,
			       const struct plan_live *live)
{
	const struct plan_item *want =
		plan_find_item(goal->items, goal->count, live->id);
	bool kept = plan_is_kept(live);

	if (!want)
		return kept ? KEEP_AS_IS : KEEP_NOT;
	kept |= owner_is_kept(want->object);
	if (generate_key(want->object))
		return KEEP_AS_IS;
	if (kept)
		return compare(in, want, live, KEEP_PATCHED);
	if (has_address(want) || goal->only_changed)
		return compare(in, want, live, KEEP_NOT);
	return KEEP_NOT;
}

/* The same, seen from the goal's revision. */
static enum keeping fate_of(const struct plan_input *in,
			    const struct plan_goal *goal,
			    const struct plan_live *live, int64_t revision)
{
	bool is_done = goal->back ? live->revision <= revision
				  : live->revision == revision;

	/* Somebody deletes it: wait, and create it anew. */
	if (live->deleting)
		return KEEP_NOT;
	return is_done ? KEEP_AS_IS : keeping_of(in, goal, live);
}

static int by_uninstall_order(const void *a, const void *b)
{
	const struct plan_live *const *x = a, *const *y = b;
	int order = order_uninstall((*x)->kind) - order_uninstall((*y)->kind);

	return order ? order : strcmp((*x)->id, (*y)->id);
}

/* A StatefulSet whose controller has learned that its claims stay may go. */
static void add_delete(struct plan *p, const struct plan_live *live,
		       bool gently)
{
	if (live->deleting || (gently && !live->reaps && live->unseen))
		return;
	plan_add(p, gently && live->reaps ? STEP_RETAIN : STEP_DELETE, 0)->live =
		live;
}

void plan_add_deletes(struct plan *p, struct plan_live_set *set, bool gently)
{
	if (set->count)
		qsort(set->items, set->count, sizeof(*set->items),
		      by_uninstall_order);
	for (size_t i = 0; i < set->count; i++)
		add_delete(p, set->items[i], gently);
	if (set->count)
		plan_add(p, STEP_WAIT, 0);
	VEC_DONE(set);
}

void plan_add_creates(const struct plan_input *in, const struct plan_goal *goal,
		      struct plan *p)
{
	for (size_t i = 0; i < goal->count; i++)
		if (!plan_find_live(in, goal->items[i].id))
			plan_add(p, STEP_CREATE, p->revision)->item =
				&goal->items[i];
}

/*
 * A claim may have been made larger by others, and never gets smaller: that is
 * not asked for unless the specification asks for less than it did.
 */
static bool is_larger(const struct plan_item *item,
		      const struct plan_live *live)
{
	const struct val *storage = size_storage(item->object);

	return storage && live->storage &&
	       quantity_is_less(val_str(storage), str_of(live->storage));
}

static bool asks_for_less(const struct plan_input *in,
			  const struct plan_item *item)
{
	const struct plan_item *old =
		plan_find_item(in->old, in->old_count, item->id);
	const struct val *before = old ? size_storage(old->object) : NULL;

	return in->old_known &&
	       !quantity_is_equal(val_str(before),
				  val_str(size_storage(item->object)));
}

bool plan_has_larger(const struct plan_input *in)
{
	for (size_t i = 0; i < in->want_count; i++) {
		const struct plan_live *live =
			plan_find_live(in, in->want[i].id);

		if (live && is_larger(&in->want[i], live))
			return true;
	}
	return false;
}

void plan_add_grows(const struct plan_input *in, const struct plan_goal *goal,
		    struct plan *p)
{
	for (size_t i = 0; i < goal->count; i++) {
		const struct plan_item *item = &goal->items[i];
		const struct plan_live *live = plan_find_live(in, item->id);
		const struct val *storage = size_storage(item->object);

		if (!live || live->deleting || !live->storage || !storage ||
		    quantity_is_equal(val_str(storage), str_of(live->storage)))
			continue;
		if (is_larger(item, live) && !asks_for_less(in, item))
			continue;
		if (!live->bound) {
			p->unbound = live;
			continue;
		}
		struct step *s = plan_add(p, STEP_GROW, p->revision);
		s->item = item;
		s->live = live;
	}
}

void plan_add_mends(const struct plan_input *in, const struct plan_goal *goal,
		    struct plan *p)
{
	struct plan_live_set replaced = { 0 };

	for (size_t i = 0; i < goal->count; i++) {
		const struct plan_item *item = &goal->items[i];
		const struct plan_live *live = plan_find_live(in, item->id);

		if (!live || live->drift <= PLAN_DRIFT_UNKNOWN)
			continue;
		bool is_replaced = live->drift == PLAN_DRIFT_REPLACE;
		if (is_replaced && (plan_is_kept(live) || is_kept_item(item))) {
			p->stuck = live;
			continue;
		}
		struct step *s = plan_add(
			p, is_replaced ? STEP_CHECK : STEP_MEND, p->revision);
		s->item = item;
		s->live = live;
		if (is_replaced)
			*VEC_ADD(&replaced) = live;
	}
	plan_add_deletes(p, &replaced, true);
}

/* Several new objects of a kind may be too many together. */
static bool adds_several(const struct plan *p)
{
	const char *last = NULL;

	for (size_t i = 0; i < p->steps.count; i++) {
		const struct step *s = &p->steps.items[i];
		const char *kind;

		if (s->kind != STEP_CHECK || s->live)
			continue;
		/* In install order, like stands by like. */
		kind = val_get_text(s->item->object, "kind");
		if (last && strcmp(kind, last) == 0)
			return true;
		last = kind;
	}
	return false;
}

void plan_add_checks(const struct plan_input *in, const struct plan_goal *goal,
		     struct plan *p)
{
	for (size_t i = 0; i < goal->count; i++) {
		const struct plan_item *item = &goal->items[i];
		const struct plan_live *live = plan_find_live(in, item->id);

		if (live && fate_of(in, goal, live, p->revision) == KEEP_AS_IS)
			continue;
		struct step *s = plan_add(p, STEP_CHECK, p->revision);
		s->item = item;
		s->live = live;
	}
	if (adds_several(p))
		plan_add(p, STEP_CHECK_ALL, p->revision);
}

/* Returns false when the old manifest must be known first. */
static bool clear_the_way(const struct plan_input *in,
			  const struct plan_goal *goal, struct plan *p)
{
	struct plan_live_set gone = { 0 };

	for (size_t i = 0; i < in->live_count; i++) {
		const struct plan_live *live = &in->live[i];
		enum keeping fate = fate_of(in, goal, live, p->revision);

		if (fate == KEEP_UNKNOWN) {
			VEC_DONE(&gone);
			return false;
		}
		if (fate == KEEP_NOT) {
			*VEC_ADD(&gone) = live;
		} else if (fate == KEEP_PATCHED) {
			struct step *s = plan_add(p, STEP_PATCH, p->revision);

			s->live = live;
			s->item = plan_find_item(goal->items, goal->count,
						 live->id);
		}
	}
	plan_add_deletes(p, &gone, true);
	return true;
}

/* What a person's helm has made carries nothing that shows it as live: the
 * record of that revision, which knows no shape, does. */
static void add_strays(const struct plan_input *in,
		       const struct plan_goal *goal, struct plan *p)
{
	const struct plan_record *deployed = plan_deployed(in);

	if (!deployed || *deployed->shape || !in->old_known)
		return;
	for (size_t i = 0; i < in->old_count; i++)
		if (!plan_find_item(goal->items, goal->count, in->old[i].id) &&
		    !plan_find_live(in, in->old[i].id) &&
		    !is_kept_item(&in->old[i]))
			plan_add(p, STEP_CHECK_GONE, 0)->item = &in->old[i];
}

bool plan_add_change(const struct plan_input *in, const struct plan_goal *goal,
		     struct plan *p)
{
	plan_add_grows(in, goal, p);
	if (!clear_the_way(in, goal, p))
		return false;
	if (plan_must_wait(p))
		return true;
	add_strays(in, goal, p);
	plan_add_creates(in, goal, p);
	return true;
}
