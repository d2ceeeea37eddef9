/*
 * What the status of a custom resource tells of the objects of its release,
 * so that a restart compares without reading them. Pure.
 *
 * status.release.objects is a list of maps, ordered by id:
 *   apiVersion kind namespace name uid
 *   digest  the object's, when it was as it should be (release/live.h)
 *   drift   what has been different since, in words, where drift is told and
 *           not mended
 * An entry without digest is of an object that has to be compared; one without
 * uid is of an object that is missing.
 *
 * During a pass it is a map from id (controller/summary.h) to such entries.
 */
#ifndef CONTROLLER_INVENTORY_H
#define CONTROLLER_INVENTORY_H

#include "data/val.h"

struct plan_live;

/** From status.release.objects; anything malformed is left out. */
MUST_USE struct val *inventory_read(const struct val *list);

/**
 * A new entry in the place of that of the same object.
 *
 * @param object  anything with metadata.namespace, name and, if it is there,
 *                uid
 * @param digest  NULL: not known to be as it should be
 * @param drift   NULL: none
 */
void inventory_note(struct val **inventory, const char *api_version,
		    const char *kind, const struct val *object,
		    const char *digest, const char *drift);

/** An entry without digest for an object that has none of its uid yet. */
void inventory_note_live(struct val **inventory, const char *api_version,
			 const struct plan_live *live);

/** Whether an object is as it was when it was noted. */
bool inventory_knows(const struct val *inventory, const char *id,
		     const char *uid, const char *digest);

/** What is told of an object's drift; "" for none. */
const char *inventory_drift(const struct val *inventory, const char *id);

/** As a list, in the order of the ids. */
MUST_USE struct val *inventory_list(const struct val *inventory);

#endif
