/*
 * What a chart rendered to: the objects, in the order of the templates, and
 * apart from them its hooks.
 *
 * Every object has an apiVersion, a kind and a metadata.name, all texts, and
 * no two are the same object. Lists (kind List, or a kind ending in List with
 * items) are taken apart. Hooks may be the same object where they run at
 * different events.
 */
#ifndef CHART_MANIFEST_H
#define CHART_MANIFEST_H

#include "base/buf.h"
#include "base/vec.h"
#include "chart/hook.h"
#include "data/val.h"

struct manifest_object {
	struct val *object;
	char *source; /* "devmachine/templates/service.yaml"; "" unknown */
	/* Borrowed from the object. */
	const char *api_version;
	const char *kind;
	const char *namespace; /* metadata.namespace; "" when not given */
	const char *name;
};

/* An object that is run at events, and is no part of the release. */
struct manifest_hook {
	struct manifest_object object;
	struct hook_rules rules;
};

struct manifest {
	struct manifest_object *items;
	size_t count, cap;
	struct {
		VEC(struct manifest_hook);
	} hooks;
	/* Left out, as Helm does, for an event that there is not. */
	struct {
		VEC(struct manifest_object);
	} skipped;
};

/**
 * Adds an object, or the objects of a list, to m, hooks like any other.
 *
 * @param source     path to print; copied
 * @param namespace  where objects without a namespace go: two objects are the
 *                   same also when only one of them names it
 *
 * Errors: ERR_INVALID for what is no object, and for an object that m has
 *         already. The message starts with what is wrong, not with a place.
 *         ERR_LIMIT beyond LIMIT_RELEASE_OBJECTS.
 */
MUST_USE bool manifest_add(struct manifest *m, const struct val *object,
			   const char *source, const char *namespace,
			   struct err *err);

/**
 * The same, with hooks put where they belong. A list is no hook, but its items
 * may be.
 *
 * Errors: as above; also ERR_LIMIT beyond LIMIT_HOOKS.
 */
MUST_USE bool manifest_add_rendered(struct manifest *m,
				    const struct val *object,
				    const char *source, const char *namespace,
				    struct err *err);

/** The object; NULL when there is none. namespace is compared as written. */
const struct manifest_object *manifest_find(const struct manifest *m,
					    const char *api_version,
					    const char *kind,
					    const char *namespace,
					    const char *name);

/** Appends the manifest as Helm writes it, "---\n# Source: …\n<YAML>",
 * without hooks. */
void manifest_text(const struct manifest *m, struct buf *out);

/** The same of one object. */
void manifest_object_text(const struct manifest_object *o, struct buf *out);

/**
 * Reads what manifest_text() or Helm wrote. The caller frees *out.
 *
 * Errors: ERR_INVALID as for manifest_add(), and for text that is no YAML.
 */
MUST_USE bool manifest_read(struct str text, const char *namespace,
			    struct manifest **out, struct err *err);

/** Frees what an object of a manifest holds. */
void manifest_object_done(struct manifest_object *o);

/** NULL is allowed. */
void manifest_free(struct manifest *m);
DEFINE_AUTO(struct manifest *, manifest_free)

#endif
