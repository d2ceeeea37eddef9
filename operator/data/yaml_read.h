/*
 * YAML to values, as Kubernetes reads it (scalar.h has the rules for scalars).
 *
 * Refused: duplicate keys, keys that are null, a list or a map, tags other
 * than YAML's own, .inf and .nan, anything beyond LIMIT_NESTING or, aliases
 * expanded, beyond LIMIT_YAML_NODES and, in texts that aliases repeat, beyond
 * LIMIT_YAML_REPEATED bytes; several documents together. Keys become strings. A merge key (<<)
 * adds the entries of a map, or of a list of maps, that the map lacks; they
 * stand behind its own.
 *
 * Errors of all functions: ERR_INVALID and ERR_LIMIT, "name:line:column: …".
 */
#ifndef DATA_YAML_READ_H
#define DATA_YAML_READ_H

#include "data/val.h"
#include "data/yaml.h"

/** Reads one document; a text that holds none is null. */
MUST_USE bool yaml_read(struct str text, const char *name, struct val **out,
			struct err *err);

/** Appends every document of a text that is not empty. */
MUST_USE bool yaml_read_all(struct str text, const char *name,
			    struct val_list *docs, struct err *err);

/*
 * Marks: where each value of a document stands, for errors in what a
 * configuration file means.
 */
struct yaml_marks;

/** As yaml_read(), and keeps where everything stood. */
MUST_USE bool yaml_read_marked(struct str text, const char *name,
			       struct val **out, struct yaml_marks **out_marks,
			       struct err *err);

/**
 * The place of the value at a JSON pointer ("/0/chart"), or of the nearest
 * value around it when there is none.
 */
void yaml_mark(const struct yaml_marks *m, const char *pointer,
	       unsigned *out_line, unsigned *out_column);

/**
 * Prefixes an error with the place of the value at a JSON pointer, which also
 * becomes its field. Always returns false.
 */
bool yaml_mark_wrap(const struct yaml_marks *m, const char *pointer,
		    struct err *err);

void yaml_marks_free(struct yaml_marks *m);
DEFINE_AUTO(struct yaml_marks *, yaml_marks_free)

/* From the tree of yaml.h. */

/**
 * The value of a scalar node: by its tag when it has one, else by its text
 * when that is plain, else a string. Its errors do not name the place.
 */
MUST_USE bool yaml_scalar(const struct yaml_node *node, struct val **out,
			  struct err *err);

/** The item of a list that a step of a JSON pointer ("2") names, or NULL. */
const struct yaml_node *yaml_item(const struct yaml_node *list,
				  struct str step);

/** The value of a node, aliases and merge keys resolved. */
MUST_USE bool yaml_value(const struct yaml_stream *s,
			 const struct yaml_node *node, struct val **out,
			 struct err *err);

/**
 * Gives the value of a scalar node, in place of yaml_scalar(): a new reference
 * of any type, or NULL to leave out the item or entry that it is the value of.
 * Also asked for keys. Its errors need not name the place.
 */
typedef bool yaml_scalar_fn(void *ctx, const struct yaml_node *node,
			    struct val **out, struct err *err);

/* What conversions that count as one have made so far. All zeros at first. */
struct yaml_spent {
	size_t nodes;
	size_t bytes; /* of texts that stand in the source once */
};

/**
 * Counts a value that takes the place of a scalar, with all that it holds.
 *
 * Errors: ERR_LIMIT beyond LIMIT_YAML_NODES and LIMIT_YAML_REPEATED; the
 *         message ends what the value's name begins.
 */
MUST_USE bool yaml_spend(struct yaml_spent *spent, const struct val *v,
			 struct err *err);

/**
 * As yaml_value(), with scalars from fn. What fn gives for a key is never a
 * merge key. Nodes are counted in *spent, but for what fn returns for one.
 */
MUST_USE bool yaml_value_with(const struct yaml_stream *s,
			      const struct yaml_node *node, yaml_scalar_fn *fn,
			      void *ctx, struct yaml_spent *spent,
			      struct val **out, struct err *err);

#endif
