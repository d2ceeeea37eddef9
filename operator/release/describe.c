#include "release/describe.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "data/json.h"
#include "release/drift.h"
#include "release/plan_parts.h"
#include "release/scaler.h"

#define MASK "***"

static const struct {
	enum step_kind step;
	const char *change;
} words[] = {
	{ STEP_DELETE, "delete" }, { STEP_RETAIN, "delete" },
	{ STEP_PATCH, "patch" },   { STEP_MEND, "patch" },
	{ STEP_SCALE, "scale" },   { STEP_GROW, "grow" },
};

static const char *word_of(enum step_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].step == kind)
			return words[i].change;
	return NULL;
}

bool describe_wants_live(const struct step *step)
{
	return step->live && word_of(step->kind);
}

/* Values are shown on one line. */
static struct val *shown(const struct val *v, bool secret)
{
	AUTO_BUF text = BUF_INIT(6 * LIMIT_BODY_BYTES);

	if (secret)
		return val_new_textz(MASK);
	json_write_sorted(v, &text);
	struct str whole = buf_str(&text);
	struct str cut = str_clip(whole, LIMIT_DESCRIBED_VALUE);
	if (cut.n == whole.n)
		return val_new_text(whole);
	AUTO_FREE char *short_text = alloc_print(STR_FMT "…", STR_ARG(cut));
	return val_new_textz(short_text);
}

/* The fields of one object. */
struct teller {
	struct val_list list;
	bool is_secret;
	size_t left_out;
};

static bool is_secret_path(const char *path)
{
	return str_starts(str_of(path), "data") ||
	       str_starts(str_of(path), "stringData");
}

static void tell(struct teller *t, const char *path, const char *change,
		 const struct val *from, const struct val *to)
{
	bool masked = t->is_secret && is_secret_path(path);
	struct val_map map = { 0 };

	if (t->list.count == LIMIT_DESCRIBED_FIELDS) {
		t->left_out++;
		return;
	}
	val_map_set_text(&map, "path", path);
	val_map_set_text(&map, "change", change);
	if (from)
		val_map_put_take(&map, "from", shown(from, masked));
	if (to)
		val_map_put_take(&map, "to", shown(to, masked));
	val_list_add_take(&t->list, val_map_take(&map));
}

static bool is_told(const struct teller *t, const char *path)
{
	for (size_t i = 0; i < t->list.count; i++)
		if (strcmp(val_get_text(t->list.items[i], "path"), path) == 0)
			return true;
	return false;
}

/* What is live against what is wanted. */
static void tell_live(struct teller *t, const struct drift *drift)
{
	for (size_t i = 0; i < drift->count; i++) {
		const struct drift_finding *f = &drift->items[i];

		tell(t, f->path,
		     !f->want   ? "removed"
		     : !f->live ? "added"
				: "changed",
		     f->live, f->want);
	}
}

/* What was rendered before and is not any more. */
static void tell_dropped(struct teller *t, const struct val *old,
			 const struct val *want)
{
	AUTO(val_unref) struct val *stored = drift_stored(want);
	AUTO_DRIFT drift = { 0 };

	drift_find(old, stored, DRIFT_SCALER_NONE, &drift);
	for (size_t i = 0; i < drift.count; i++) {
		const struct drift_finding *f = &drift.items[i];

		if (f->kind == DRIFT_MISSING && !is_told(t, f->path))
			tell(t, f->path, "removed", f->want, NULL);
	}
}

static void put_fields(const struct plan_input *in, const struct val *want,
		       const struct val *old, const struct val *live,
		       struct val_map *map)
{
	struct teller t = { .is_secret = strcmp(val_get_text(want, "kind"),
						"Secret") == 0 };
	AUTO_DRIFT drift = { 0 };

	if (live) {
		drift_find(want, live,
			   scaler_of(want, live, in->want, in->want_count),
			   &drift);
		tell_live(&t, &drift);
	}
	if (old)
		tell_dropped(&t, old, want);
	if (t.list.count)
		val_map_put_take(map, "fields", val_list_take(&t.list));
	if (t.left_out || drift.more)
		val_map_put(map, "moreFields", val_bool(true));
}

static void put_place(const char *id, const struct val *object,
		      struct val_map *map)
{
	struct plan_id of = plan_id_of(id);

	if (object)
		val_map_put(map, "apiVersion", val_get(object, "apiVersion"));
	val_map_put_take(map, "kind", val_new_text(of.kind));
	if (of.ns.n)
		val_map_put_take(map, "namespace", val_new_text(of.ns));
	val_map_set_text(map, "name", of.name);
}

/* The list of objects. */
struct list {
	const struct plan_input *in;
	const struct plan_item *want; /* what the plan is after */
	size_t want_count;
	const struct val *live;
	struct val_list objects;
	size_t most;
	int64_t more;
};

static void add_object(struct list *l, const char *id, const char *change)
{
	const struct plan_item *want =
		plan_find_item(l->want, l->want_count, id);
	const struct plan_item *old =
		plan_find_item(l->in->old, l->in->old_count, id);
	const struct plan_item *any = want ? want : old;
	struct val_map map = { 0 };

	if (l->objects.count == l->most) {
		l->more++;
		return;
	}
	put_place(id, any ? any->object : NULL, &map);
	if (want && strcmp(change, "delete") == 0)
		change = "recreate";
	val_map_set_text(&map, "change", change);
	if (want && strcmp(change, "create") != 0)
		put_fields(l->in, want->object, old ? old->object : NULL,
			   val_get(l->live, id), &map);
	val_list_add_take(&l->objects, val_map_take(&map));
}

/* A size that is set to what it is. */
static bool is_idle(const struct list *l, const struct step *s)
{
	const struct val *live = val_get(l->live, s->live->id);
	AUTO_DRIFT drift = { 0 };

	if (s->kind != STEP_SCALE || !live)
		return false;
	drift_find(s->item->object, live,
		   scaler_of(s->item->object, live, l->in->want,
			     l->in->want_count),
		   &drift);
	return drift.count == 0;
}

static void add_changes(struct list *l, const struct plan *plan)
{
	for (size_t i = 0; i < plan->steps.count; i++) {
		const struct step *s = &plan->steps.items[i];

		if (describe_wants_live(s) && !is_idle(l, s))
			add_object(l, s->live->id, word_of(s->kind));
	}
	for (size_t i = 0; i < l->want_count && !l->in->deleting; i++)
		if (!plan_find_live(l->in, l->want[i].id))
			add_object(l, l->want[i].id, "create");
}

struct val *describe_plan(const struct plan_input *in, const struct plan *plan,
			  const struct val *live, size_t most)
{
	struct list l = {
		.in = in,
		.want = plan->pending ? in->old : in->want,
		.want_count = plan->pending ? in->old_count : in->want_count,
		.live = live,
		.most = most,
	};
	struct val_map map = { 0 };

	add_changes(&l, plan);
	val_map_set_text(&map, "action", plan_action_text(plan->action));
	val_map_set_int(&map, "revision", plan->revision);
	val_map_put_take(&map, "objects", val_list_take(&l.objects));
	if (l.more)
		val_map_set_int(&map, "more", l.more);
	if (plan->pending)
		val_map_put(&map, "pending", val_bool(true));
	if (plan->unbound)
		val_map_set_text(&map, "unbound", plan->unbound->id);
	return val_map_take(&map);
}

bool describe_is_change(const struct val *description)
{
	return strcmp(val_get_text(description, "action"),
		      plan_action_text(PLAN_NOTHING)) != 0;
}

static void write_field(const struct val *field, struct buf *out)
{
	const char *from = val_get_text(field, "from");
	const char *to = val_get_text(field, "to");
	bool both = *from && *to;

	buf_addf(out, "    %c %s: %s%s%s\n",
		 both    ? '~'
		 : *from ? '-'
			 : '+',
		 val_get_text(field, "path"), from, both ? " -> " : "", to);
}

static const char *sign_of(const char *change)
{
	if (strcmp(change, "create") == 0)
		return "+";
	return strcmp(change, "delete") == 0 ? "-" : "~";
}

static void write_object(const struct val *object, struct buf *out)
{
	const struct val *fields = val_get(object, "fields");
	const char *change = val_get_text(object, "change");
	const char *ns = val_get_text(object, "namespace");

	buf_addf(out, "%s %s %s%s%s: %s\n", sign_of(change),
		 val_get_text(object, "kind"), ns, *ns ? "/" : "",
		 val_get_text(object, "name"), change);
	for (size_t i = 0; i < val_count(fields); i++)
		write_field(val_at(fields, i), out);
	if (val_get(object, "moreFields"))
		buf_add_text(out, "    and more fields\n");
}

void describe_text(const struct val *description, struct buf *out)
{
	const struct val *objects = val_get(description, "objects");
	const char *refused = val_get_text(description, "refused");
	const char *unbound = val_get_text(description, "unbound");

	buf_addf(out, "%s, revision %s\n", val_get_text(description, "action"),
		 val_text(val_get(description, "revision")));
	for (size_t i = 0; i < val_count(objects); i++)
		write_object(val_at(objects, i), out);
	if (val_get(description, "more"))
		buf_addf(out, "and %s more objects\n",
			 val_text(val_get(description, "more")));
	if (val_get(description, "pending"))
		buf_add_text(out,
			     "the chart or a template has changed: that is "
			     "applied at the next change or start\n");
	if (*unbound)
		buf_addf(out, "%s: grows once it is bound\n", unbound);
	if (*refused)
		buf_addf(out, "refused: %s\n", refused);
}
