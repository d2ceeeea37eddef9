#include "controller/packed.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/limits.h"
#include "data/gzip.h"

#include <stdatomic.h>

/* Below that there is little to gain. */
enum { LONG_BYTES = 512 };

struct packed {
	atomic_uint refs;
	bool squeezed;
	uint32_t size;
	char bytes[];
};

static struct packed *make(struct str bytes, bool squeezed)
{
	struct packed *p = alloc_zero(sizeof(*p) + bytes.n);

	atomic_init(&p->refs, 1);
	p->squeezed = squeezed;
	p->size = (uint32_t)bytes.n;
	if (bytes.n)
		memcpy(p->bytes, bytes.p, bytes.n);
	return p;
}

struct packed *packed_new(struct str text)
{
	AUTO_BUF space = BUF_INIT(LIMIT_OBJECT_BYTES);
	AUTO_ERR err = ERR_INIT;

	/* What does not get shorter stays as it is. */
	if (text.n >= LONG_BYTES && gzip_deflate(text, &space, &err) &&
	    space.len < text.n)
		return make(buf_str(&space), true);
	return make(text, false);
}

struct packed *packed_ref(struct packed *p)
{
	atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
	return p;
}

void packed_unref(struct packed *p)
{
	if (p &&
	    atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) == 1)
		free(p);
}

struct val *packed_read(const struct packed *p)
{
	struct str bytes = str_cut(p->bytes, p->size);
	AUTO_BUF space = BUF_INIT(LIMIT_OBJECT_BYTES);
	AUTO_ERR err = ERR_INIT;

	if (!p->squeezed)
		return val_new_text(bytes);
	/* It was made by us: it cannot be damaged. */
	if (!gzip_inflate(bytes, &space, &err))
		return val_new_textz("");
	return val_new_text(buf_str(&space));
}

bool packed_equal(const struct packed *a, const struct packed *b)
{
	return a->squeezed == b->squeezed &&
	       str_equal(str_cut(a->bytes, a->size),
			 str_cut(b->bytes, b->size));
}
