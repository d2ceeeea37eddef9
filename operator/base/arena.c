#include "base/arena.h"

#include "base/alloc.h"

#include <stdint.h>

enum { ALIGN = 8, CHUNK_MIN = 1024, CHUNK_MAX = 64 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	char bytes[];
};
_Static_assert(offsetof(struct arena_chunk, bytes) % ALIGN == 0, "aligned");

/* A chunk with room for n bytes. What is left of the last one is lost. */
static void add_chunk(struct arena *a, size_t n)
{
	size_t bytes = a->next < CHUNK_MIN   ? CHUNK_MIN
		       : a->next > CHUNK_MAX ? CHUNK_MAX
					     : a->next;

	if (bytes < n)
		bytes = n;
	struct arena_chunk *chunk =
		alloc_resize(NULL, 1, sizeof(*chunk) + bytes);
	chunk->next = a->chunks;
	a->chunks = chunk;
	a->at = chunk->bytes;
	a->left = bytes;
}

void *arena_take(struct arena *a, size_t n)
{
	if (n > PTRDIFF_MAX - ALIGN)
		abort();
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (!a->at || n > a->left)
		add_chunk(a, n);
	void *p = a->at;
	a->at += n;
	a->left -= n;
	return p;
}

void arena_done(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	*a = arena_of(a->next);
}
