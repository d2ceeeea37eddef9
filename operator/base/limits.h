/* Every limit in the program, each with its reason. Sizes are in bytes. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define LIMIT_KIB(n) ((size_t)1024 * (n))
#define LIMIT_MIB(n) ((size_t)1048576 * (n))

/* An object in etcd is at most 1.5 MiB; JSON may be twice its protobuf. */
#define LIMIT_OBJECT_BYTES LIMIT_MIB(3)
/* A list page is LIMIT_PAGE_ITEMS objects, most of them a few KiB. */
#define LIMIT_BODY_BYTES LIMIT_MIB(64)
/* Items asked for in one list page: client-go's and kube-rs' page size. */
#define LIMIT_PAGE_ITEMS 500
/* One watch event holds one object. */
#define LIMIT_WATCH_LINE_BYTES LIMIT_MIB(4)
/* A Secret's data is at most 1 MiB (Kubernetes MaxSecretSize). */
#define LIMIT_RECORD_BYTES LIMIT_MIB(1)
/* The JSON text of a release before compression: what a 1 MiB Secret can
 * sensibly hold; a bomb is far beyond. */
#define LIMIT_RECORD_TEXT_BYTES LIMIT_MIB(20)
/* Values in that JSON, some hundred bytes of memory each: what is many in a
 * release, manifest and templates, are texts. */
#define LIMIT_RECORD_VALUES 250000

/* Nesting of JSON and YAML: manifests nest below 30; recursion over values
 * stays within a small thread stack. */
#define LIMIT_NESTING 200
/* Nodes that the documents of one YAML text may expand to, aliases and inserted
 * values included, about 200 bytes each: the largest CRDs in the wild have
 * about 100,000. */
#define LIMIT_YAML_NODES 250000
/* Bytes of the texts that aliases and inserted values repeat. */
#define LIMIT_YAML_REPEATED LIMIT_MIB(8)
/* Digits of one number: float64 needs 17, exact integers 20. */
#define LIMIT_NUMBER_DIGITS 400

/* Helm's pkg/chart/loader/archive.go: one file 5 MiB, a chart 100 MiB. */
#define LIMIT_CHART_FILE_BYTES LIMIT_MIB(5)
#define LIMIT_CHART_BYTES LIMIT_MIB(100)
#define LIMIT_CHART_FILES 10000
/* The tar of a chart: a header and padding for each file and folder. */
#define LIMIT_CHART_TAR_BYTES (LIMIT_CHART_BYTES + LIMIT_MIB(32))
/* Folders within folders of a chart; the reader recurses. */
#define LIMIT_CHART_DEPTH 20
/* Charts within charts, over which recursion goes, and how many a chart may
 * bring, each alias counted: umbrella charts have 3 levels, and dozens. */
#define LIMIT_SUBCHART_DEPTH 8
#define LIMIT_SUBCHARTS 256
/* Entries of import-values in one Chart.yaml, written by hand. */
#define LIMIT_IMPORTS 256
/* Rules of one .helmignore; each is tried on each file. */
#define LIMIT_IGNORE_RULES 1000
/* A version or a range of versions (Masterminds/semver: 512). */
#define LIMIT_RANGE_BYTES 512
/* Helm's release name limit (pkg/chartutil/validate_name.go). */
#define LIMIT_RELEASE_NAME 53
/* How long a person's helm is left alone since its last write: Helm waits 5
 * minutes by default (pkg/cmd --timeout), and hooks before that. */
#define LIMIT_HELM_MS 600000
/* Revisions kept per release: Helm's default --history-max. */
#define LIMIT_HISTORY 10
/* Objects of one release: every one costs a request at each redeploy. */
#define LIMIT_RELEASE_OBJECTS 2000
/* Hooks of one release: how each ended at each event stands in an annotation
 * of its record, 200 bytes or more of the 256 KiB that annotations have. */
#define LIMIT_HOOKS 100
/* Seconds that the Job or Pod of a hook may take: Helm's default --timeout. */
#define LIMIT_HOOK_S 300

/* What drift of one object is told: more than an event or a line of the log
 * holds. All of it is mended. */
#define LIMIT_DRIFT_FINDINGS 20

/* What is told of a plan: objects in a status, fields of each, bytes of a
 * value. */
#define LIMIT_DESCRIBED_OBJECTS 50
#define LIMIT_DESCRIBED_FIELDS 20
#define LIMIT_DESCRIBED_VALUE 120

/* Mustache: a template is a file a person wrote. */
#define LIMIT_TEMPLATE_BYTES LIMIT_MIB(1)
/* Sections open at once, partial frames and context frames in one render. */
#define LIMIT_TEMPLATE_NESTING 256
#define LIMIT_PARTIAL_DEPTH 64
/* Operations in one compiled template. */
#define LIMIT_TEMPLATE_OPS 200000
/* Parts of one dotted name: values nest below 30, and each is looked up. */
#define LIMIT_NAME_PARTS 32
/* Variables that one render of one template inserts: characters of Unicode's
 * last plane (chart/marks.h). */
#define LIMIT_RENDER_SLOTS 65000
/* What decides about the text of one render: a byte for each section. */
#define LIMIT_TRACE_BYTES LIMIT_MIB(4)
/* Operations executed by one render: loops multiply, this ends them. It is 30
 * for each variable that may be inserted. */
#define LIMIT_RENDER_STEPS 2000000
/* Values that one render makes: numbers of loops, lengths, results of helpers.
 * They are kept until its end. */
#define LIMIT_RENDER_MADE 100000
/* Ways into partials that one render remembers for places in errors, and how
 * many of one template it compares to find one again. */
#define LIMIT_RENDER_CALLS 100000
#define LIMIT_RENDER_SIBLINGS 256
/* Pieces of text and variables, whose places are remembered for errors. */
#define LIMIT_RENDER_PIECES 300000
/* Text of one render: five times what etcd takes as one object. */
#define LIMIT_RENDER_BYTES LIMIT_MIB(8)
/* What the helpers of one render read and make, together, since loops multiply
 * them: a text of LIMIT_RENDER_BYTES, each byte through four of them. */
#define LIMIT_HELPER_BYTES LIMIT_MIB(32)

/* Findings of lint that are shown: more than a person reads at once. */
#define LIMIT_LINT_FINDINGS 1000
/* Tags that lint looks at, those of a partial once for each use of it: tenfold
 * what the largest public charts have. */
#define LIMIT_LINT_STEPS 200000

/* Schemas within one JSON Schema; the largest in public charts have some
 * thousands. */
#define LIMIT_SCHEMA_NODES 100000
/* Its compiled patterns together: a short one may become 64 KiB. */
#define LIMIT_SCHEMA_REGEX_BYTES LIMIT_MIB(16)
/* An address in a schema; browsers allow about as much. */
#define LIMIT_SCHEMA_URI_BYTES 2048
/* Schemas applied within one another: recursion on the stack. A value nests
 * LIMIT_NESTING deep at most, and most of its levels have one schema. */
#define LIMIT_SCHEMA_DEPTH 600
/* Steps of one check, 20 to 60 ns each: alternatives within alternatives
 * multiply, and this ends them within a second. */
#define LIMIT_SCHEMA_STEPS 5000000
/* What one message can hold, and a person mends at once. */
#define LIMIT_SCHEMA_FINDINGS 10
/* A regular expression, and the parentheses in it: a person wrote it. */
#define LIMIT_REGEX_BYTES LIMIT_KIB(16)
#define LIMIT_REGEX_NESTING 100
/* Memory to go back in one match; usual ones need some hundred bytes. */
#define LIMIT_REGEX_HEAP_KIB 4096

/* Shapes of one chart's output that are kept, bytes: a manifest of 4 KiB has a
 * shape of about 60 KiB, and most charts take few. */
#define LIMIT_SHAPES_BYTES LIMIT_MIB(4)
/* Pairs of keys compared for a shape: a map of more keys than 440 is made
 * anew each time. */
#define LIMIT_SHAPE_PAIRS 100000
/* Steps of one path on the command line, and the index of a list: as in Helm
 * (pkg/strvals: MaxNestedNameLevel, MaxIndex). */
#define LIMIT_SET_STEPS 30
#define LIMIT_SET_INDEX ((size_t)65536)

/* A configuration file (kubeconfig, watches.yaml, token). */
#define LIMIT_CONFIG_BYTES LIMIT_MIB(4)
/* What an exec credential plugin may print. */
#define LIMIT_EXEC_BYTES LIMIT_MIB(1)
/* Kinds in watches.yaml. */
#define LIMIT_WATCHES 200
/* Each costs every kind a connection. */
#define LIMIT_NAMESPACES 100
/* Message of a condition or an event (Event.message is cut at 1024 by
 * the API's validation). */
#define LIMIT_MESSAGE_BYTES 1024
/* One line of the log. */
#define LIMIT_LOG_BYTES LIMIT_KIB(16)
/* A termination message shown in status (design: at most 200 characters). */
#define LIMIT_TERMINATION_BYTES 200

/* Times in milliseconds. */
#define LIMIT_CONNECT_MS 5000
#define LIMIT_REQUEST_MS 30000
/* A watch asks the server to end it after 290 s (below the 300 s that some
 * load balancers allow); our own deadline is 5 s later. */
#define LIMIT_WATCH_SERVER_S 290
#define LIMIT_WATCH_MS 295000
#define LIMIT_EXEC_MS 60000
/* How long requests may go on once the operator is told to stop; a pod is
 * killed after terminationGracePeriodSeconds. */
#define LIMIT_STOP_MS 4000

/* Stack of a thread: the deepest recursion is a value of LIMIT_NESTING. */
#define LIMIT_STACK_BYTES LIMIT_KIB(512)

#endif
