/*
 * Label selectors as in metav1.LabelSelector: which custom resources an entry
 * of watches.yaml is about. Rules of apimachinery's labels package
 * (pkg/labels/selector.go, 0.36). Pure.
 */
#ifndef CONTROLLER_SELECTOR_H
#define CONTROLLER_SELECTOR_H

#include "base/err.h"
#include "data/val.h"

/**
 * Checks a selector and writes it as the query parameter labelSelector of a
 * list: "app=web,tier in (a,b),!old". The caller frees *out; "" selects all.
 *
 * @param where  set to the JSON pointer of what is wrong, within the selector;
 *               the caller frees it
 * Errors: ERR_INVALID.
 */
MUST_USE bool selector_text(const struct val *selector, char **out,
			    char **where, struct err *err);

/**
 * Whether it selects an object with these labels (NULL: none). A selector that
 * selector_text() has accepted, or NULL, which selects all.
 */
bool selector_matches(const struct val *selector, const struct val *labels);

#endif
