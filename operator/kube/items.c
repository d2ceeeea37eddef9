/*
 * Follows strings and nesting only: whether an item is JSON is judged by the
 * reader of each item, and the rest of the List by items_end(). Depth 1 is
 * within the braces of the List, depth 2 within the array of its items, an
 * item begins and ends with the braces that lead to and from depth 3.
 */
#include "kube/items.h"

#include "base/limits.h"
#include "data/json.h"

/* The List without its items is kind, apiVersion and metadata. */
#define REST_BYTES LIMIT_KIB(64)

enum mark { NO_MARK, ARRAY_BEGINS, ARRAY_ENDS, ITEM_BEGINS, ITEM_ENDS };

void items_init(struct items *s)
{
	*s = (struct items){
		.item = BUF_INIT(LIMIT_OBJECT_BYTES),
		.rest = BUF_INIT(REST_BYTES),
	};
}

void items_done(struct items *s)
{
	buf_free(&s->item);
	buf_free(&s->rest);
}

/* Takes *text's last part off when it is part. */
static bool cut_end(struct str *text, const char *part)
{
	*text = str_trim(*text);
	if (!str_ends(*text, part))
		return false;
	text->n -= strlen(part);
	return true;
}

/* Whether the List so far ends with the key "items": an escaped quote in some
 * other key cannot stand behind a comma or a brace. */
static bool after_items_key(const struct buf *rest)
{
	struct str text = buf_str(rest);

	if (!cut_end(&text, ":") || !cut_end(&text, "\"items\""))
		return false;
	text = str_trim(text);
	return str_ends(text, "{") || str_ends(text, ",");
}

static void step_in_text(struct items *s, char c)
{
	if (s->escaped)
		s->escaped = false;
	else if (c == '\\')
		s->escaped = true;
	else if (c == '"')
		s->in_text = false;
}

static enum mark step_out(struct items *s)
{
	s->depth--;
	if (!s->in_items)
		return NO_MARK;
	if (s->depth == 2)
		return ITEM_ENDS;
	if (s->depth > 2)
		return NO_MARK;
	s->in_items = false;
	return ARRAY_ENDS;
}

static enum mark step(struct items *s, char c)
{
	if (s->in_text) {
		step_in_text(s, c);
		return NO_MARK;
	}
	switch (c) {
	case '"':
		s->in_text = true;
		return NO_MARK;
	case '[':
	case '{':
		s->depth++;
		if (c == '[' && s->depth == 2)
			return ARRAY_BEGINS;
		return s->in_items && s->depth == 3 ? ITEM_BEGINS : NO_MARK;
	case ']':
	case '}':
		return step_out(s);
	default:
		return NO_MARK;
	}
}

static bool emit(struct items *s, items_fn *fn, void *ctx, struct err *err)
{
	AUTO(val_unref) struct val *item = NULL;

	if (!buf_check(&s->item, err) ||
	    !json_read(buf_str(&s->item), &item, err))
		return err_wrap(err, "item of a list");
	buf_clear(&s->item);
	return fn(ctx, item, err);
}

bool items_feed(struct items *s, struct str chunk, items_fn *fn, void *ctx,
		struct err *err)
{
	size_t from = 0; /* the bytes before are dealt with */

	for (size_t i = 0; i < chunk.n; i++) {
		switch (step(s, chunk.p[i])) {
		case NO_MARK:
			break;
		case ARRAY_BEGINS:
			buf_add(&s->rest, chunk.p + from, i - from);
			from = i;
			s->in_items = after_items_key(&s->rest);
			if (!s->in_items)
				break;
			buf_add_char(&s->rest, '[');
			break;
		case ARRAY_ENDS:
		case ITEM_BEGINS:
			from = i; /* the commas before are of no use */
			break;
		case ITEM_ENDS:
			buf_add(&s->item, chunk.p + from, i + 1 - from);
			from = i + 1;
			if (!emit(s, fn, ctx, err))
				return false;
			break;
		}
	}
	if (!s->in_items)
		buf_add(&s->rest, chunk.p + from, chunk.n - from);
	else if (s->depth > 2)
		buf_add(&s->item, chunk.p + from, chunk.n - from);
	if (!buf_check(&s->item, err))
		return err_wrap(err, "item of a list");
	return true;
}

bool items_end(struct items *s, struct val **out, struct err *err)
{
	AUTO(val_unref) struct val *list = NULL;

	if (!buf_check(&s->rest, err) ||
	    !json_read(buf_str(&s->rest), &list, err))
		return err_wrap(err, "list");
	if (!val_is(list, VAL_MAP))
		return err_set(err, ERR_INVALID, "list: not a JSON object");
	*out = TAKE(list);
	return true;
}
