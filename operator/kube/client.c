#include "kube/client.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/json.h"
#include "kube/items.h"
#include "kube/status.h"
#include "kube/url.h"

#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define MANAGER "devmachine-operator"
/* "Deployment team-a/web": two names and a kind. */
#define WHAT_BYTES ((size_t)2048)

#ifdef FAULT_HOOK
static atomic_uint fault_after;

void kube_fault_after(unsigned n)
{
	atomic_store(&fault_after, n);
}

static void fault(void)
{
	unsigned n = atomic_load(&fault_after);

	while (n && !atomic_compare_exchange_weak(&fault_after, &n, n - 1))
		;
	if (n == 1)
		kill(getpid(), SIGKILL);
}
#else
void kube_fault_after(unsigned n)
{
	(void)n;
}

static void fault(void)
{
}
#endif

static bool conn_send(void *ctx, const struct http_request *req,
		      struct http_response *out, struct err *err)
{
	return kube_conn_send(ctx, req, out, err);
}

struct kube_client kube_client_of(struct kube_conn *conn,
				  struct kube_kinds *kinds)
{
	return (struct kube_client){ { conn_send, conn }, kinds, NULL };
}

/* Sends a request and makes an error of an answer that is none. */
static bool exchange(const struct kube_client *c,
		     const struct http_request *req, const char *what,
		     struct http_response *out, struct err *err)
{
	if (!c->transport.send(c->transport.ctx, req, out, err))
		return err_wrap(err, "%s", what);
	if (out->code >= 200 && out->code <= 299)
		return true;
	return status_error(out->code, buf_str(&out->body), out->retry_after_ms,
			    what, err);
}

static bool read_value(const struct http_response *r, const char *what,
		       struct val **out, struct err *err)
{
	if (json_read(buf_str(&r->body), out, err))
		return true;
	err->kind = ERR_UNAVAILABLE; /* not the object's fault */
	return err_wrap(err, "%s: answer", what);
}

bool kube_find_kind(const struct kube_client *c, const char *api_version,
		    const char *kind, const struct kube_kind **out,
		    struct err *err)
{
	AUTO(val_unref) struct val *list = NULL;
	AUTO_RESPONSE answer = { 0 };
	AUTO_BUF target = BUF_INIT(URL_BYTES);
	AUTO_ERR failure = ERR_INIT;
	bool ask = kube_kinds_should_ask(c->kinds, api_version, clock_now_ms());
	const struct kube_kind *found =
		kube_kinds_get(c->kinds, api_version, kind);

	if (found) {
		*out = found;
		return true;
	}
	if (!ask)
		return kube_kinds_missing(api_version, kind, err);
	url_group(&target, api_version);
	struct http_request req = { .method = "GET",
				    .target = buf_text(&target) };
	if (!url_check(&target, err))
		return false;
	if (!exchange(c, &req, api_version, &answer, &failure) &&
	    failure.kind != ERR_NOT_FOUND) {
		err_move(err, &failure);
		return err_wrap(err, "discovery");
	}
	if (failure.kind == ERR_NONE &&
	    !read_value(&answer, api_version, &list, err))
		return false;
	kube_kinds_learn(c->kinds, api_version, list, clock_now_ms());
	found = kube_kinds_get(c->kinds, api_version, kind);
	if (!found)
		return kube_kinds_missing(api_version, kind, err);
	*out = found;
	return true;
}

/* What one verb sends, built up step by step. */
struct call {
	struct http_request req;
	struct buf target, body, what;
};

static void call_done(struct call *call)
{
	buf_free(&call->target);
	buf_wipe(&call->body);
	buf_free(&call->what);
}
#define AUTO_CALL __attribute__((cleanup(call_done))) struct call

static struct call call_of(const char *method, const struct kube_ref *ref,
			   const char *name, const char *subresource)
{
	struct call call = {
		.req = { .method = method },
		.target = BUF_INIT(URL_BYTES),
		.body = BUF_INIT(LIMIT_BODY_BYTES),
		.what = BUF_INIT(WHAT_BYTES),
	};
	const char *shown = ref->name ? ref->name : "";
	bool has_ns = ref->kind->namespaced && ref->ns && *ref->ns;

	url_object(&call.target, ref->kind, ref->ns, name, subresource);
	buf_addf(&call.what, "%s %s%s%s", ref->kind->kind,
		 has_ns ? ref->ns : "", has_ns ? "/" : "", shown);
	return call;
}

/* The same, of a call whose body and query are complete. */
static bool run(const struct kube_client *c, struct call *call,
		struct val **out, struct err *err)
{
	AUTO_RESPONSE answer = { 0 };
	const char *what = buf_text(&call->what);

	if (!url_check(&call->target, err) || !buf_check(&call->body, err))
		return err_wrap(err, "%s", what);
	call->req.target = buf_text(&call->target);
	call->req.body = buf_str(&call->body);
	call->req.max_bytes = 2 * LIMIT_OBJECT_BYTES;
	bool ok = exchange(c, &call->req, what, &answer, err);
	/* Who asks says nothing that could be wrong: it is the server's fault.
	 */
	if (err->kind == ERR_INVALID && strcmp(call->req.method, "GET") == 0)
		err->kind = ERR_UNAVAILABLE;
	fault();
	return ok && (!out || read_value(&answer, what, out, err));
}

static bool check_ref(const struct kube_ref *ref, struct err *err)
{
	/* Without these the request would mean the whole collection. */
	if (!ref->name || !*ref->name)
		return err_set(err, ERR_INVALID, "%s without a name",
			       ref->kind->kind);
	if (ref->kind->namespaced && (!ref->ns || !*ref->ns))
		return err_set(err, ERR_INVALID, "%s %s without a namespace",
			       ref->kind->kind, ref->name);
	return true;
}

bool kube_get(const struct kube_client *c, const struct kube_ref *ref,
	      struct val **out, struct err *err)
{
	AUTO_CALL call = call_of("GET", ref, ref->name, NULL);

	return check_ref(ref, err) && run(c, &call, out, err);
}

static void add_write(struct call *call, const struct kube_write *opt)
{
	static const char *const validations[] = {
		[KUBE_VALIDATION_DEFAULT] = NULL,
		[KUBE_VALIDATION_IGNORE] = "Ignore",
		[KUBE_VALIDATION_WARN] = "Warn",
		[KUBE_VALIDATION_STRICT] = "Strict",
	};

	url_query(&call->target, "fieldManager",
		  opt->manager ? opt->manager : MANAGER);
	url_query(&call->target, "dryRun", opt->dry_run ? "All" : NULL);
	url_query(&call->target, "fieldValidation",
		  validations[opt->validation]);
}

static const struct kube_write no_write_options;

bool kube_create(const struct kube_client *c, const struct kube_ref *ref,
		 const struct val *object, const struct kube_write *opt,
		 struct val **out, struct err *err)
{
	if (!opt)
		opt = &no_write_options;
	/* A subresource (a Pod's eviction) is created below its object. */
	bool below = opt->subresource && *opt->subresource;
	AUTO_CALL call = call_of("POST", ref, below ? ref->name : NULL,
				 opt->subresource);

	if (ref->kind->namespaced && (!ref->ns || !*ref->ns))
		return err_set(err, ERR_INVALID, "%s without a namespace",
			       ref->kind->kind);
	add_write(&call, opt);
	call.req.as = c->as;
	json_write(object, &call.body);
	return run(c, &call, out, err);
}

bool kube_patch(const struct kube_client *c, const struct kube_ref *ref,
		enum kube_patch_type type, const struct val *patch,
		const struct kube_write *opt, struct val **out, struct err *err)
{
	static const char *const types[] = {
		[KUBE_PATCH_MERGE] = "application/merge-patch+json",
		[KUBE_PATCH_JSON] = "application/json-patch+json",
		/* JSON is YAML. */
		[KUBE_PATCH_APPLY] = "application/apply-patch+yaml",
	};

	if (!opt)
		opt = &no_write_options;
	AUTO_CALL call = call_of("PATCH", ref, ref->name, opt->subresource);
	if (!check_ref(ref, err))
		return false;
	add_write(&call, opt);
	call.req.as = c->as;
	url_query(&call.target, "force", opt->force ? "true" : NULL);
	call.req.content_type = types[type];
	json_write(patch, &call.body);
	return run(c, &call, out, err);
}

static void write_delete(const struct kube_delete *opt, struct buf *body)
{
	static const char *const policies[] = {
		[KUBE_PROPAGATION_DEFAULT] = NULL,
		[KUBE_FOREGROUND] = "Foreground",
		[KUBE_BACKGROUND] = "Background",
		[KUBE_ORPHAN] = "Orphan",
	};
	AUTO_VAL_MAP options = { 0 }, conditions = { 0 };
	AUTO_VAL_LIST all = { 0 };

	val_map_set_text(&options, "kind", "DeleteOptions");
	val_map_set_text(&options, "apiVersion", "v1");
	if (policies[opt->propagation])
		val_map_set_text(&options, "propagationPolicy",
				 policies[opt->propagation]);
	/* A query is ignored beside a body: dryRun in it would delete. */
	if (opt->dry_run) {
		val_list_add_take(&all, val_new_textz("All"));
		val_map_put_take(&options, "dryRun", val_list_take(&all));
	}
	if (opt->uid)
		val_map_set_text(&conditions, "uid", opt->uid);
	if (opt->resource_version)
		val_map_set_text(&conditions, "resourceVersion",
				 opt->resource_version);
	if (conditions.count)
		val_map_put_take(&options, "preconditions",
				 val_map_take(&conditions));
	AUTO(val_unref) struct val *v = val_map_take(&options);
	json_write(v, body);
}

bool kube_delete(const struct kube_client *c, const struct kube_ref *ref,
		 const struct kube_delete *opt, struct val **out,
		 struct err *err)
{
	static const struct kube_delete no_options;
	AUTO_CALL call = call_of("DELETE", ref, ref->name, NULL);

	if (!opt)
		opt = &no_options;
	if (!check_ref(ref, err))
		return false;
	call.req.as = c->as;
	write_delete(opt, &call.body);
	return run(c, &call, out, err);
}

/* Reads one page and hands its items on; *more receives the continue token,
 * "" after the last. */
static bool read_page(const struct kube_client *c, const struct kube_list *list,
		      struct buf *more, items_fn *item, void *ctx,
		      struct err *err)
{
	const struct kube_ref all = { list->kind, list->ns, NULL };
	AUTO_CALL call = call_of("GET", &all, NULL, NULL);
	AUTO_RESPONSE answer = { 0 };
	AUTO(val_unref) struct val *rest = NULL;
	AUTO_ITEMS items;

	items_init(&items);
	kube_list_query(&call.target, list, buf_text(more));
	call.req.target = buf_text(&call.target);
	call.req.accept = list->metadata_only ? KUBE_ACCEPT_METADATA_LIST
					      : NULL;
	if (!url_check(&call.target, err) ||
	    !exchange(c, &call.req, buf_text(&call.what), &answer, err) ||
	    !items_feed(&items, buf_str(&answer.body), item, ctx, err) ||
	    !items_end(&items, &rest, err))
		return false;
	buf_clear(more);
	buf_add_text(more, val_get_text(val_get(rest, "metadata"), "continue"));
	return true;
}

bool kube_list(const struct kube_client *c, const struct kube_list *list,
	       bool (*item)(void *ctx, const struct val *item, struct err *err),
	       void (*restart)(void *ctx), void *ctx, struct err *err)
{
	AUTO_BUF more = BUF_INIT(URL_BYTES);
	bool restarted = false;

	do {
		bool first = more.len == 0;

		if (read_page(c, list, &more, item, ctx, err))
			continue;
		if (first || restarted || !restart || err->kind != ERR_GONE)
			return false;
		/* The version that the pages are of was compacted away. */
		err_clear(err);
		buf_clear(&more);
		restarted = true;
		restart(ctx);
		if (!read_page(c, list, &more, item, ctx, err))
			return false;
	} while (more.len > 0);
	return true;
}

void kube_list_query(struct buf *target, const struct kube_list *list,
		     const char *more)
{
	url_query_int(target, "limit",
		      list->page_items ? list->page_items : LIMIT_PAGE_ITEMS);
	url_query(target, "labelSelector", list->labels);
	url_query(target, "fieldSelector", list->fields);
	url_query(target, "continue", more);
}
