/* What the parts of base/metric.h share. */
#ifndef BASE_METRIC_PARTS_H
#define BASE_METRIC_PARTS_H

#include "base/buf.h"

/** The two lines before the samples of a name. */
void metric_head(const char *name, const char *type, const char *help,
		 struct buf *out);

/** Appends what there is of each controller. */
void metric_write_controllers(struct buf *out);

#endif
