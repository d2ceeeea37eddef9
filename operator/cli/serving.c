#include "cli/serving.h"

#include "base/alloc.h"

struct serving {
	struct server *probes, *metrics;
	struct guard *guard;
	struct serve_guard asked;
};

const char *serving_misuse(const struct serving_options *o)
{
	if (o->guarded && !o->secure)
		return "--metrics-require-rbac needs --metrics-secure: a token "
		       "must not be sent in the clear";
	return NULL;
}

bool serving_start(const struct serving_options *o,
		   const struct serve_probes *probes,
		   const struct kube_config *config, struct serving **out,
		   struct err *err)
{
	struct serving *s = NEW(struct serving);

	if (o->guarded) {
		s->guard = guard_new(config);
		s->asked = guard_for_server(s->guard);
	}
	const struct serve_options of_probes = { .address = o->probe_address,
						 .probes = probes };
	const struct serve_options of_metrics = {
		.address = o->metrics_address,
		.guard = o->guarded ? &s->asked : NULL,
		.secure = o->secure,
	};
	if (server_start(&of_probes, &s->probes, err) &&
	    server_start(&of_metrics, &s->metrics, err)) {
		*out = s;
		return true;
	}
	serving_stop(s);
	return false;
}

void serving_stop(struct serving *s)
{
	if (!s)
		return;
	server_stop(s->probes);
	server_stop(s->metrics);
	guard_free(s->guard);
	free(s);
}
