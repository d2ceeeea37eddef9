/* The options of operators that share the work: which Lease one needs, and
 * which part is its. */
#ifndef CLI_LEASE_OPTIONS_H
#define CLI_LEASE_OPTIONS_H

#include "cli/options.h"
#include "controller/manager.h"

struct lease_options {
	bool elect;
	const char *id, *ns, *shard; /* NULL: not given */
};

/* The rows of a table of options that fill the struct. */
#define LEASE_OPTIONS(o)                                                         \
	{ "--leader-elect", OPTION_FLAG, &(o)->elect, NULL,                      \
	  "only one of several operators works, the others wait for its "        \
	  "Lease (default: this one works)" },                                   \
		{ "--enable-leader-election", OPTION_FLAG, &(o)->elect, NULL,    \
		  "the same under its old name" },                               \
		{ "--shard", OPTION_TEXT, &(o)->shard, "I/N",                    \
		  "share the work among N operators, of which this is number "   \
		  "I, from 0 on (default: this one does all)" },                 \
		{ "--leader-election-id", OPTION_TEXT, &(o)->id, "NAME",         \
		  "of the Lease (default: $OPERATOR_NAME, deprecated, or "       \
		  "devmachine-operator)" },                                      \
	{                                                                        \
		"--leader-election-namespace", OPTION_TEXT, &(o)->ns,            \
			"NAMESPACE",                                             \
			"of the Lease (default: the pod's, or the kubeconfig's)" \
	}

/**
 * Says to the manager which shard it is and which Lease it needs: each shard has
 * its own, with its number behind the name.
 *
 * @param config         borrowed by *out, as the options and *name are
 * @param operator_name  $OPERATOR_NAME, or NULL
 * @param name           receives what the caller frees, or NULL
 * Errors: ERR_INVALID for a name that no Lease can have, and for no shard
 */
MUST_USE bool lease_options_apply(const struct lease_options *o,
				  const struct kube_config *config,
				  const char *operator_name,
				  struct manager_options *out, char **name,
				  struct err *err);

#endif
