#include "unit/chart/linted.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "data/yaml_read.h"

static void print(const struct lint *lint, const char *folder, struct buf *out)
{
	size_t n = strlen(folder) + 1;

	for (size_t i = 0; i < lint->count; i++) {
		const struct lint_finding *f = &lint->items[i];

		assert_true(strlen(f->file) > n);
		assert_true(*f->message && *lint_rule_fix(f->rule));
		buf_addf(out, "%s%s:%u:%u %s", i ? ";" : "", f->file + n,
			 f->line, f->column, lint_rule_name(f->rule));
	}
}

void lint_folder(const char *path, const struct lint_try *tries, size_t count,
		 struct lint *lint)
{
	static const char *const acted_on[] = { "stopped", "template", NULL };
	AUTO(val_unref) struct val *health = NULL;
	AUTO_ERR err = ERR_INIT;

	assert_true(yaml_read(str_of("{podName: p}"), "health", &health, &err));
	const struct lint_options options = {
		.name = "release-name",
		.namespace = "default",
		.kube_version = "v1.30.0",
		.tries = tries,
		.try_count = count,
		.acted_on = acted_on,
		.health = health,
	};

	if (!lint_chart(path, &options, lint, &err))
		fail_msg("%s", err.msg);
	lint_sort(lint);
}

void linted(const struct folder_file *files, const char *want)
{
	AUTO_FREE char *path = folder_make(files);
	AUTO_BUF got = BUF_INIT(LIMIT_KIB(64));
	struct lint lint = { 0 };

	lint_folder(path, NULL, 0, &lint);
	print(&lint, path, &got);
	folder_remove(path);
	lint_done(&lint);
	assert_string_equal(buf_text(&got), want);
}
