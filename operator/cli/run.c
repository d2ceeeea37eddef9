#include "base/log.h"
#include "base/metric.h"
#include "cli/lease_options.h"
#include "cli/log_options.h"
#include "cli/operation.h"
#include "cli/serving.h"
#include "cli/stop.h"
#include "cli/usage.h"
#include "kube/client.h"
#include "kube/http.h"

#include <unistd.h>

struct run_options {
	struct usage_cluster cluster;
	struct lease_options lease;
	struct serving_options serving;
	struct log_options log;
	bool suppress; /* accepted, of no effect */
	unsigned workers;
	int64_t period_ms;
};

static bool read_namespaces(struct namespaces *out, struct err *err)
{
	return namespaces_read(getenv("WATCH_NAMESPACE"), out, err) ||
	       err_wrap(err, "WATCH_NAMESPACE");
}

static bool serve(const struct run_options *o, struct operation *operation,
		  const struct kube_config *config, struct watches *take,
		  struct err *err)
{
	const struct serve_probes probes = {
		operation_is_healthy,
		operation_is_ready,
		operation,
	};
	AUTO(serving_stop) struct serving *serving = NULL;

	if (serving_start(&o->serving, &probes, config, &serving, err))
		return operation_run(operation, take, err);
	watches_free(take);
	return false;
}

static bool operate(const struct run_options *o, struct err *err)
{
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO_NAMESPACES namespaces = { 0 };
	struct manager_options options = {
		.namespaces = &namespaces,
		.workers = o->workers,
		.period_ms = o->period_ms,
		.lost = stop_now,
	};
	struct operation operation;
	struct watches *watches = NULL;
	AUTO_FREE char *lease_name = NULL;
	char host[256] = "devmachine-operator";

	gethostname(host, sizeof(host) - 1);
	stop_prepare();
	if (!read_namespaces(&namespaces, err) ||
	    !kube_config_load(o->cluster.kubeconfig, o->cluster.context,
			      &config, err) ||
	    !lease_options_apply(&o->lease, config, getenv("OPERATOR_NAME"),
				 &options, &lease_name, err))
		return false;
	options.config = config;
	options.identity = host;
	operation_init(&operation, o->cluster.watches_file, &options);
	bool ok = operation_read(&operation, &watches, err);
	if (ok) {
		log_info("starting", S("server", config->server),
			 S("config", config->source),
			 N("kinds", watches->count), N("workers", o->workers),
			 N("namespaces", namespaces.count));
		ok = serve(o, &operation, config, watches, err);
	}
	operation_done(&operation);
	return ok;
}

#ifdef FAULT_HOOK
static void setup_fault(void)
{
	struct str text = str_of(getenv("DEVMACHINE_FAULT_AFTER"));
	uint64_t n;

	if (str_number(text, UINT32_MAX, &n))
		kube_fault_after((unsigned)n);
}
#else
static void setup_fault(void)
{
}
#endif

int command_run(char **argv)
{
	struct run_options o = {
		.cluster = USAGE_CLUSTER,
		.serving = SERVING_DEFAULTS,
		.workers = 4,
		.period_ms = 3600000,
	};
	const struct option table[] = {
		USAGE_CLUSTER_OPTIONS(&o.cluster),
		{ "--reconcile-period", OPTION_PERIOD, &o.period_ms, "DURATION",
		  "look at every resource this often, less or more a tenth "
		  "(default 1h); changes are seen at once anyway" },
		{ "--max-concurrent-reconciles", OPTION_NUMBER, &o.workers, "N",
		  "resources handled at the same time (default 4)" },
		LEASE_OPTIONS(&o.lease),
		SERVING_OPTIONS(&o.serving),
		LOG_OPTIONS(&o.log),
		{ "--suppress-override-values", OPTION_FLAG, &o.suppress, NULL,
		  "accepted; values are never shown anyway" },
	};
	const struct usage usage = {
		.command = "run",
		.synopsis = "[OPTIONS]",
		.help = "Runs the operator until SIGTERM. SIGHUP reads "
			"watches.yaml and the charts again.\nEnvironment: "
			"WATCH_NAMESPACE, the namespaces to watch, with commas "
			"(empty: all);\nKUBECONFIG.",
		.options = table,
		.count = ARRAY_LEN(table),
	};
	struct option_list operands = { 0 };
	AUTO_ERR err = ERR_INIT;
	int code;

	if (!usage_read(&usage, argv, &operands, &code))
		return code;
	if (serving_misuse(&o.serving))
		return usage_misuse("run", serving_misuse(&o.serving));
	if (!log_options_apply(&o.log, &err))
		return usage_fail("run", &err);
	metric_setup_build(version_text(), version_commit());
	http_start();
	setup_fault();
	bool ok = operate(&o, &err);
	http_stop();
	return ok ? EXIT_DONE : usage_fail("run", &err);
}
