#include "controller/key.h"

#include "base/alloc.h"

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
	size_t n = 0;

	if (!str_split(str_of(key), '/', &number, &rest) || number.n == 0 ||
	    number.n > 6)
		return false;
	for (size_t i = 0; i < number.n; i++) {
		if (number.p[i] < '0' || number.p[i] > '9')
			return false;
		n = n * 10 + (size_t)(number.p[i] - '0');
	}
	if (!str_split(rest, '/', namespace, name))
		return false;
	*entry = n;
	return true;
}
