#include "controller/observe.h"

#include "base/alloc.h"
#include "base/limits.h"
#include "base/log.h"
#include "controller/compare.h"
#include "controller/desire.h"
#include "controller/inventory.h"
#include "controller/objects.h"
#include "controller/key.h"
#include "controller/summary.h"
#include "data/path.h"
#include "release/hook_record.h"
#include "release/names.h"

static const struct val *meta(const struct pass *p, const char *key)
{
	return val_get(val_get(p->cr, "metadata"), key);
}

static const char *meta_text(const struct pass *p, const char *key)
{
	return val_get_text(val_get(p->cr, "metadata"), key);
}

static bool has_finalizer(const struct pass *p, const char *name)
{
	const struct val *list = meta(p, "finalizers");

	for (size_t i = 0; i < val_count(list); i++)
		if (str_is(val_str(val_at(list, i)), name))
			return true;
	return false;
}

static const char *release_namespace(const struct pass *p)
{
	return p->entry->target_namespace ? p->entry->target_namespace
					  : meta_text(p, "namespace");
}

/* Custom resources of several namespaces may have releases in one. */
static char *full_name(const struct pass *p)
{
	const char *ns = meta_text(p, "namespace");
	const char *name = meta_text(p, "name");

	return *ns && strcmp(ns, release_namespace(p)) != 0
		       ? alloc_print("%s-%s", ns, name)
		       : alloc_copy(name);
}

/* The name fixed on the custom resource, or the one to be fixed: its own, cut
 * with a digest when Helm would find it too long. */
static char *release_name(const struct pass *p)
{
	const char *fixed =
		val_get_text(meta(p, "annotations"), NAME_RELEASE_FIXED);
	char digest[DIGEST_TEXT_BYTES];

	if (*fixed)
		return alloc_copy(fixed);
	AUTO_FREE char *name = full_name(p);
	if (strlen(name) <= LIMIT_RELEASE_NAME)
		return TAKE(name);
	return alloc_print("%.40s-%.12s", name,
			   digest_sha256(str_of(name), digest));
}

static void set_owner(struct pass *p)
{
	p->owner = (struct owner){
		.api_version = p->entry->api_version,
		.kind = p->entry->kind,
		.namespace = meta_text(p, "namespace"),
		.name = meta_text(p, "name"),
		.uid = meta_text(p, "uid"),
		.release = p->release,
		.release_namespace = release_namespace(p),
		.chart = p->entry->chart->name,
	};
}

static void set_writer(struct pass *p)
{
	const char *account = p->entry->service_account;

	p->writer = *p->client;
	if (!account)
		return;
	p->writer_name = alloc_print("system:serviceaccount:%s:%s",
				     release_namespace(p), account);
	p->writer.as = p->writer_name;
}

static bool is_annotated(const struct pass *p, const char *name)
{
	return strcmp(val_get_text(meta(p, "annotations"), name), "true") == 0;
}

static bool read_cr(struct pass *p)
{
	AUTO(val_unref) struct val *text =
		store_get(sources_primary(p->env->sources, p->entry_number),
			  key_object(p->key));

	if (!text && !p->given)
		return false;
	p->cr = p->given ? val_ref(p->given) : summary_read(text);
	p->release = release_name(p);
	set_owner(p);
	set_writer(p);
	p->deleting = meta(p, "deletionTimestamp") != NULL;
	/* kubectl delete --cascade=orphan: the garbage collector's. */
	p->orphan = p->deleting && has_finalizer(p, "orphan");
	/* In the end the older one binds as well; until then ours is added. */
	p->has_finalizer =
		has_finalizer(p, NAME_FINALIZER) ||
		(p->deleting && has_finalizer(p, NAME_FINALIZER_OLD));
	p->claimed = p->has_finalizer &&
		     *val_get_text(meta(p, "annotations"), NAME_RELEASE_FIXED);
	p->paused = is_annotated(p, NAME_PAUSED);
	p->previews = p->given || (!p->deleting && is_annotated(p, NAME_PLAN));
	annotations_read(p->cr, &p->asked);
	p->config = val_get(p->cr, "spec");
	p->stopped = val_is_true(path_get(p->cr, p->entry->stopped_path));
	return true;
}

static int by_revision(const void *a, const void *b)
{
	const struct record_head *x = a, *y = b;

	return x->revision < y->revision ? -1 : x->revision > y->revision;
}

static int64_t number(const struct val *summary, const char *key)
{
	int64_t n;

	return val_int(val_get(summary, key), &n) ? n : 0;
}

static void read_heads(struct pass *p)
{
	AUTO_FREE char *owner = alloc_print("%s/%s", p->owner.release_namespace,
					    p->owner.release);
	AUTO(val_unref) struct val *texts =
		store_of_owner(sources_records(p->env->sources), owner);

	for (size_t i = 0; i < val_count(texts); i++) {
		AUTO(val_unref) struct val *s = summary_read(val_at(texts, i));
		struct record_head *head = VEC_ADD(&p->heads);

		head->release = alloc_copy(p->release);
		head->digest = alloc_copy(val_get_text(s, "digest"));
		head->shape = alloc_copy(val_get_text(s, "shape"));
		head->config = alloc_copy(val_get_text(s, "config"));
		head->owner_uid = alloc_copy(val_get_text(s, "owner"));
		head->failure = alloc_copy(val_get_text(s, "failure"));
		head->uid = alloc_copy(val_get_text(s, "uid"));
		head->hooks = alloc_copy(val_get_text(s, "hooks"));
		head->lock = alloc_copy(val_get_text(s, "lock"));
		head->written_s = number(s, "written");
		head->created_s = number(s, "created");
		head->status = (enum record_status)number(s, "status");
		head->revision = number(s, "revision");
	}
	if (p->heads.count)
		qsort(p->heads.items, p->heads.count, sizeof(*p->heads.items),
		      by_revision);
}

static void set_records(struct pass *p)
{
	for (size_t i = 0; i < p->heads.count; i++) {
		const struct record_head *head = &p->heads.items[i];

		*VEC_ADD(&p->records) = (struct plan_record){
			.revision = head->revision,
			.status = head->status,
			.digest = head->digest,
			.shape = head->shape,
			.config = head->config,
		};
	}
}

static bool is_release_object(const char *kind, int64_t revision)
{
	/* Pods made by workloads carry no revision; they are only looked at
	 * for their health. */
	return revision > 0 || strcmp(kind, "Pod") != 0;
}

static enum plan_drift drift_of(const struct pass *p, const struct val *s)
{
	const char *id = val_get_text(s, "id");
	const char *digest = val_get_text(s, "live");
	const struct pass_compared *found = compare_found(p, id);
	bool is_told = p->entry->on_drift != PLAN_ON_DRIFT_WARN &&
		       *inventory_drift(p->inventory, id);

	if (found && strcmp(found->digest, digest) == 0)
		return found->found;
	/* What was only told so far is put back now. */
	return inventory_knows(p->inventory, id, val_get_text(s, "uid"),
			       digest) &&
			       !is_told
		       ? PLAN_DRIFT_NONE
		       : PLAN_DRIFT_UNKNOWN;
}

/* What was created for a hook is no part of the release. */
static void read_summaries(struct pass *p)
{
	AUTO(val_unref) struct val *all =
		sources_live_of(p->env->sources, p->key);
	struct val_list objects = { 0 }, hooks = { 0 };

	for (size_t i = 0; i < val_count(all); i++)
		val_list_add(val_get(val_at(all, i), "run") ? &hooks : &objects,
			     val_at(all, i));
	val_unref(p->summaries);
	val_unref(p->hook_summaries);
	p->summaries = val_list_take(&objects);
	p->hook_summaries = val_list_take(&hooks);
}

void observe_live(struct pass *p)
{
	VEC_DONE(&p->live);
	read_summaries(p);
	for (size_t i = 0; i < val_count(p->summaries); i++) {
		const struct val *s = val_at(p->summaries, i);
		const struct val *health = val_get(s, "health");
		const char *kind = val_get_text(s, "kind");
		int64_t revision = 0;

		if (!val_int(val_get(s, "rev"), &revision) ||
		    !is_release_object(kind, revision))
			continue;
		*VEC_ADD(&p->live) = (struct plan_live){
			.id = val_get_text(s, "id"),
			.kind = kind,
			.uid = val_get_text(s, "uid"),
			.revision = revision,
			.storage = val_text(val_get(s, "storage")),
			.bound = strcmp(val_get_text(health, "phase"),
					"Bound") == 0,
			.reaps = val_is_true(val_get(s, "reaps")),
			.unseen = strcmp(kind, "StatefulSet") == 0 &&
				  val_is_true(val_get(health, "stale")),
			.deleting = val_is_true(val_get(s, "del")),
			.keep = val_is_true(val_get(s, "keep")),
			.hook = val_is_true(val_get(s, "hook")),
			.drift = drift_of(p, s),
		};
	}
}

static bool are_stores_ready(const struct pass *p)
{
	struct sources *s = p->env->sources;

	return store_is_synced(sources_primary(s, p->entry_number)) &&
	       store_is_synced(sources_records(s)) &&
	       sources_have_templates(s, p->entry_number);
}

enum observed observe(struct pass *p, struct err *err)
{
	struct str ns, name;

	if (!key_parse(p->key, &p->entry_number, &ns, &name) ||
	    p->entry_number >= p->env->watches->count)
		return OBSERVED_GONE;
	p->entry = &p->env->watches->entries[p->entry_number];
	if (!are_stores_ready(p))
		return OBSERVED_EARLY;
	if (!read_cr(p))
		return OBSERVED_GONE;
	if (!kube_find_kind(p->client, p->entry->api_version, p->entry->kind,
			    &p->cr_kind, err))
		return OBSERVED_ERROR;
	if (!cluster_version(p->env->cluster, p->client, &p->kube_version, err))
		return OBSERVED_ERROR;
	read_heads(p);
	set_records(p);
	p->inventory =
		inventory_read(path_get(p->cr, "status.release.objects"));
	return OBSERVED;
}

bool observe_noted(struct pass *p, bool *watched, struct err *err)
{
	for (size_t i = 0; i < val_count(p->inventory); i++)
		if (!objects_add(p->client, val_at(p->inventory, i), &p->noted,
				 err))
			return false;
	*watched = objects_are_watched(&p->noted, p->env->sources);
	return true;
}

static bool is_taken(const struct pass *p, const char *by, struct err *err)
{
	return err_set(
		err, ERR_EXISTS,
		"release \"%s\" in namespace \"%s\" belongs to %s: delete "
		"or rename one of them",
		p->release, p->owner.release_namespace, by);
}

const struct plan_record *observe_running(const struct pass *p)
{
	for (size_t i = p->records.count; i-- > 0;)
		if (p->records.items[i].status == RECORD_DEPLOYED)
			return &p->records.items[i];
	return desire_newest(p);
}

/* Hooks that are damaged are none. */
static bool read_hooks(struct pass *p, const struct val *body, struct err *err)
{
	const char *ns = p->owner.release_namespace;
	AUTO_ERR why = ERR_INIT;

	p->old_manifest = NEW(struct manifest);
	if (!hook_record_read(val_get(body, "hooks"), ns, p->old_manifest,
			      &why)) {
		log_warn("hooks of a record are of no use", S("key", p->key),
			 S("error", why.msg));
		return true;
	}
	return objects_make_hooks(p->client, p->old_manifest, ns, true,
				  &p->old_hooks, err);
}

/* Adds the objects of a record's manifest to p->old. */
static bool read_manifest(struct pass *p, int64_t revision,
			  struct val **out_body, struct err *err)
{
	AUTO_FREE char *name = record_name(p->release, revision);
	AUTO(val_unref) struct val *secret = NULL;
	AUTO(val_unref) struct val *body = NULL;
	AUTO(manifest_free) struct manifest *manifest = NULL;
	struct kube_ref ref = { NULL, p->owner.release_namespace, name };

	if (!kube_find_kind(p->client, "v1", "Secret", &ref.kind, err) ||
	    !kube_get(p->client, &ref, &secret, err) ||
	    !record_read(secret, &body, err) ||
	    !manifest_read(val_str(val_get(body, "manifest")), ref.ns,
			   &manifest, err) ||
	    !objects_make(p->client, manifest, ref.ns, true, &p->old, err))
		return err_wrap(err, "read record %s", name);
	*out_body = TAKE(body);
	return true;
}

/* A record that is damaged or gone tells nothing: then what is live is all
 * that is known. */
static bool read_record(struct pass *p, int64_t revision, struct val **out_body,
			struct err *err)
{
	AUTO_ERR why = ERR_INIT;

	if (read_manifest(p, revision, out_body, &why))
		return true;
	if (why.kind != ERR_INVALID && why.kind != ERR_LIMIT &&
	    why.kind != ERR_NOT_FOUND) {
		err_move(err, &why);
		return false;
	}
	log_warn("record is of no use", S("key", p->key), S("error", why.msg));
	return true;
}

/* A pending record that is given up may have made objects of kinds that
 * neither the deployed one nor what is wanted has. */
static bool is_given_up(const struct pass *p, const struct plan_record *r)
{
	return record_is_pending(r->status) &&
	       (p->deleting || strcmp(r->digest, p->digest) != 0);
}

bool observe_old(struct pass *p, bool *watched, struct err *err)
{
	const struct plan_record *old = observe_running(p);
	const struct plan_record *last =
		&p->records.items[p->records.count - 1];
	AUTO(val_unref) struct val *unused = NULL;

	if (!read_record(p, old->revision, &p->old_body, err) ||
	    !read_hooks(p, p->old_body, err))
		return false;
	if (last != old && is_given_up(p, last) &&
	    !read_record(p, last->revision, &unused, err))
		return false;
	p->old_revision = old->revision;
	p->old_known = true;
	*watched = objects_all_watched(&p->old, &p->old_hooks, p->env->sources);
	observe_live(p);
	return true;
}

/* Whether the custom resource says that this is its release, as helm-operator
 * and we have it: by a finalizer and in its status. */
static bool is_said_to_be_ours(const struct pass *p)
{
	const char *theirs =
		path_get_text(p->cr, "status.deployedRelease.name");
	const char *ours = path_get_text(p->cr, "status.release.name");

	return (has_finalizer(p, NAME_FINALIZER) ||
		has_finalizer(p, NAME_FINALIZER_OLD)) &&
	       (strcmp(theirs, p->release) == 0 ||
		strcmp(ours, p->release) == 0);
}

/*
 * helm-operator leaves records without an owner. Which objects there are is
 * known once the kinds of the record are watched; all of them may be gone.
 */
static bool is_left_to_us(struct pass *p, bool *ours, struct err *err)
{
	bool watched = true;

	*ours = false;
	if (!is_said_to_be_ours(p))
		return true;
	if (!p->old_known && !observe_old(p, &watched, err))
		return false;
	p->early = !watched;
	*ours = p->live.count > 0 ||
		strcmp(path_get_text(p->old_body, "chart.metadata.name"),
		       p->entry->chart->name) == 0;
	return true;
}

/*
 * A record without an owner may be one that a person's helm has written for
 * our release: then another record is ours, or the objects are.
 */
bool observe_ownership(struct pass *p, struct err *err)
{
	bool ours = p->heads.count == 0 || p->live.count > 0;

	for (size_t i = 0; i < p->heads.count; i++) {
		const char *uid = p->heads.items[i].owner_uid;
		AUTO_FREE char *other =
			alloc_print("another owner (uid %s)", uid);

		if (*uid && strcmp(uid, p->owner.uid) != 0)
			return is_taken(p, other, err);
		ours |= *uid != '\0';
	}
	if (!ours && !is_left_to_us(p, &ours, err))
		return false;
	return ours || is_taken(p, "somebody's own helm", err);
}
