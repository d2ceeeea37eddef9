#include "kube/event.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/val.h"

#include <inttypes.h>

#define REPORTER "devmachine-operator"
/* A name may have 253 characters; the time behind it takes 17. */
#define NAME_BYTES 236
/* Limits of the API on other texts of an Event. */
#define REASON_BYTES 128

static const struct kube_kind event_kind = {
	.group = "",
	.version = "v1",
	.api_version = "v1",
	.kind = "Event",
	.plural = "events",
	.namespaced = true,
};

static void put_clipped(struct val_map *m, const char *key, const char *text,
			size_t max)
{
	val_map_put_take(m, key, val_new_text(str_clip(str_of(text), max)));
}

static struct val *involved(const struct val *object)
{
	static const char *const keys[] = { "name", "namespace", "uid",
					    "resourceVersion" };
	const struct val *meta = val_get(object, "metadata");
	AUTO_VAL_MAP m = { 0 };

	val_map_set_text(&m, "apiVersion", val_get_text(object, "apiVersion"));
	val_map_set_text(&m, "kind", val_get_text(object, "kind"));
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (*val_get_text(meta, keys[i]))
			val_map_set_text(&m, keys[i],
					 val_get_text(meta, keys[i]));
	return val_map_take(&m);
}

static struct val *one_text(const char *key, const char *text)
{
	AUTO_VAL_MAP m = { 0 };

	val_map_set_text(&m, key, text);
	return val_map_take(&m);
}

/* metav1.MicroTime */
static struct val *micro_time(int64_t wall_ns)
{
	char text[CLOCK_TEXT_BYTES];

	return val_new_textz(clock_print_us(wall_ns, text));
}

static struct val *make(const struct kube_event *e, const char *ns,
			const char *name)
{
	char now[CLOCK_TEXT_BYTES];
	AUTO_VAL_MAP m = { 0 }, meta = { 0 };

	clock_print(e->wall_ns, now);
	val_map_set_text(&m, "apiVersion", "v1");
	val_map_set_text(&m, "kind", "Event");
	val_map_set_text(&meta, "namespace", ns);
	val_map_set_text(&meta, "name", name);
	val_map_put_take(&m, "metadata", val_map_take(&meta));
	val_map_put_take(&m, "involvedObject", involved(e->regarding));
	val_map_set_text(&m, "type",
			 e->type == KUBE_EVENT_WARNING ? "Warning" : "Normal");
	put_clipped(&m, "reason", e->reason, REASON_BYTES);
	put_clipped(&m, "action", e->action ? e->action : e->reason,
		    REASON_BYTES);
	put_clipped(&m, "message", e->note, LIMIT_MESSAGE_BYTES);
	val_map_put_take(&m, "source", one_text("component", REPORTER));
	val_map_set_text(&m, "reportingComponent", REPORTER);
	put_clipped(&m, "reportingInstance",
		    e->instance && *e->instance ? e->instance : REPORTER,
		    REASON_BYTES);
	val_map_put_take(&m, "eventTime", micro_time(e->wall_ns));
	val_map_set_text(&m, "firstTimestamp", now);
	val_map_set_text(&m, "lastTimestamp", now);
	val_map_set_int(&m, "count", 1);
	return val_map_take(&m);
}

bool kube_event_create(const struct kube_client *c,
		       const struct kube_event *event, struct err *err)
{
	const struct val *meta = val_get(event->regarding, "metadata");
	const char *ns = val_get_text(meta, "namespace");
	struct str about =
		str_clip(str_of(val_get_text(meta, "name")), NAME_BYTES);
	AUTO_FREE char *name = alloc_print(STR_FMT ".%" PRIx64, STR_ARG(about),
					   (uint64_t)event->wall_ns);

	if (!*ns)
		ns = "default";
	AUTO(val_unref) struct val *object = make(event, ns, name);
	const struct kube_ref ref = { &event_kind, ns, name };
	return kube_create(c, &ref, object, NULL, NULL, err);
}
