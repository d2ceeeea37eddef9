#include "controller/annotations.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "chart/hook.h"
#include "controller/duration.h"
#include "data/path.h"
#include "release/names.h"

enum {
	OF_INSTALL = 1U << HOOK_PRE_INSTALL | 1U << HOOK_POST_INSTALL,
	OF_UPGRADE = 1U << HOOK_PRE_UPGRADE | 1U << HOOK_POST_UPGRADE,
	OF_DELETION = 1U << HOOK_PRE_DELETE | 1U << HOOK_POST_DELETE
};

/* Truth values, and the events that run no hooks when they are true. */
static const struct {
	const char *name;
	unsigned no_hooks;
} switches[] = {
	{ NAME_NO_INSTALL_HOOKS, OF_INSTALL },
	{ NAME_NO_UPGRADE_HOOKS, OF_UPGRADE },
	{ NAME_NO_DELETE_HOOKS, OF_DELETION },
	{ NAME_UPGRADE_FORCE, 0 },
	{ NAME_ROLLBACK_FORCE, 0 },
	{ NAME_UNINSTALL_WAIT, 0 },
};

/* Of a value that is told. */
static const size_t shown_bytes = 64;

static void complain(struct buf *wrong, const char *name, const char *value,
		     const char *wants)
{
	struct str shown = str_clip(str_of(value), shown_bytes);

	buf_addf(wrong,
		 "%smetadata.annotations[%s]: wants %s, not \"" STR_FMT
		 "\"; it is passed over",
		 wrong->len ? "; " : "", name, wants, STR_ARG(shown));
}

static void read_period(const struct val *all, struct annotations *out,
			struct buf *wrong)
{
	const char *text = val_get_text(all, NAME_PERIOD);
	int64_t ms;

	if (!*text)
		return;
	if (!duration_parse_period(str_of(text), &ms))
		complain(wrong, NAME_PERIOD, text,
			 "a duration such as 90s, 5m or 1h30m, or 0 for never");
	else if (ms != DURATION_NEVER && ms < ANNOTATIONS_SHORTEST_MS)
		out->period_ms = ANNOTATIONS_SHORTEST_MS;
	else
		out->period_ms = ms;
}

void annotations_read(const struct val *cr, struct annotations *out)
{
	const struct val *all = path_get(cr, "metadata.annotations");
	AUTO_BUF wrong = BUF_INIT(LIMIT_KIB(8));

	*out = (struct annotations){
		.install_text = val_get_text(all, NAME_INSTALL_TEXT),
		.upgrade_text = val_get_text(all, NAME_UPGRADE_TEXT),
	};
	read_period(all, out, &wrong);
	for (size_t i = 0; i < ARRAY_LEN(switches); i++) {
		const char *text = val_get_text(all, switches[i].name);
		bool is = false;

		if (*text && !str_bool(str_of(text), &is))
			complain(&wrong, switches[i].name, text,
				 "true or false");
		else if (is)
			out->no_hooks |= switches[i].no_hooks;
	}
	struct str text = str_clip(buf_str(&wrong), LIMIT_MESSAGE_BYTES);
	if (text.n)
		out->wrong = alloc_text(text.p, text.n);
}

void annotations_done(struct annotations *a)
{
	free(a->wrong);
	*a = (struct annotations){ 0 };
}
