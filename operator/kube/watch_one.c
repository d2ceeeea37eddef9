/*
 * What a request's end means is an event for the table of watch_step.h; the
 * step says when the next request is due.
 */
#include "kube/watch_one.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "data/json.h"
#include "kube/client.h"
#include "kube/items.h"
#include "kube/lines.h"
#include "kube/status.h"
#include "kube/url.h"
#include "kube/watch_step.h"

/* Lists at once: each needs memory for an item, and the server's patience. */
#define LISTS_AT_ONCE 4
/* A watch that ends sooner was not served: a proxy would make us spin. */
#define SHORTEST_WATCH_MS 1000
/* Who installs a definition wants to see it work. */
#define MISSING_MOST_MS 5000
/* Watches started together must not all come back together. */
#define SPREAD_S 30
/* Discovery of a large group, or the Status of an error. */
#define BODY_BYTES LIMIT_MIB(8)
#define VERSION_BYTES LIMIT_KIB(1)
/* "watch <kind> in <namespace>" */
#define WHAT_BYTES LIMIT_KIB(4)

struct watch_one {
	struct watch_set *set; /* borrowed; NULL until it joined one */
	uint64_t id;
	char *api_version, *kind, *ns, *labels,
		*fields; /* last three or NULL */
	bool metadata_only;
	const struct kube_watch_fns *fns; /* borrowed */
	void *ctx;                        /* borrowed */
	struct http_call *call;        /* NULL until the thread has seen it */
	const struct kube_kind *found; /* borrowed from the kinds; or NULL */
	enum watch_state state;
	bool active;      /* a request is under way */
	bool ask_anew;    /* the path that the kinds know gave 404 */
	int64_t due_ms;   /* of the next request; of a watch's answer */
	int64_t since_ms; /* start of the last request */
	int64_t gone_ms;  /* last 410, or 0 */
	struct watch_backoff backoff;
	struct buf version; /* resourceVersion to watch from */
	struct buf more;    /* continue token of the next page, or empty */
	struct buf body;    /* of discovery and of errors */
	struct items items; /* of the page being read */
	struct lines lines; /* of the watch being read */
};

/* xorshift64: spreads waits; nothing secret depends on it. */
static unsigned next_random(struct watch_set *set)
{
	set->random ^= set->random << 13;
	set->random ^= set->random >> 7;
	set->random ^= set->random << 17;
	return (unsigned)(set->random >> 32);
}

void watch_one_free(struct watch_one *watch)
{
	if (watch->active && watch->state == WATCH_LISTING)
		watch->set->lists--;
	http_call_free(watch->call);
	if (watch->fns->removed)
		watch->fns->removed(watch->ctx);
	free(watch->api_version);
	free(watch->kind);
	free(watch->ns);
	free(watch->labels);
	free(watch->fields);
	buf_free(&watch->version);
	buf_free(&watch->more);
	buf_free(&watch->body);
	items_done(&watch->items);
	lines_done(&watch->lines);
	free(watch);
}

/* Makes what was read so far of an answer forgotten. */
static void reset_answer(struct watch_one *watch)
{
	buf_free(&watch->body);
	items_done(&watch->items);
	items_init(&watch->items);
	lines_done(&watch->lines);
	lines_init(&watch->lines, LIMIT_WATCH_LINE_BYTES);
}

/* Takes one step after an event; err holds something when it was a failure. */
static void advance(struct watch_one *watch, enum watch_event event,
		    const struct err *err)
{
	struct watch_step step = watch_step(watch->state, event);
	bool ended = watch->state == WATCH_WATCHING;
	int64_t now_ms = clock_now_ms(), delay_ms = 0;

	if (event == GOT_GONE) {
		/* A list that is always gone again would make us spin. */
		step.wait |= watch->gone_ms &&
			     now_ms - watch->gone_ms < WATCH_BACKOFF_RESET_MS;
		watch->gone_ms = now_ms;
	}
	if (step.wait) {
		delay_ms = watch_backoff_next(&watch->backoff, now_ms,
					      next_random(watch->set));
		if (event == GOT_MISSING && delay_ms > MISSING_MOST_MS)
			delay_ms = MISSING_MOST_MS;
		if (delay_ms < err->retry_after_ms)
			delay_ms = err->retry_after_ms;
	}
	if (step.restart_list)
		buf_clear(&watch->more);
	if (event == GOT_MISSING)
		watch->ask_anew = true;
	watch->state = step.next;
	watch->due_ms = now_ms + delay_ms;
	reset_answer(watch);
	if (step.synced && watch->fns->synced)
		watch->fns->synced(watch->ctx);
	if (step.wait && watch->fns->waiting)
		watch->fns->waiting(watch->ctx, err, delay_ms);
	if (ended && watch->fns->ended)
		watch->fns->ended(watch->ctx);
}

static const char *what_of(const struct watch_one *watch, struct buf *space)
{
	buf_clear(space);
	buf_addf(space, "%s %s%s%s",
		 watch->state == WATCH_LISTING ? "list" : "watch", watch->kind,
		 watch->ns ? " in " : "", watch->ns ? watch->ns : "");
	return buf_text(space);
}

static void remember(struct buf *to, const char *text)
{
	buf_clear(to);
	buf_add_text(to, text);
}

static bool on_item(void *ctx, const struct val *item, struct err *err)
{
	struct watch_one *watch = ctx;

	(void)err;
	if (watch->fns->item)
		watch->fns->item(watch->ctx, item);
	return true;
}

static bool change_of(struct str type, enum kube_change *out)
{
	static const char *const types[] = {
		[KUBE_ADDED] = "ADDED",
		[KUBE_MODIFIED] = "MODIFIED",
		[KUBE_DELETED] = "DELETED",
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_is(type, types[i])) {
			*out = (enum kube_change)i;
			return true;
		}
	return false;
}

static bool on_line(void *ctx, struct str line, struct err *err)
{
	struct watch_one *watch = ctx;
	AUTO(val_unref) struct val *event = NULL;
	AUTO_BUF space = BUF_INIT(WHAT_BYTES);
	enum kube_change change;

	if (!json_read(line, &event, err))
		return err_wrap(err, "%s", what_of(watch, &space));
	const struct val *object = val_get(event, "object");
	struct str type = val_str(val_get(event, "type"));
	if (str_is(type, "ERROR"))
		return status_error_val(object, what_of(watch, &space), err);
	if (change_of(type, &change)) {
		if (watch->fns->change)
			watch->fns->change(watch->ctx, change, object);
	} else if (!str_is(type, "BOOKMARK")) {
		return err_set(err, ERR_INVALID,
			       "%s: event of type \"" STR_FMT "\"",
			       what_of(watch, &space), STR_ARG(type));
	}
	/* Only now: an event that was cut is sent again. */
	const char *version =
		val_get_text(val_get(object, "metadata"), "resourceVersion");
	if (*version)
		remember(&watch->version, version);
	return true;
}

static bool on_data(void *ctx, int code, const char *p, size_t n,
		    struct err *err)
{
	struct watch_one *watch = ctx;

	if (code == 200 && watch->state == WATCH_LISTING)
		return items_feed(&watch->items, str_cut(p, n), on_item, watch,
				  err);
	if (code == 200 && watch->state == WATCH_WATCHING)
		return lines_feed(&watch->lines, str_cut(p, n), on_line, watch,
				  err);
	buf_add(&watch->body, p, n);
	return buf_check(&watch->body, err);
}

/* Whether the kind is known now; else sets the error. */
static bool find(struct watch_one *watch, struct err *err)
{
	watch->found = kube_kinds_get(watch->set->kinds, watch->api_version,
				      watch->kind);
	if (!watch->found)
		return kube_kinds_missing(watch->api_version, watch->kind, err);
	watch->ask_anew = false;
	return true;
}

static enum watch_event end_of_discovery(struct watch_one *watch, int code,
					 struct err *err)
{
	AUTO(val_unref) struct val *list = NULL;

	if (code == 200 && !json_read(buf_str(&watch->body), &list, err)) {
		err_wrap(err, "discovery of %s", watch->api_version);
		return GOT_FAILURE;
	}
	kube_kinds_learn(watch->set->kinds, watch->api_version, list,
			 clock_now_ms());
	return find(watch, err) ? GOT_KIND : GOT_MISSING;
}

static enum watch_event end_of_page(struct watch_one *watch, struct err *err)
{
	AUTO(val_unref) struct val *rest = NULL;

	if (!items_end(&watch->items, &rest, err))
		return GOT_FAILURE;
	const struct val *meta = val_get(rest, "metadata");
	const char *more = val_get_text(meta, "continue");
	remember(&watch->more, more);
	if (*more)
		return GOT_PAGE;
	remember(&watch->version, val_get_text(meta, "resourceVersion"));
	return GOT_LAST;
}

/* What an answer that was read to its end means. */
static enum watch_event end_of_answer(struct watch_one *watch, int code,
				      int64_t retry_after_ms, struct err *err)
{
	AUTO_BUF space = BUF_INIT(WHAT_BYTES);
	const char *what = what_of(watch, &space);

	if (watch->state == WATCH_FINDING && (code == 200 || code == 404))
		return end_of_discovery(watch, code, err);
	if (code == 200 && watch->state == WATCH_LISTING)
		return end_of_page(watch, err);
	if (code == 200) {
		if (clock_now_ms() - watch->since_ms >= SHORTEST_WATCH_MS)
			return GOT_EOF;
		err_set(err, ERR_UNAVAILABLE, "%s: closed at once", what);
		return GOT_FAILURE;
	}
	status_error(code, buf_str(&watch->body), retry_after_ms, what, err);
	if (code == 404)
		return GOT_MISSING;
	return code == 410 ? GOT_GONE : GOT_FAILURE;
}

static void on_done(void *ctx, int code, int64_t retry_after_ms,
		    const struct err *failure)
{
	struct watch_one *watch = ctx;
	AUTO_ERR err = ERR_INIT;
	enum watch_event event;

	watch->active = false;
	watch->set->lists -= watch->state == WATCH_LISTING;
	if (failure->kind == ERR_NONE) {
		event = end_of_answer(watch, code, retry_after_ms, &err);
		advance(watch, event, &err);
		return;
	}
	event = failure->kind == ERR_GONE ? GOT_GONE : GOT_FAILURE;
	/* Our own deadline: a connection on which nothing comes any more. */
	if (watch->state == WATCH_WATCHING &&
	    clock_now_ms() - watch->since_ms >= LIMIT_WATCH_MS)
		event = GOT_EOF;
	advance(watch, event, failure);
}

static const struct http_call_fns call_fns = { on_data, on_done };

static void make_discovery(struct watch_one *watch, struct http_request *req,
			   struct buf *target)
{
	(void)req;
	url_group(target, watch->api_version);
}

static void make_list(struct watch_one *watch, struct http_request *req,
		      struct buf *target)
{
	const struct kube_list list = {
		.kind = watch->found,
		.labels = watch->labels,
		.fields = watch->fields,
	};

	url_object(target, watch->found, watch->ns, NULL, NULL);
	kube_list_query(target, &list, buf_text(&watch->more));
	if (watch->metadata_only)
		req->accept = KUBE_ACCEPT_METADATA_LIST;
}

static void make_watch(struct watch_one *watch, struct http_request *req,
		       struct buf *target)
{
	unsigned spread = next_random(watch->set) % SPREAD_S;

	url_object(target, watch->found, watch->ns, NULL, NULL);
	url_query(target, "watch", "true");
	url_query(target, "allowWatchBookmarks", "true");
	url_query_int(target, "timeoutSeconds", LIMIT_WATCH_SERVER_S - spread);
	url_query(target, "labelSelector", watch->labels);
	url_query(target, "fieldSelector", watch->fields);
	url_query(target, "resourceVersion", buf_text(&watch->version));
	req->timeout_ms = LIMIT_WATCH_MS;
	if (watch->metadata_only)
		req->accept = KUBE_ACCEPT_METADATA;
}

static void send_request(struct watch_one *watch)
{
	static void (*const make[WATCH_STATES])(
		struct watch_one *, struct http_request *, struct buf *) = {
		[WATCH_FINDING] = make_discovery,
		[WATCH_LISTING] = make_list,
		[WATCH_WATCHING] = make_watch,
	};
	AUTO_BUF target = BUF_INIT(URL_BYTES);
	AUTO_ERR err = ERR_INIT;
	struct http_request req = { .method = "GET" };

	make[watch->state](watch, &req, &target);
	req.target = buf_text(&target);
	watch->since_ms = clock_now_ms();
	if (!url_check(&target, &err) ||
	    !http_call_start(watch->call, &req, &err)) {
		advance(watch, GOT_FAILURE, &err);
		return;
	}
	watch->active = true;
	/* The others end in time by themselves. */
	watch->due_ms = watch->state == WATCH_WATCHING
				? watch->since_ms + LIMIT_REQUEST_MS
				: INT64_MAX;
	if (watch->state != WATCH_LISTING)
		return;
	watch->set->lists++;
	if (watch->more.len == 0 && watch->fns->listing)
		watch->fns->listing(watch->ctx);
}

/* Whether another watch is asking for the same apiVersion right now. */
static bool is_asked(const struct watch_one *watch)
{
	const struct watch_set *set = watch->set;

	for (size_t i = 0; i < set->count; i++) {
		const struct watch_one *other = set->items[i];

		if (other->active && other->state == WATCH_FINDING &&
		    strcmp(other->api_version, watch->api_version) == 0)
			return true;
	}
	return false;
}

/* Goes on with a watch that looks for its kind. */
static void start_finding(struct watch_one *watch, int64_t now_ms)
{
	AUTO_ERR err = ERR_INIT;
	bool ask = kube_kinds_should_ask(watch->set->kinds, watch->api_version,
					 now_ms);

	if (!watch->ask_anew && find(watch, &err)) {
		advance(watch, GOT_KIND, &err);
		return;
	}
	err_clear(&err);
	if (ask) {
		if (!is_asked(watch))
			send_request(watch);
		return;
	}
	/* Somebody asked a moment ago. */
	if (find(watch, &err))
		advance(watch, GOT_KIND, &err);
	else
		watch->due_ms = now_ms + KUBE_KINDS_ASK_MS;
}

/* Gives up a watch to which the server has not even said yes. */
static void check_answer(struct watch_one *watch, int64_t now_ms)
{
	AUTO_BUF space = BUF_INIT(WHAT_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (now_ms < watch->due_ms)
		return;
	watch->due_ms = INT64_MAX;
	if (http_call_code(watch->call) != 0)
		return;
	http_call_cancel(watch->call);
	watch->active = false;
	err_set(&err, ERR_UNAVAILABLE, "%s: no answer within %d ms",
		what_of(watch, &space), LIMIT_REQUEST_MS);
	advance(watch, GOT_FAILURE, &err);
}

int64_t watch_one_go(struct watch_one *watch, int64_t now_ms)
{
	if (watch->active)
		check_answer(watch, now_ms);
	else if (watch->state == WATCH_FINDING && watch->due_ms <= now_ms)
		start_finding(watch, now_ms);
	else if (watch->state == WATCH_LISTING && watch->due_ms <= now_ms &&
		 watch->set->lists >= LISTS_AT_ONCE)
		return INT64_MAX; /* the end of another list wakes us */
	else if (watch->due_ms <= now_ms)
		send_request(watch);
	if (watch->due_ms > now_ms)
		return watch->due_ms;
	/* The kind was known already: the list starts in the next round. */
	if (!watch->active && watch->state == WATCH_LISTING)
		return now_ms;
	/* Still due: it waits for what another one asks. */
	return INT64_MAX;
}

void watch_one_join(struct watch_one *watch, struct watch_set *set)
{
	watch->set = set;
	watch->call = http_call_new(set->pool, &call_fns, watch);
	*VEC_ADD(set) = watch;
}

uint64_t watch_one_id(const struct watch_one *watch)
{
	return watch->id;
}

static char *copy_unless_empty(const char *text)
{
	return text && *text ? alloc_copy(text) : NULL;
}

struct watch_one *watch_one_new(const struct kube_watch_spec *spec, uint64_t id)
{
	struct watch_one *watch = NEW(struct watch_one);

	*watch = (struct watch_one){
		.id = id,
		.api_version = alloc_copy(spec->api_version),
		.kind = alloc_copy(spec->kind),
		.ns = copy_unless_empty(spec->ns),
		.labels = copy_unless_empty(spec->labels),
		.fields = copy_unless_empty(spec->fields),
		.metadata_only = spec->metadata_only,
		.fns = spec->fns,
		.ctx = spec->ctx,
		.version = BUF_INIT(VERSION_BYTES),
		.more = BUF_INIT(URL_BYTES),
		.body = BUF_INIT(BODY_BYTES),
	};
	reset_answer(watch);
	return watch;
}
