/* Who decides how many replicas a workload has. */
#include "release/scaler.h"

#include "unit/release/given.h"
#include "unit/rows.h"

#define WEB                                                              \
	"kind: Deployment, metadata: {name: web, namespace: ns}, spec: " \
	"{replicas: 2}"
#define SCALER(kind, name, ns)                                               \
	"{kind: HorizontalPodAutoscaler, metadata: {name: s, namespace: " ns \
	"}, spec: {scaleTargetRef: {kind: " kind ", name: " name "}}}"
#define WRITTEN(manager, subresource)                                     \
	"{metadata: {managedFields: [{manager: helm}, {manager: " manager \
	", subresource: " subresource "}]}}"

static const struct row {
	const char *name, *want, *live, *other;
	enum drift_scaler scaler;
} rows[] = {
	{ "nobody", "{" WEB "}", "{}", "{kind: Service}", DRIFT_SCALER_NONE },
	{ "its autoscaler", "{" WEB "}", "{}",
	  SCALER("Deployment", "web", "ns"), DRIFT_SCALER_AUTO },
	{ "another's autoscaler", "{" WEB "}", "{}",
	  SCALER("Deployment", "other", "ns"), DRIFT_SCALER_NONE },
	{ "another kind's autoscaler", "{" WEB "}", "{}",
	  SCALER("StatefulSet", "web", "ns"), DRIFT_SCALER_NONE },
	{ "an autoscaler elsewhere", "{" WEB "}", "{}",
	  SCALER("Deployment", "web", "other"), DRIFT_SCALER_NONE },
	{ "an autoscaler that nobody rendered", "{" WEB "}",
	  WRITTEN("kube-controller-manager", "scale"), "{}",
	  DRIFT_SCALER_AUTO },
	{ "its controller", "{" WEB "}",
	  WRITTEN("kube-controller-manager", "status"), "{}",
	  DRIFT_SCALER_NONE },
	{ "a person", "{" WEB "}", WRITTEN("kubectl", "scale"), "{}",
	  DRIFT_SCALER_NONE },
	{ "an autoscaler of what is stopped",
	  "{kind: Deployment, metadata: {name: web, namespace: ns}, spec: "
	  "{replicas: 0}}",
	  WRITTEN("kube-controller-manager", "scale"),
	  SCALER("Deployment", "web", "ns"), DRIFT_SCALER_NONE },
};

static void is_of(void **state)
{
	const struct row *row = *state;
	AUTO(val_unref) struct val *want = given(row->want);
	AUTO(val_unref) struct val *live = given(row->live);
	AUTO(val_unref) struct val *other = given(row->other);
	const struct plan_item items[] = { { "/a", want }, { "/b", other } };

	assert_int_equal(scaler_of(want, live, items, ARRAY_LEN(items)),
			 row->scaler);
}

int main(void)
{
	return ROWS_RUN("scaler", rows, is_of);
}
