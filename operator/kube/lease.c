#include "kube/lease.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "data/val.h"
#include "kube/event.h"

static const struct kube_kind lease_kind = {
	.group = "coordination.k8s.io",
	.version = "v1",
	.api_version = "coordination.k8s.io/v1",
	.kind = "Lease",
	.plural = "leases",
	.namespaced = true,
};

void kube_lease_done(struct kube_lease *lease)
{
	free(lease->holder);
	free(lease->version);
	free(lease->uid);
	val_unref(lease->acquired);
	*lease = (struct kube_lease){ 0 };
}

static int64_t number(const struct val *spec, const char *key)
{
	int64_t n;

	return val_int(val_get(spec, key), &n) && n > 0 ? n : 0;
}

static struct kube_lease lease_of(const struct val *object)
{
	const struct val *meta = val_get(object, "metadata");
	const struct val *spec = val_get(object, "spec");

	return (struct kube_lease){
		.holder = alloc_copy(val_get_text(spec, "holderIdentity")),
		.version = alloc_copy(val_get_text(meta, "resourceVersion")),
		.uid = alloc_copy(val_get_text(meta, "uid")),
		.duration_s = number(spec, "leaseDurationSeconds"),
		.transitions = number(spec, "leaseTransitions"),
		.acquired = val_ref(val_get(spec, "acquireTime")),
	};
}

static struct kube_ref ref_of(const struct kube_lease_name *of)
{
	return (struct kube_ref){ &lease_kind, of->ns, of->name };
}

bool kube_lease_get(const struct kube_client *c,
		    const struct kube_lease_name *of, struct kube_lease *out,
		    struct err *err)
{
	const struct kube_ref ref = ref_of(of);
	AUTO(val_unref) struct val *object = NULL;

	if (!kube_get(c, &ref, &object, err))
		return false;
	*out = lease_of(object);
	return true;
}

/* spec of a Lease; acquired is when its holder became that, NULL: now. */
static struct val *spec_of(const char *holder, int64_t duration_s,
			   int64_t transitions, const struct val *acquired)
{
	char text[CLOCK_TEXT_BYTES];
	AUTO_VAL_MAP spec = { 0 };
	AUTO(val_unref) struct val *now =
		val_new_textz(clock_print_us(clock_wall_ns(), text));

	val_map_set_text(&spec, "holderIdentity", holder);
	val_map_set_int(&spec, "leaseDurationSeconds", duration_s);
	val_map_put(&spec, "acquireTime", acquired ? acquired : now);
	val_map_put(&spec, "renewTime", now);
	val_map_set_int(&spec, "leaseTransitions", transitions);
	return val_map_take(&spec);
}

bool kube_lease_create(const struct kube_client *c,
		       const struct kube_lease_name *of, int64_t duration_s,
		       struct kube_lease *out, struct err *err)
{
	const struct kube_ref ref = ref_of(of);
	AUTO_VAL_MAP m = { 0 }, meta = { 0 };
	AUTO(val_unref) struct val *stored = NULL;

	val_map_set_text(&meta, "namespace", of->ns);
	val_map_set_text(&meta, "name", of->name);
	val_map_set_text(&m, "apiVersion", lease_kind.api_version);
	val_map_set_text(&m, "kind", lease_kind.kind);
	val_map_put_take(&m, "metadata", val_map_take(&meta));
	val_map_put_take(&m, "spec",
			 spec_of(of->identity, duration_s, 0, NULL));
	AUTO(val_unref) struct val *object = val_map_take(&m);
	if (!kube_create(c, &ref, object, NULL, &stored, err))
		return false;
	*out = lease_of(stored);
	return true;
}

/* Holds only for the version that was seen. */
static bool patch(const struct kube_client *c, const struct kube_lease_name *of,
		  const char *version, struct val *take_spec, struct val **out,
		  struct err *err)
{
	const struct kube_ref ref = ref_of(of);
	AUTO_VAL_MAP m = { 0 }, meta = { 0 };

	val_map_set_text(&meta, "resourceVersion", version);
	val_map_put_take(&m, "metadata", val_map_take(&meta));
	val_map_put_take(&m, "spec", take_spec);
	AUTO(val_unref) struct val *body = val_map_take(&m);
	return kube_patch(c, &ref, KUBE_PATCH_MERGE, body, NULL, out, err);
}

bool kube_lease_hold(const struct kube_client *c,
		     const struct kube_lease_name *of,
		     const struct kube_lease *seen, int64_t duration_s,
		     struct kube_lease *out, struct err *err)
{
	bool is_ours = strcmp(seen->holder, of->identity) == 0;
	AUTO(val_unref) struct val *stored = NULL;

	if (!patch(c, of, seen->version,
		   spec_of(of->identity, duration_s,
			   seen->transitions + !is_ours,
			   is_ours ? seen->acquired : NULL),
		   &stored, err))
		return false;
	*out = lease_of(stored);
	return true;
}

bool kube_lease_release(const struct kube_client *c,
			const struct kube_lease_name *of,
			const struct kube_lease *seen, struct err *err)
{
	/* A second is the shortest that is valid. */
	return patch(c, of, seen->version,
		     spec_of("", 1, seen->transitions, NULL), NULL, err);
}

bool kube_lease_tell(const struct kube_client *c,
		     const struct kube_lease_name *of,
		     const struct kube_lease *lease, struct err *err)
{
	AUTO_VAL_MAP m = { 0 }, meta = { 0 };
	AUTO_FREE char *note = alloc_print("%s became leader", of->identity);

	val_map_set_text(&meta, "namespace", of->ns);
	val_map_set_text(&meta, "name", of->name);
	val_map_set_text(&meta, "uid", lease->uid);
	val_map_set_text(&meta, "resourceVersion", lease->version);
	val_map_set_text(&m, "apiVersion", lease_kind.api_version);
	val_map_set_text(&m, "kind", lease_kind.kind);
	val_map_put_take(&m, "metadata", val_map_take(&meta));
	AUTO(val_unref) struct val *regarding = val_map_take(&m);
	const struct kube_event event = {
		.regarding = regarding,
		.type = KUBE_EVENT_NORMAL,
		.reason = "LeaderElection",
		.note = note,
		.instance = of->identity,
		.wall_ns = clock_wall_ns(),
	};
	return kube_event_create(c, &event, err);
}
