/*
 * The rules of lint: identifier, name behind a finding, how bad it is, and how
 * to mend it.
 */
#ifndef CHART_LINT_RULES_H
#define CHART_LINT_RULES_H

#include "chart/hook.h"

enum lint_severity { LINT_INFO, LINT_WARNING, LINT_ERROR };

#define LINT_RULES(X)                                                          \
	X(CHART_FILE, "chart-file", ERROR, "correct the file")                 \
	X(CHART_YAML, "chart-yaml", ERROR, "correct Chart.yaml")               \
	X(CHART_KEY, "chart-key", WARNING,                                     \
	  "remove it, or write it as Helm's Chart.yaml has it")                \
	X(CHART_DESCRIPTION, "chart-description", INFO,                        \
	  "add a description: one sentence that helm search shows")            \
	X(CHART_ICON, "chart-icon", INFO,                                      \
	  "add icon: the URL of a picture, or remove home, sources and "       \
	  "maintainers")                                                       \
	X(DEPENDENCY, "dependency", ERROR,                                     \
	  "put the chart into charts/, unpacked or as .tgz, or correct the "   \
	  "dependency")                                                        \
	X(RAW_ANNOTATION, "raw-annotation", ERROR,                             \
	  "name templates of the chart by their paths, or remove the "         \
	  "annotation")                                                        \
	X(TEMPLATE_SYNTAX, "template-syntax", ERROR, "correct the tag")        \
	X(RAW_INSERTION, "raw-insertion", ERROR,                               \
	  "write {{x}}, or list the template in the annotation "               \
	  "ide.example.com/raw-templates of Chart.yaml")                       \
	X(MISSING_PARTIAL, "missing-partial", ERROR,                           \
	  "add templates/_NAME.mustache, or correct the name")                 \
	X(UNUSED_PARTIAL, "unused-partial", WARNING,                           \
	  "remove the file, or include it with {{> NAME}}")                    \
	X(YAML_SYNTAX, "yaml-syntax", ERROR,                                   \
	  "correct the YAML around this place")                                \
	X(RENDER, "render", ERROR, "correct the template or the values")       \
	X(MISSING_VALUE, "missing-value", ERROR,                               \
	  "add it to values.yaml, or write {{x?}} or {{#default}} where it "   \
	  "may be missing")                                                    \
	X(UNUSED_VALUE, "unused-value", WARNING,                               \
	  "remove it from values.yaml, or use it")                             \
	X(MISSING_BLANK, "missing-blank", ERROR,                               \
	  "put a blank behind the colon")                                      \
	X(GLUED_ITEM, "glued-item", WARNING,                                   \
	  "put a blank behind the dash, or quote the whole text")              \
	X(GLUED_COMMENT, "glued-comment", WARNING,                             \
	  "put a blank in front of # for a comment, or quote the whole text")  \
	X(NEEDLESS_INDENT, "needless-indent", WARNING,                         \
	  "insert the value alone: key: {{x}}")                                \
	X(NEEDLESS_YAML, "needless-yaml", WARNING,                             \
	  "insert the value alone, it keeps its type: key: {{x}}")             \
	X(TAB, "tab", ERROR, "indent with blanks")                             \
	X(LAST_SEPARATOR, "last-separator", INFO,                              \
	  "remove it: nothing follows")                                        \
	X(NO_OBJECT, "no-object", ERROR,                                       \
	  "every document needs apiVersion, kind and metadata.name")           \
	X(DUPLICATE_OBJECT, "duplicate-object", ERROR,                         \
	  "give one of them another name, or remove it")                       \
	X(UNKNOWN_FIELD, "unknown-field", ERROR,                               \
	  "correct the name: the API server refuses what it does not know")    \
	X(REMOVED_API, "removed-api", ERROR, "use the newer apiVersion")       \
	X(DEPRECATED_API, "deprecated-api", WARNING,                           \
	  "use the newer apiVersion")                                          \
	X(SELECTOR, "selector", ERROR,                                         \
	  "put every label of spec.selector into the labels of the pod's "     \
	  "template")                                                          \
	X(SERVICE_SELECTOR, "service-selector", WARNING,                       \
	  "select labels that the pods of this chart have")                    \
	X(VOLUME, "volume", ERROR,                                             \
	  "add a volume of that name, or correct the name")                    \
	X(MISSING_OBJECT, "missing-object", WARNING,                           \
	  "render that object, correct the name, or set optional: true")       \
	X(DUPLICATE_NAME, "duplicate-name", ERROR,                             \
	  "names must differ: rename one of them")                             \
	X(DUPLICATE_ENV, "duplicate-env", WARNING,                             \
	  "remove one of them: the last one wins")                             \
	X(NAMESPACE, "namespace", WARNING,                                     \
	  "remove it, or write {{Release.Namespace}}: objects go where the "   \
	  "release is")                                                        \
	X(OBJECT_NAME, "object-name", ERROR,                                   \
	  "use small letters, digits and -, at most 63 characters; "           \
	  "{{#dns1123}} makes such a name")                                    \
	X(LABEL, "label", ERROR,                                               \
	  "use letters, digits, -, _ and . in at most 63 characters")          \
	X(STRING_WANTED, "string-wanted", ERROR,                               \
	  "put it in quotes: \"{{x}}\"")                                       \
	X(IMAGE_TAG, "image-tag", WARNING,                                     \
	  "name a version or a digest, so that a restart runs the same image") \
	X(HOOK_EVENT, "hook-event", ERROR,                                     \
	  "name events that there are: pre-install post-install pre-upgrade "  \
	  "post-upgrade pre-delete post-delete pre-rollback post-rollback "    \
	  "test; definitions belong into crds/")                               \
	X(HOOK_WEIGHT, "hook-weight", WARNING,                                 \
	  "write an integer in quotes: \"-5\"")                                \
	X(HOOK_POLICY, "hook-policy", WARNING,                                 \
	  "write before-hook-creation, hook-succeeded or hook-failed, with "   \
	  "commas")                                                            \
	X(HOOK_KEEP, "hook-keep", WARNING,                                     \
	  "remove the annotation, or leave it to " HOOK_ANNOTATION_DELETE      \
	  " when the object goes")                                             \
	X(HOOK_TTL, "hook-ttl", WARNING,                                       \
	  "remove it, and let " HOOK_ANNOTATION_DELETE " say hook-succeeded")  \
	X(NO_HOOK, "no-hook", WARNING,                                         \
	  "add the annotation " HOOK_ANNOTATION ", or remove this one")        \
	X(PRESET_KEY, "preset-key", WARNING,                                   \
	  "correct the key, or add it to values.yaml")                         \
	X(WATCHES, "watches", ERROR, "correct the file")                       \
	X(OVERRIDE_KEY, "override-key", WARNING,                               \
	  "correct the path, or add it to the chart's values.yaml")            \
	X(UNKNOWN_PRESET, "unknown-preset", ERROR,                             \
	  "name a file in presets/, without .yaml")                            \
	X(VALUES, "values", ERROR,                                             \
	  "correct the value, or what values.schema.json asks")                \
	X(SCHEMA_PROPERTY, "schema-property", INFO,                            \
	  "add it to values.yaml with its default, or remove it from the "     \
	  "schema")                                                            \
	X(STATUS, "status", ERROR, "correct status.yaml")                      \
	X(NOTES, "notes", ERROR, "correct NOTES.txt")

enum lint_rule {
#define X(id, name, severity, fix) LINT_RULE_##id,
	LINT_RULES(X)
#undef X
		LINT_RULE_COUNT
};

/** "error", "warning", "info". */
const char *lint_severity_text(enum lint_severity severity);

const char *lint_rule_name(enum lint_rule rule);
enum lint_severity lint_rule_severity(enum lint_rule rule);
const char *lint_rule_fix(enum lint_rule rule);

#endif
