/* What base/metric.h has of each controller. */
#include "base/alloc.h"
#include "base/attr.h"
#include "base/histogram.h"
#include "base/metric.h"
#include "base/metric_parts.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdatomic.h>

static const struct row {
	const char *name, *labels, *type, *help;
} rows[] = {
#define X(constant, name, labels, type, help) { name, labels, type, help },
	METRICS(X)
#undef X
};

static const struct {
	const char *name, *help;
} times[] = {
#define X(constant, name, help) { name, help },
	METRIC_TIMES(X)
#undef X
};

/* Counts of a controller, for as long as the process lives. */
struct slot {
	struct slot *next;
	char *name; /* NULL: nobody has said which controllers there are */
	_Atomic int64_t values[METRIC_COUNT];
	struct histogram times[METRIC_TIME_COUNT];
};

struct entry {
	struct slot *slot;
	char *chart, *version;
};

/* Which controllers there are. One that was replaced is kept, since somebody
 * may be printing it: that takes a person who has the operator reload. */
struct table {
	struct table *before;
	size_t count;
	struct entry *entries;
};

static struct slot nameless;
static struct entry only = { .slot = &nameless };
static struct table beginning = { .count = 1, .entries = &only };
static _Atomic(struct table *) current = &beginning;
static struct slot *slots;

static const char *program_version, *program_commit;

static struct slot *slot_named(const char *name)
{
	struct slot *s = slots;

	while (s && strcmp(s->name, name) != 0)
		s = s->next;
	if (s)
		return s;
	s = NEW(struct slot);
	s->name = alloc_copy(name);
	s->next = slots;
	slots = s;
	return s;
}

void metric_setup(const struct metric_controller *controllers, size_t count)
{
	struct table *t = NEW(struct table);

	t->before = atomic_load(&current);
	t->count = count;
	t->entries = alloc_zero(count * sizeof(*t->entries));
	for (size_t i = 0; i < count; i++) {
		t->entries[i] = (struct entry){
			.slot = slot_named(controllers[i].name),
			.chart = alloc_copy(controllers[i].chart),
			.version = alloc_copy(controllers[i].version),
		};
	}
	if (count)
		atomic_store(&current, t);
}

void metric_setup_build(const char *version, const char *commit)
{
	program_version = version;
	program_commit = commit;
}

static struct slot *slot_of(size_t controller)
{
	const struct table *t = atomic_load(&current);

	return t->entries[controller < t->count ? controller : 0].slot;
}

void metric_add(size_t controller, enum metric m, int64_t n)
{
	atomic_fetch_add_explicit(&slot_of(controller)->values[m], n,
				  memory_order_relaxed);
}

void metric_set(size_t controller, enum metric m, int64_t n)
{
	atomic_store_explicit(&slot_of(controller)->values[m], n,
			      memory_order_relaxed);
}

int64_t metric_get(size_t controller, enum metric m)
{
	return atomic_load_explicit(&slot_of(controller)->values[m],
				    memory_order_relaxed);
}

void metric_observe(size_t controller, enum metric_time t, int64_t us)
{
	histogram_add(&slot_of(controller)->times[t], us);
}

/* Queues have the name of their controller, which is two labels. */
static char *labels_of(const struct slot *s, const char *name, const char *more)
{
	const char *comma = *more ? "," : "";

	if (!s->name)
		return alloc_copy(more);
	if (str_starts(str_of(name), "workqueue_"))
		return alloc_print("controller=\"%s\",name=\"%s\"%s%s", s->name,
				   s->name, comma, more);
	return alloc_print("controller=\"%s\"%s%s", s->name, comma, more);
}

/* Kinds of the same name in two groups are one controller. */
static const struct slot *slot_to_write(const struct table *t, size_t i)
{
	const struct slot *slot = t->entries[i].slot;

	for (size_t k = 0; k < i; k++)
		if (t->entries[k].slot == slot)
			return NULL;
	return slot;
}

static void write_row(const struct table *t, size_t m, struct buf *out)
{
	const struct row *r = &rows[m];

	for (size_t i = 0; i < t->count; i++) {
		const struct slot *slot = slot_to_write(t, i);

		if (!slot)
			continue;
		AUTO_FREE char *labels = labels_of(slot, r->name, r->labels);

		buf_addf(out, *labels ? "%s{%s} " : "%s%s ", r->name, labels);
		buf_addf(out, "%" PRId64 "\n",
			 atomic_load_explicit(&slot->values[m],
					      memory_order_relaxed));
	}
}

static void write_time(const struct table *t, size_t k, struct buf *out)
{
	metric_head(times[k].name, "histogram", times[k].help, out);
	for (size_t i = 0; i < t->count; i++) {
		const struct slot *slot = slot_to_write(t, i);

		if (!slot)
			continue;
		AUTO_FREE char *labels = labels_of(slot, times[k].name, "");

		histogram_write(&slot->times[k], times[k].name, labels, out);
	}
}

static void write_build(struct buf *out)
{
	static const char name[] = "helm_operator_build_info";

	if (!program_version)
		return;
	metric_head(name, "gauge", "What was built; the number is 1", out);
	buf_addf(out, "%s{commit=\"%s\",version=\"%s\"} 1\n", name,
		 program_commit, program_version);
}

static void write_charts(const struct table *t, struct buf *out)
{
	static const char name[] = "devmachine_release_info";

	if (t == &beginning)
		return;
	metric_head(name, "gauge",
		    "The chart of each controller; the number is 1", out);
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->entries[i];

		if (!slot_to_write(t, i))
			continue;
		buf_addf(out,
			 "%s{controller=\"%s\",chart=\"%s\",version=\"%s\"} "
			 "1\n",
			 name, e->slot->name, e->chart, e->version);
	}
}

void metric_write_controllers(struct buf *out)
{
	const struct table *t = atomic_load(&current);

	for (size_t m = 0; m < METRIC_COUNT; m++) {
		const struct row *r = &rows[m];

		if (m == 0 || strcmp(rows[m - 1].name, r->name) != 0)
			metric_head(r->name, r->type, r->help, out);
		write_row(t, m, out);
	}
	for (size_t k = 0; k < METRIC_TIME_COUNT; k++)
		write_time(t, k, out);
	write_build(out);
	write_charts(t, out);
}
