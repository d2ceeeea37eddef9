#include "controller/turns.h"

#include "base/alloc.h"
#include "base/map.h"
#include "controller/key.h"

/* Keys of one namespace that wait; exists only while there are any. */
struct lane {
	struct lane *next; /* in the ring */
	struct turn *head, **tail;
	char *name; /* "entry/namespace" */
};

/* Lanes that take turns, and where to find one by its name. */
struct ring {
	struct lane *last; /* its next is the first; NULL: empty */
	struct map lanes;
};

struct class
{
	struct ring fresh, failed;
	unsigned most, running;
};

struct turns {
	struct class *classes;
	size_t count, served; /* the class that had its turn last */
	unsigned failed_most, failed_running;
};

struct turns *turns_new(const unsigned *most, size_t entries, unsigned workers)
{
	struct turns *t = NEW(struct turns);

	t->count = entries ? entries : 1;
	t->classes = alloc_zero(t->count * sizeof(*t->classes));
	for (size_t i = 0; i < entries; i++)
		t->classes[i].most = most[i];
	for (size_t i = 0; i < t->count; i++)
		t->classes[i].fresh.lanes = t->classes[i].failed.lanes =
			MAP_INIT_BORROWING;
	t->failed_most = workers > 1 ? workers - 1 : 0;
	return t;
}

static void lane_free(struct lane *lane)
{
	free(lane->name);
	free(lane);
}

static void ring_done(struct ring *r)
{
	size_t at = 0;

	for (const struct map_slot *s; (s = map_next(&r->lanes, &at));)
		lane_free(s->value);
	map_done(&r->lanes);
}

void turns_free(struct turns *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count; i++) {
		ring_done(&t->classes[i].fresh);
		ring_done(&t->classes[i].failed);
	}
	free(t->classes);
	free(t);
}

/* A text that is no key of an entry counts as one of the first. */
static struct class *class_of(const struct turns *t, const char *key,
			      struct str *lane)
{
	struct str namespace, name;
	size_t entry = 0;

	*lane = str_cut(key, 0);
	if (!key_parse(key, &entry, &namespace, &name))
		return &t->classes[0];
	*lane = str_cut(key, (size_t)(name.p - key));
	return &t->classes[entry < t->count ? entry : 0];
}

static struct lane *add_lane(struct ring *r, struct str name)
{
	struct lane *lane = NEW(struct lane);

	lane->name = alloc_text(name.p, name.n);
	lane->tail = &lane->head;
	lane->next = r->last ? r->last->next : lane;
	if (r->last)
		r->last->next = lane;
	r->last = lane;
	map_set(&r->lanes, str_of(lane->name), lane);
	return lane;
}

void turns_add(struct turns *t, struct turn *turn)
{
	struct str name;
	struct class *c = class_of(t, turn->key, &name);
	struct ring *r = turn->failed ? &c->failed : &c->fresh;
	struct lane *lane = map_get(&r->lanes, name);

	if (!lane)
		lane = add_lane(r, name);
	turn->next = NULL;
	*lane->tail = turn;
	lane->tail = &turn->next;
}

/* The first key of the first lane, which then is the last one. */
static struct turn *ring_take(struct ring *r)
{
	struct lane *lane = r->last ? r->last->next : NULL;

	if (!lane)
		return NULL;
	struct turn *turn = lane->head;
	lane->head = turn->next;
	if (lane->head) {
		r->last = lane;
		return turn;
	}
	if (r->last == lane)
		r->last = NULL;
	else
		r->last->next = lane->next;
	map_remove(&r->lanes, str_of(lane->name));
	lane_free(lane);
	return turn;
}

static struct turn *take(struct turns *t, bool failed)
{
	for (size_t i = 1; i <= t->count; i++) {
		size_t at = (t->served + i) % t->count;
		struct class *c = &t->classes[at];

		if (c->most && c->running >= c->most)
			continue;
		struct turn *turn = ring_take(failed ? &c->failed : &c->fresh);
		if (!turn)
			continue;
		c->running++;
		t->served = at;
		turn->taken_failed = failed;
		return turn;
	}
	return NULL;
}

struct turn *turns_take(struct turns *t)
{
	struct turn *turn = take(t, false);

	if (turn || (t->failed_most && t->failed_running >= t->failed_most))
		return turn;
	turn = take(t, true);
	if (turn)
		t->failed_running++;
	return turn;
}

void turns_done(struct turns *t, const struct turn *turn)
{
	struct str name;

	class_of(t, turn->key, &name)->running--;
	if (turn->taken_failed)
		t->failed_running--;
}
