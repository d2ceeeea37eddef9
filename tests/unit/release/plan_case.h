/*
 * Inputs of plans from YAML, and plans as lists of words. A case names objects
 * by id; kind and metadata of an object follow from it.
 */
#ifndef TESTS_UNIT_RELEASE_PLAN_CASE_H
#define TESTS_UNIT_RELEASE_PLAN_CASE_H

#include "base/vec.h"
#include "release/plan.h"

struct plan_case {
	struct plan_input in;
	VEC(struct plan_item) want;
	VEC(struct plan_item) old;
	VEC(struct plan_item) noted;
	VEC(struct plan_record) records;
	VEC(struct plan_live) live;
	struct val_list owned; /* what the input borrows */
};

/** Fills a zeroed case; input must outlive it. */
void plan_case_read(const struct val *input, struct plan_case *out);
void plan_case_done(struct plan_case *c);

/** The object of an id, with extra laid over it. New reference. */
struct val *plan_case_object(const char *id, const struct val *extra);

/** The kind in an id. The caller frees it. */
char *plan_case_kind(const char *id);

/** "create apps/Deployment/ns/x", "record pending 1". The caller frees it. */
char *plan_case_step(const struct step *s);

enum record_status plan_case_status(const char *text);

#endif
