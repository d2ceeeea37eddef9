/*
 * What an operator of watches.yaml has to be allowed, as rules of RBAC. Pure.
 *
 * The kinds that a chart renders are read off its templates' own text: an
 * apiVersion and a kind at the start of a line. Values cannot add kinds to
 * what is found so, since both must be literal for the role to be least.
 */
#ifndef CLI_RIGHTS_H
#define CLI_RIGHTS_H

#include "base/vec.h"
#include "controller/watches.h"

/* Verbs on one resource. */
struct right {
	char *group, *resource; /* owned */
	char *name;             /* the only object, or NULL: any */
	const char *const *verbs;
	bool of_cluster; /* the resource has no namespaces */
};

struct rights {
	VEC(struct right);
	struct val_list granted; /* rules that rendered roles give to others */
};

/** What every operator needs: records, pods, events, quotas. */
void rights_add_own(struct rights *r);

/** For --metrics-require-rbac: whose a token is, and what they may. */
void rights_add_reviews(struct rights *r);

/**
 * What one entry needs: for its custom resources and templates, and for what
 * the chart makes. Where that is written as a service account, it is the
 * account that needs it, and the operator only reads.
 *
 * @param account  receives what entry->service_account needs
 * Errors: ERR_INVALID "templates/x.yaml:3:1: …" for a kind that is not
 *         literal.
 */
MUST_USE bool rights_add_entry(struct rights *operator, struct rights * account,
			       const struct watch_entry *entry,
			       struct err *err);

/** Sorts by group and resource. */
void rights_sort(struct rights *r);

/**
 * The rules: those of resources of the cluster, of others, or both. A list,
 * which the caller drops.
 */
enum rights_scope { RIGHTS_ALL, RIGHTS_OF_CLUSTER, RIGHTS_OF_NAMESPACES };
MUST_USE struct val *rights_rules(const struct rights *r,
				  enum rights_scope scope);

void rights_done(struct rights *r);

#endif
