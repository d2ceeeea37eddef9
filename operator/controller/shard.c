#include "controller/shard.h"

bool shard_parse(struct str text, struct shard *out, struct err *err)
{
	struct str head, tail;
	uint64_t number, count;

	if (!str_split(text, '/', &head, &tail) ||
	    !str_number(head, SHARD_MOST, &number) ||
	    !str_number(tail, SHARD_MOST, &count))
		return err_set(err, ERR_INVALID,
			       "a shard is i/n, such as 0/3, 1/3 and 2/3, with "
			       "at most %d, not \"" STR_FMT "\"",
			       SHARD_MOST, STR_ARG(text));
	if (number >= count)
		return err_set(err, ERR_INVALID,
			       "shard " STR_FMT ": shards count from 0, so "
			       "the first number is less than the second",
			       STR_ARG(text));
	*out = (struct shard){ (unsigned)number, (unsigned)count };
	return true;
}

static uint64_t hash(struct str text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * 0x100000001b3u;
	return h;
}

bool shard_has(const struct shard *shard, struct str uid)
{
	return shard->count < 2 || hash(uid) % shard->count == shard->number;
}
