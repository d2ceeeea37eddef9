#include "kube/lines.h"

void lines_init(struct lines *l, size_t max_line)
{
	l->tail = BUF_INIT(max_line);
}

void lines_done(struct lines *l)
{
	buf_free(&l->tail);
}

bool lines_feed(struct lines *l, struct str chunk, lines_fn *fn, void *ctx,
		struct err *err)
{
	while (chunk.n > 0) {
		struct str line, rest;
		bool ended = str_split(chunk, '\n', &line, &rest);

		chunk = rest;
		/* A line that is whole in this chunk is handed on as it lies
		 * there; only a longer or a cut one is copied. */
		if (!ended || l->tail.len > 0 || line.n > l->tail.max) {
			buf_add_str(&l->tail, line);
			if (!buf_check(&l->tail, err))
				return err_wrap(err, "stream line");
			line = buf_str(&l->tail);
		}
		if (!ended)
			break;
		if (line.n && !fn(ctx, line, err))
			return false;
		buf_clear(&l->tail);
	}
	return true;
}
