#include "controller/compare.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metric.h"
#include "controller/inventory.h"
#include "controller/item.h"
#include "controller/objects.h"
#include "controller/observe.h"
#include "release/fields.h"
#include "release/scaler.h"

const struct pass_compared *compare_found(const struct pass *p, const char *id)
{
	for (size_t i = 0; i < p->compared.count; i++)
		if (strcmp(p->compared.items[i].id, id) == 0)
			return &p->compared.items[i];
	return NULL;
}

void compare_drift(const struct pass *p, const struct plan_item *item,
		   const struct val *live, struct drift *out)
{
	AUTO(val_unref) struct val *want =
		owner_stamp(&p->owner, owner_revision(live), item->object);

	const struct pass_objects *items = pass_goal(p);

	drift_find(want, live,
		   scaler_of(want, live, items->items, items->count), out);
}

void compare_note(struct pass *p, const struct kube_ref *ref,
		  const struct val *object)
{
	char digest[LIVE_DIGEST_BYTES];

	inventory_note(&p->inventory, ref->kind->api_version, ref->kind->kind,
		       object, live_digest(ref->kind->kind, object, digest),
		       NULL);
}

bool compare_answer(struct pass *p, const struct plan_item *item,
		    const struct val *object)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO_DRIFT drift = { 0 };

	compare_drift(p, item, object, &drift);
	if (drift.count == 0)
		compare_note(p, &ref, object);
	return drift.count == 0;
}

/* The server says whether the patch would do; what it does not answer is asked
 * again, for without it nobody knows whether the object has to be made anew. */
static bool try_patch(struct pass *p, const struct kube_ref *ref,
		      struct pass_compared *c, struct err *err)
{
	static const struct kube_write dry_run = { .dry_run = true };
	AUTO(val_unref) struct val *patch = drift_patch(&c->drift);

	c->found = PLAN_DRIFT_PATCH;
	if (kube_patch(&p->writer, ref, KUBE_PATCH_JSON, patch, &dry_run, NULL,
		       &c->why))
		return true;
	if (c->why.kind == ERR_INVALID) {
		c->found = PLAN_DRIFT_REPLACE;
		return true;
	}
	err_move(err, &c->why);
	return false;
}

/* Who fights with us over an object does not make us work without end: it is
 * not put back twice in a moment. Times are the server's, in whole seconds. */
static bool is_too_soon(struct pass *p, const struct val *object)
{
	const int64_t rest_ms = 1000;
	int64_t since_ms =
		clock_wall_ns() / 1000000 - fields_written_s(object) * 1000;

	if (p->previews || p->entry->on_drift == PLAN_ON_DRIFT_WARN ||
	    since_ms < -rest_ms || since_ms >= rest_ms)
		return false;
	p->again_ms = rest_ms;
	return true;
}

static bool judge(struct pass *p, const struct kube_ref *ref,
		  struct pass_compared *c, struct err *err)
{
	if (!drift_is_size(&c->drift) &&
	    p->entry->on_drift == PLAN_ON_DRIFT_REPAIR)
		return try_patch(p, ref, c, err);
	c->found = drift_is_size(&c->drift) ? PLAN_DRIFT_SIZE
					    : PLAN_DRIFT_PATCH;
	return true;
}

static bool learn_drift(struct pass *p, const struct plan_item *item,
			const struct val *object, struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	struct pass_compared *c = VEC_ADD(&p->compared);

	c->id = alloc_copy(item->id);
	live_digest(ref.kind->kind, object, c->digest);
	compare_drift(p, item, object, &c->drift);
	if (c->drift.count == 0) {
		compare_note(p, &ref, object);
		return true;
	}
	if (is_too_soon(p, object))
		return true;
	metric_add(p->entry_number, METRIC_DRIFT, 1);
	if (!judge(p, &ref, c, err))
		return false;
	AUTO_FREE char *text = compare_text(&c->drift);
	log_info("drift", S("key", p->key), S("object", item->id),
		 S("fields", text));
	if (c->found == PLAN_DRIFT_REPLACE)
		log_info("no patch puts it back", S("key", p->key),
			 S("object", item->id), S("error", c->why.msg));
	if (p->entry->on_drift == PLAN_ON_DRIFT_WARN)
		inventory_note(&p->inventory, ref.kind->api_version,
			       ref.kind->kind, object, c->digest, text);
	return true;
}

/* Its store knows it in a version of which nobody knows anything. */
static bool compare_live(struct pass *p, const struct plan_item *item,
			 struct err *err)
{
	struct kube_ref ref = item_ref(p, item);
	AUTO(val_unref) struct val *object = NULL;

	if (!kube_get(p->client, &ref, &object, err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		err_clear(err);
		item_forget(p, &ref);
		return true;
	}
	item_learn(p, &ref, object);
	return !owner_has(&p->owner, object) ||
	       learn_drift(p, item, object, err);
}

void compare_done(struct pass *p)
{
	for (size_t i = 0; i < p->compared.count; i++) {
		struct pass_compared *c = &p->compared.items[i];

		free(c->id);
		drift_done(&c->drift);
		err_clear(&c->why);
	}
	VEC_DONE(&p->compared);
}

bool compare(struct pass *p, struct err *err)
{
	compare_done(p);
	for (size_t i = 0; i < p->live.count; i++) {
		const struct plan_live *live = &p->live.items[i];
		const struct plan_item *item =
			objects_find(pass_goal(p), live->id);

		if (item && live->drift == PLAN_DRIFT_UNKNOWN &&
		    !live->deleting && !compare_live(p, item, err))
			return err_wrap(err, "compare");
	}
	observe_live(p);
	return true;
}

char *compare_text(const struct drift *drift)
{
	const size_t told = 5;
	/* A path is no longer than its object. */
	AUTO_BUF text = BUF_INIT((told + 1) * LIMIT_BODY_BYTES);

	for (size_t i = 0; i < drift->count && i < told; i++)
		buf_addf(&text, "%s%s %s", i ? ", " : "", drift->items[i].path,
			 drift_kind_text(drift->items[i].kind));
	if (drift->count > told || drift->more)
		buf_addf(&text, " and more");
	struct str cut = str_clip(buf_str(&text), LIMIT_MESSAGE_BYTES);
	return alloc_text(cut.p, cut.n);
}
