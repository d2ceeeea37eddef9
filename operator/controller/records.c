#include "controller/records.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "chart/values.h"
#include "controller/desire.h"
#include "controller/hooks.h"
#include "release/hook_record.h"
#include "release/lock.h"
#include "release/record.h"

static bool secret_kind(const struct pass *p, const struct kube_kind **out,
			struct err *err)
{
	return kube_find_kind(p->client, "v1", "Secret", out, err);
}

/* When the release was first deployed, as an earlier record tells. */
static int64_t first_deployed(const struct pass *p, int64_t now_ns)
{
	const struct val *info = val_get(p->old_body, "info");
	int64_t ns;

	return clock_parse(val_str(val_get(info, "first_deployed")), &ns)
		       ? ns
		       : now_ns;
}

static const char *description_of(const struct pass *p,
				  enum record_status status)
{
	bool install = p->chart_release.is_install;
	const char *asked = install ? p->asked.install_text
				    : p->asked.upgrade_text;

	if (status == RECORD_DEPLOYED && *asked)
		return asked;
	if (status == RECORD_DEPLOYED)
		return install ? "Install complete" : "Upgrade complete";
	return install ? "Initial install underway" : "Preparing upgrade";
}

/* The defaults of a chart with subcharts, as Helm tells them; NULL for another
 * chart, or where the defaults alone are not what its schema wants. */
static struct chart_values *defaults_of(const struct chart *chart)
{
	struct chart_values *values = NULL;
	AUTO_ERR err = ERR_INIT;

	if (chart->part_count < 2 ||
	    !chart_values_new(chart, NULL, NULL, NULL, &values, &err))
		return NULL;
	return values;
}

/* The body of the record of the pass's manifest, and what it is made of. A
 * mark is that of who is at work; NULL: nobody is. */
static bool make_body(struct pass *p, int64_t revision,
		      enum record_status status, const char *mark,
		      struct record_spec *spec, struct val **out,
		      struct err *err)
{
	AUTO_BUF notes = BUF_INIT(LIMIT_RENDER_BYTES);
	AUTO_BUF manifest = BUF_INIT(LIMIT_RENDER_BYTES);
	struct chart_capabilities capabilities = desire_capabilities(p);
	AUTO(chart_values_free)
	struct chart_values *defaults = defaults_of(p->entry->chart);
	struct hook_record hooks = { 0 };
	int64_t now_ns = clock_wall_ns();

	manifest_text(p->manifest, &manifest);
	if (!buf_check(&manifest, err) ||
	    !chart_notes(p->entry->chart, p->values, &p->chart_release,
			 &capabilities, &notes, err))
		return false;
	hook_record_make(p->hooks.items, p->hooks.count,
			 hooks_runs(p, revision), &hooks);
	*spec = (struct record_spec){
		.owner = &p->owner,
		.chart = p->entry->chart,
		.enabled = p->values->enabled,
		.defaults = defaults ? defaults->all : NULL,
		.revision = revision,
		.status = status,
		.first_deployed_ns = first_deployed(p, now_ns),
		.last_deployed_ns = now_ns,
		.description = description_of(p, status),
		.lock = mark,
		.notes = buf_str(&notes),
		.manifest = buf_str(&manifest),
		.config = p->config,
		.hooks = hooks.items,
		.hook_count = hooks.count,
		.digest = p->digest,
		.shape = p->shape,
	};
	*out = record_new(spec);
	spec->notes = spec->manifest = str_of(NULL);
	spec->defaults = NULL;
	spec->hooks = NULL;
	spec->hook_count = 0;
	hook_record_done(&hooks);
	return true;
}

bool records_pending(struct pass *p, int64_t revision, struct err *err)
{
	enum record_status status = p->chart_release.is_install
					    ? RECORD_PENDING_INSTALL
					    : RECORD_PENDING_UPGRADE;
	AUTO(val_unref) struct val *body = NULL;
	AUTO(val_unref) struct val *secret = NULL;
	AUTO(val_unref) struct val *after = NULL;
	AUTO_FREE char *name = record_name(p->release, revision);
	AUTO_FREE char *mark = lock_mark_alone(p->env->identity);
	struct kube_ref ref = { NULL, p->owner.release_namespace, name };
	struct record_spec spec;

	if (!secret_kind(p, &ref.kind, err) ||
	    !make_body(p, revision, status, mark, &spec, &body, err) ||
	    !record_secret(&spec, body, clock_wall_ns(), &secret, err))
		return false;
	if (!kube_create(p->client, &ref, secret, NULL, &after, err)) {
		/* A store that is behind; look again. */
		if (err->kind == ERR_EXISTS)
			err->kind = ERR_CONFLICT;
		return false;
	}
	record_head_done(&p->made);
	if (!record_head_read(after, &p->made))
		p->made = (struct record_head){ 0 };
	sources_learn_record(p->env->sources, after);
	return true;
}

static bool patch_record(struct pass *p, int64_t revision,
			 const struct val *patch, struct err *err)
{
	AUTO(val_unref) struct val *after = NULL;
	AUTO_FREE char *name = record_name(p->release, revision);
	struct kube_ref ref = { NULL, p->owner.release_namespace, name };

	if (!secret_kind(p, &ref.kind, err) ||
	    !kube_patch(p->client, &ref, KUBE_PATCH_MERGE, patch, NULL, &after,
			err))
		return false;
	sources_learn_record(p->env->sources, after);
	return true;
}

static bool replace(struct pass *p, int64_t revision, const struct val *body,
		    const struct record_spec *spec, struct err *err)
{
	AUTO(val_unref) struct val *patch = NULL;

	return record_patch(body, spec, clock_wall_ns(), &patch, err) &&
	       patch_record(p, revision, patch, err);
}

bool records_deployed(struct pass *p, int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *body = NULL;
	struct record_spec spec;

	return make_body(p, revision, RECORD_DEPLOYED, NULL, &spec, &body,
			 err) &&
	       replace(p, revision, body, &spec, err);
}

/* Reads a stored record's body; the one the pass has is not read again. */
static bool read_body(struct pass *p, int64_t revision, struct val **out,
		      struct err *err)
{
	AUTO(val_unref) struct val *secret = NULL;
	AUTO_FREE char *name = record_name(p->release, revision);
	struct kube_ref ref = { NULL, p->owner.release_namespace, name };

	if (p->old_body && p->old_revision == revision) {
		*out = val_ref(p->old_body);
		return true;
	}
	return secret_kind(p, &ref.kind, err) &&
	       kube_get(p->client, &ref, &secret, err) &&
	       record_read(secret, out, err);
}

/* The same; NULL when it is damaged, which is no error. */
static bool read_body_if_whole(struct pass *p, int64_t revision,
			       struct val **out, struct err *err)
{
	AUTO_ERR why = ERR_INIT;

	if (read_body(p, revision, out, &why) || why.kind == ERR_INVALID ||
	    why.kind == ERR_LIMIT)
		return true;
	err_move(err, &why);
	return false;
}

bool records_resizing(struct pass *p, int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *patch = record_patch_resizing();

	return patch_record(p, revision, patch, err);
}

bool records_resized(struct pass *p, int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *body = NULL;
	struct record_spec spec;

	/* The times of the release come from the record as it is. */
	if (!p->old_body && !read_body_if_whole(p, revision, &p->old_body, err))
		return false;
	return make_body(p, revision, RECORD_DEPLOYED, NULL, &spec, &body,
			 err) &&
	       replace(p, revision, body, &spec, err);
}

/* When and how it was deployed is what the old one tells. */
static struct val *as_told(const struct val *body, const struct val *old)
{
	static const char *const fields[] = { "description", "last_deployed" };
	struct val *info = val_ref(val_get(body, "info"));

	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		const struct val *told =
			val_get(val_get(old, "info"), fields[i]);
		struct val *with = told ? val_with(info, fields[i], told)
					: val_ref(info);

		val_unref(info);
		info = with;
	}
	struct val *whole = val_with(body, "info", info);
	val_unref(info);
	return whole;
}

bool records_adopt(struct pass *p, int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *body = NULL;
	AUTO(val_unref) struct val *patch = NULL;
	struct record_spec spec;

	if (!p->old_body && !read_body_if_whole(p, revision, &p->old_body, err))
		return false;
	if (!make_body(p, revision, RECORD_DEPLOYED, NULL, &spec, &body, err))
		return false;
	AUTO(val_unref) struct val *told = as_told(body, p->old_body);
	return record_patch_adopted(told, &spec, clock_wall_ns(), &patch,
				    err) &&
	       patch_record(p, revision, patch, err);
}

bool records_supersede(struct pass *p, int64_t revision, struct err *err)
{
	AUTO(val_unref) struct val *body = NULL;
	AUTO(val_unref) struct val *patch = NULL;

	return read_body_if_whole(p, revision, &body, err) &&
	       record_patch_status(body, RECORD_SUPERSEDED, clock_wall_ns(),
				   &patch, err) &&
	       patch_record(p, revision, patch, err);
}

/* The report of this pass is to know it, too. */
static void set_failed(struct pass *p, int64_t revision)
{
	for (size_t i = 0; i < p->records.count; i++)
		if (p->records.items[i].revision == revision)
			p->records.items[i].status = RECORD_FAILED;
}

bool records_fail(struct pass *p, int64_t revision, const char *failure,
		  struct err *err)
{
	/* How its hooks went is told only by a new body. */
	bool is_new = failure && p->hooks.count;
	AUTO(val_unref) struct val *body = NULL;
	AUTO(val_unref) struct val *patch = NULL;
	struct record_spec spec;

	bool ok = is_new ? make_body(p, revision, RECORD_FAILED, NULL, &spec,
				     &body, err)
			 : read_body_if_whole(p, revision, &body, err);

	ok = ok &&
	     record_patch_failed(body, failure, clock_wall_ns(), &patch, err) &&
	     patch_record(p, revision, patch, err);
	if (ok)
		set_failed(p, revision);
	return ok;
}

bool records_runs(struct pass *p, int64_t revision, const struct val *runs,
		  struct err *err)
{
	AUTO(val_unref) struct val *patch = hook_runs_patch(runs);

	return patch_record(p, revision, patch, err);
}

bool records_forget(struct pass *p, int64_t revision, struct err *err)
{
	AUTO_FREE char *name = record_name(p->release, revision);
	struct kube_ref ref = { NULL, p->owner.release_namespace, name };
	struct kube_delete opt = { .propagation = KUBE_BACKGROUND };

	if (!secret_kind(p, &ref.kind, err))
		return false;
	if (!kube_delete(p->client, &ref, &opt, NULL, err)) {
		if (err->kind != ERR_NOT_FOUND)
			return false;
		err_clear(err);
	}
	AUTO_FREE char *key = alloc_print("%s/%s", ref.ns, ref.name);
	sources_forget_record(p->env->sources, key);
	return true;
}
