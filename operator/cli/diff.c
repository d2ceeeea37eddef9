#include "cli/usage.h"

#include "base/file.h"
#include "base/limits.h"
#include "base/log.h"
#include "controller/planner.h"
#include "data/json.h"
#include "data/yaml_read.h"
#include "kube/http.h"
#include "release/describe.h"

struct diff_options {
	struct usage_cluster cluster;
	const char *file, *namespace, *output;
};

static bool read_resource(const struct diff_options *o, struct val **out,
			  struct err *err)
{
	AUTO_BUF text = BUF_INIT(LIMIT_CONFIG_BYTES);
	AUTO(val_unref) struct val *cr = NULL;

	if (!file_read(o->file, &text, err) ||
	    !yaml_read(buf_str(&text), o->file, &cr, err))
		return false;
	const struct val *meta = val_get(cr, "metadata");
	if (!val_is(val_get(cr, "apiVersion"), VAL_TEXT) ||
	    !val_is(val_get(cr, "kind"), VAL_TEXT) ||
	    !*val_get_text(meta, "name"))
		return err_set(err, ERR_INVALID,
			       "%s: not a custom resource: apiVersion, kind "
			       "and metadata.name are needed",
			       o->file);
	if (!o->namespace) {
		*out = TAKE(cr);
		return true;
	}
	AUTO(val_unref) struct val *placed =
		val_with_text(meta, "namespace", o->namespace);
	*out = val_with(cr, "metadata", placed);
	return true;
}

static bool describe(const struct diff_options *o, struct val **out,
		     struct err *err)
{
	AUTO(watches_free) struct watches *watches = NULL;
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO(val_unref) struct val *cr = NULL;

	return read_resource(o, &cr, err) &&
	       watches_load(o->cluster.watches_file, getenv, &watches, err) &&
	       kube_config_load(o->cluster.kubeconfig, o->cluster.context,
				&config, err) &&
	       planner_describe(watches, config, cr, out, err);
}

static int print(const struct diff_options *o)
{
	AUTO_BUF text = BUF_INIT(2 * LIMIT_RENDER_BYTES);
	AUTO(val_unref) struct val *description = NULL;
	AUTO_ERR err = ERR_INIT;

	if (!describe(o, &description, &err))
		return usage_fail("diff", &err);
	if (strcmp(o->output, "json") == 0) {
		json_write_pretty(description, &text);
		buf_add_char(&text, '\n');
	} else {
		describe_text(description, &text);
	}
	if (!buf_check(&text, &err))
		return usage_fail("diff", &err);
	if (!usage_print(&text))
		return EXIT_FAILED;
	return describe_is_change(description) ? EXIT_DIFFERS : EXIT_DONE;
}

int command_diff(char **argv)
{
	struct diff_options o = { .cluster = USAGE_CLUSTER, .output = "text" };
	const struct option table[] = {
		{ "-f", OPTION_TEXT, &o.file, "FILE",
		  "the custom resource as it is to be" },
		{ "-n", OPTION_TEXT, &o.namespace, "NAME",
		  "its namespace (default: the file's, or the "
		  "kubeconfig's)" },
		{ "--namespace", OPTION_TEXT, &o.namespace, "NAME",
		  "the same" },
		USAGE_CLUSTER_OPTIONS(&o.cluster),
		{ "-o", OPTION_TEXT, &o.output, "text|json",
		  "lines for people, or the whole description (default "
		  "text)" },
	};
	const struct usage usage = {
		.command = "diff",
		.synopsis = "-f FILE [OPTIONS]",
		.help = "Tells what the operator would do for a custom "
			"resource, field by field, and what the\nAPI server "
			"would refuse of it. Changes nothing; values of Secrets "
			"are not shown. Exit\ncodes: 0 nothing would be done, "
			"3 something would, 1 failed.",
		.options = table,
		.count = ARRAY_LEN(table),
	};
	struct option_list operands = { 0 };
	int code;

	if (!usage_read(&usage, argv, &operands, &code))
		return code;
	if (!o.file)
		return usage_misuse("diff", "-f names no file");
	if (strcmp(o.output, "text") != 0 && strcmp(o.output, "json") != 0)
		return usage_misuse("diff", "-o is text or json");
	log_setup(LOG_WARN, LOG_TEXT);
	http_start();
	code = print(&o);
	http_stop();
	return code;
}
