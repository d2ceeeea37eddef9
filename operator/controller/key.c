#include "controller/key.h"

#include "base/alloc.h"

enum { MAX_ENTRY = 999999 };

char *key_print(size_t entry, const char *namespace, const char *name)
{
	return alloc_print("%zu/%s/%s", entry, namespace, name);
}

const char *key_object(const char *key)
{
	const char *slash = strchr(key, '/');

	return slash ? slash + 1 : key;
}

bool key_parse(const char *key, size_t *entry, struct str *namespace,
	       struct str *name)
{
	struct str number, rest;
	uint64_t n;

	if (!str_split(str_of(key), '/', &number, &rest) ||
	    !str_number(number, MAX_ENTRY, &n) ||
	    !str_split(rest, '/', namespace, name))
		return false;
	*entry = n;
	return true;
}

size_t key_entry(const char *key)
{
	struct str ns, name;
	size_t entry;

	return key_parse(key, &entry, &ns, &name) ? entry : 0;
}
