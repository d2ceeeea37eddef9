/* The options of leader election: which Lease, if any. */
#ifndef CLI_LEASE_OPTIONS_H
#define CLI_LEASE_OPTIONS_H

#include "cli/options.h"
#include "controller/manager.h"

struct lease_options {
	bool elect;
	const char *id, *ns; /* NULL: not given */
};

/* The rows of a table of options that fill the struct. */
#define LEASE_OPTIONS(o)                                                         \
	{ "--leader-elect", OPTION_FLAG, &(o)->elect, NULL,                      \
	  "only one of several operators works, the others wait for its "        \
	  "Lease (default: this one works)" },                                   \
		{ "--leader-election-id", OPTION_TEXT, &(o)->id, "NAME",         \
		  "of the Lease (default: $OPERATOR_NAME, deprecated, or "       \
		  "devmachine-operator)" },                                      \
	{                                                                        \
		"--leader-election-namespace", OPTION_TEXT, &(o)->ns,            \
			"NAMESPACE",                                             \
			"of the Lease (default: the pod's, or the kubeconfig's)" \
	}

/**
 * Says to the manager which Lease it is.
 *
 * @param config         borrowed by *out, as the options are
 * @param operator_name  $OPERATOR_NAME, or NULL
 * Errors: ERR_INVALID for a name that no Lease can have
 */
MUST_USE bool lease_options_apply(const struct lease_options *o,
				  const struct kube_config *config,
				  const char *operator_name,
				  struct manager_options *out, struct err *err);

#endif
