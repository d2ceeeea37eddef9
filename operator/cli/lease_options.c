#include "cli/lease_options.h"

#include "base/alloc.h"
#include "base/log.h"

static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A DNS subdomain (RFC 1123), which names of Leases are. */
static bool is_name(const char *text)
{
	const size_t most = 253;
	size_t n = strlen(text);
	char before = '.';

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (!is_of_name(c) && (c != '-' || before == '.') &&
		    (c != '.' || !is_of_name(before)))
			return false;
		before = c;
	}
	return n > 0 && n <= most && is_of_name(before);
}

static bool check(const char *option, const char *value, struct err *err)
{
	return is_name(value) ||
	       err_set(err, ERR_INVALID,
		       "%s: \"%s\" is no name: lower-case letters, digits, "
		       "\"-\" and \".\"",
		       option, value);
}

/* The name, of which each shard has its own. The caller frees it. */
static char *name_of(const char *name, const struct shard *shard)
{
	return shard->count ? alloc_print("%s-%u", name, shard->number)
			    : alloc_copy(name);
}

static bool apply_lease(const struct lease_options *o,
			const struct kube_config *config,
			const char *operator_name, struct manager_options *out,
			char **name, struct err *err)
{
	const char *id = o->id, *said_by = "--leader-election-id";
	const char *ns = o->ns ? o->ns : config->ns;

	if (!id && operator_name && *operator_name) {
		id = operator_name;
		said_by = "OPERATOR_NAME";
		log_warn("OPERATOR_NAME is deprecated: name the Lease by "
			 "--leader-election-id",
			 S("name", id));
	}
	if (!id)
		id = "devmachine-operator";
	if (!check(said_by, id, err) ||
	    !check("--leader-election-namespace", ns, err))
		return false;
	*name = name_of(id, &out->shard);
	out->lease_name = *name;
	out->lease_ns = ns;
	return true;
}

bool lease_options_apply(const struct lease_options *o,
			 const struct kube_config *config,
			 const char *operator_name, struct manager_options *out,
			 char **name, struct err *err)
{
	if (o->shard && !shard_parse(str_of(o->shard), &out->shard, err))
		return err_wrap(err, "--shard");
	return !o->elect ||
	       apply_lease(o, config, operator_name, out, name, err);
}
