#include "release/scaler.h"

/* Where kube-controller-manager runs the autoscalers. */
static const char scaling_manager[] = "kube-controller-manager";

static bool is_named(const struct val *want, const struct val *scaler)
{
	const struct val *target =
		val_get(val_get(scaler, "spec"), "scaleTargetRef");
	const struct val *meta = val_get(want, "metadata");
	const struct val *scaler_meta = val_get(scaler, "metadata");

	return strcmp(val_get_text(scaler, "kind"),
		      "HorizontalPodAutoscaler") == 0 &&
	       strcmp(val_get_text(target, "kind"),
		      val_get_text(want, "kind")) == 0 &&
	       strcmp(val_get_text(target, "name"),
		      val_get_text(meta, "name")) == 0 &&
	       strcmp(val_get_text(scaler_meta, "namespace"),
		      val_get_text(meta, "namespace")) == 0;
}

static bool has_scaled(const struct val *live)
{
	const struct val *entries =
		val_get(val_get(live, "metadata"), "managedFields");

	for (size_t i = 0; i < val_count(entries); i++) {
		const struct val *entry = val_at(entries, i);

		if (strcmp(val_get_text(entry, "subresource"), "scale") == 0 &&
		    strcmp(val_get_text(entry, "manager"), scaling_manager) ==
			    0)
			return true;
	}
	return false;
}

static bool has_none(const struct val *want)
{
	return str_is(val_str(val_get(val_get(want, "spec"), "replicas")), "0");
}

enum drift_scaler scaler_of(const struct val *want, const struct val *live,
			    const struct plan_item *items, size_t count)
{
	bool scaled = has_scaled(live);

	for (size_t i = 0; i < count && !scaled; i++)
		scaled = is_named(want, items[i].object);
	return scaled && !has_none(want) ? DRIFT_SCALER_AUTO
					 : DRIFT_SCALER_NONE;
}
