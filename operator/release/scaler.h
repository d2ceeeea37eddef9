/*
 * Who decides how many replicas a workload has. Pure.
 */
#ifndef RELEASE_SCALER_H
#define RELEASE_SCALER_H

#include "release/drift.h"
#include "release/plan.h"

/**
 * An autoscaler does when a HorizontalPodAutoscaler of the same release names
 * the workload, or its controller has written the live one's scale. It leaves
 * alone what is to have no replicas (HPA: inactive at zero).
 *
 * @param items  of the release
 */
enum drift_scaler scaler_of(const struct val *want, const struct val *live,
			    const struct plan_item *items, size_t count);

#endif
