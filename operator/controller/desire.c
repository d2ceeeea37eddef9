#include "controller/desire.h"

#include "base/alloc.h"
#include "chart/values.h"
#include "controller/definitions.h"
#include "controller/hooks.h"
#include "controller/objects.h"
#include "controller/summary.h"
#include "data/path.h"
#include "release/digest.h"
#include "release/order.h"
#include "release/size.h"

/* The object of that name, as a new reference; NULL when there is none. */
static struct val *template_object(const struct pass *p, const char *name)
{
	struct store *store =
		sources_templates(p->env->sources, p->entry_number);
	AUTO_FREE char *key = alloc_print("/%s", name);
	AUTO(val_unref) struct val *text = store ? store_get(store, key) : NULL;

	return text ? summary_read(text) : NULL;
}

static bool no_template(const struct pass *p, const char *name, struct err *err)
{
	const struct watch_template *t = &p->entry->template;
	const struct val *presets = p->entry->chart->presets;
	AUTO_BUF known = BUF_INIT(1024);

	for (size_t i = 0; t->presets && i < val_count(presets); i++)
		buf_addf(&known, "%s" STR_FMT, i ? ", " : "",
			 STR_ARG(val_key(presets, i)));
	err_set(err, ERR_NOT_FOUND,
		"%s: there is no %s \"%s\"%s%s: create it, or name another",
		t->name_path, t->kind, name,
		known.len ? " and chart presets are only " : "",
		buf_text(&known));
	return err_at_field(err, t->name_path);
}

/* The values of the template that the custom resource names: an object wins
 * over a preset of the chart. NULL when it names none. */
static bool template_values(const struct pass *p, struct val **out,
			    struct err *err)
{
	const struct watch_template *t = &p->entry->template;
	const struct val *preset = NULL;

	*out = NULL;
	if (!t->api_version)
		return true;
	const char *name = path_get_text(p->cr, t->name_path);
	if (!*name)
		return !t->required || no_template(p, name, err);
	AUTO(val_unref) struct val *object = template_object(p, name);
	if (object) {
		*out = val_ref(path_get(object, t->values_path));
		return true;
	}
	if (t->presets)
		preset = chart_preset(p->entry->chart, name);
	if (!preset && t->required)
		return no_template(p, name, err);
	*out = val_ref(preset);
	return true;
}

bool desire_values(struct pass *p, struct err *err)
{
	struct val *template = NULL;

	if (!template_values(p, &template, err))
		return false;
	bool ok = chart_values_new(p->entry->chart, template, p->config,
				   p->entry->overrides, &p->values, err);
	val_unref(template);
	return ok;
}

const struct plan_record *desire_newest(const struct pass *p)
{
	return p->records.count ? &p->records.items[p->records.count - 1]
				: NULL;
}

/* Whether anything was deployed before a revision. */
static bool is_upgrade(const struct pass *p, int64_t revision)
{
	for (size_t i = 0; i < p->records.count; i++) {
		const struct plan_record *r = &p->records.items[i];

		if (r->revision < revision && (r->status == RECORD_DEPLOYED ||
					       r->status == RECORD_SUPERSEDED))
			return true;
	}
	return false;
}

bool desire_is_deployed(const struct pass *p)
{
	return is_upgrade(p, INT64_MAX);
}

struct chart_capabilities desire_capabilities(const struct pass *p)
{
	return (struct chart_capabilities){ .kube_version = p->kube_version };
}

/* What is not watched cannot be looked after. */
static bool check_namespaces(const struct pass *p,
			     const struct pass_objects *items, struct err *err)
{
	for (size_t i = 0; i < items->count; i++) {
		const struct val *meta =
			val_get(items->objects.items[i], "metadata");
		const char *ns = val_get_text(meta, "namespace");

		if (*ns && !namespaces_has(p->env->namespaces, ns))
			return err_set(
				err, ERR_INVALID,
				"%s %s/%s: the operator does not look after "
				"namespace %s (WATCH_NAMESPACE)",
				val_get_text(items->objects.items[i], "kind"),
				ns, val_get_text(meta, "name"), ns);
	}
	return true;
}

static bool render_as(struct pass *p, int64_t revision, struct err *err)
{
	struct chart_capabilities capabilities = desire_capabilities(p);

	objects_done(&p->want);
	objects_hooks_done(&p->hooks);
	manifest_free(TAKE(p->manifest));
	p->chart_release = (struct chart_release){
		.name = p->release,
		.namespace = p->owner.release_namespace,
		.revision = revision,
		.is_upgrade = is_upgrade(p, revision),
	};
	p->chart_release.is_install = !p->chart_release.is_upgrade;
	if (!chart_render(p->entry->chart, p->values, &p->chart_release,
			  &capabilities, &p->manifest, err))
		return err_wrap(err, "chart %s", p->entry->chart->name);
	order_sort(p->manifest);
	/* What is recorded and compared is what is applied. */
	if (p->stopped)
		size_stop_all(p->manifest);
	if (!definitions_install(p, err))
		return err_wrap(err, "chart %s", p->entry->chart->name);
	if (p->waiting)
		return true;
	if (!objects_make(p->client, p->manifest, p->owner.release_namespace,
			  false, &p->want, err) ||
	    !objects_make_hooks(p->client, p->manifest,
				p->owner.release_namespace, false, &p->hooks,
				err) ||
	    (!p->given && (!check_namespaces(p, &p->want, err) ||
			   !check_namespaces(p, &p->hooks.objects, err))))
		return err_wrap(err, "chart %s", p->entry->chart->name);
	objects_digest(&p->want, p->digest, p->shape);
	digest_value(p->config, p->config_digest);
	objects_hooks_digest(&p->hooks, p->hooks_digest);
	return true;
}

bool desire(struct pass *p, struct err *err)
{
	const struct plan_record *last = desire_newest(p);
	int64_t revision = last ? last->revision : 1;

	if (!desire_values(p, err) || !render_as(p, revision, err))
		return false;
	if (p->waiting || !last ||
	    (strcmp(last->digest, p->digest) == 0 && !hooks_have_changed(p)))
		return true;
	if (last->status == RECORD_DEPLOYED &&
	    strcmp(last->shape, p->shape) == 0)
		return true;
	return render_as(p, revision + 1, err);
}
