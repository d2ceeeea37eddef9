#include "kube/kinds.h"

#include "base/thread.h"
#include "data/json.h"

#include "unit/rows.h"

static struct val *read(const char *text)
{
	AUTO_ERR err = ERR_INIT;
	struct val *v = NULL;

	assert_true(json_read(str_of(text), &v, &err));
	return v;
}

static const char apps[] =
	"{\"kind\":\"APIResourceList\",\"groupVersion\":\"apps/v1\","
	"\"resources\":["
	"{\"name\":\"deployments\",\"namespaced\":true,\"kind\":\"Deployment\","
	"\"verbs\":[\"create\",\"list\",\"watch\"]},"
	"{\"name\":\"deployments/scale\",\"namespaced\":true,\"kind\":\"Scale\""
	",\"verbs\":[\"get\"]},"
	"{\"name\":\"deployments/status\",\"namespaced\":true,\"kind\":"
	"\"Deployment\",\"verbs\":[\"get\"]},"
	"{\"name\":\"reviews\",\"namespaced\":false,\"kind\":\"Review\","
	"\"verbs\":[\"create\"]}]}";

static void learns(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	AUTO(val_unref) struct val *list = read(apps);

	assert_null(kube_kinds_get(kinds, "apps/v1", "Deployment"));
	kube_kinds_learn(kinds, "apps/v1", list, 0);
	const struct kube_kind *k =
		kube_kinds_get(kinds, "apps/v1", "Deployment");
	assert_non_null(k);
	assert_string_equal(k->group, "apps");
	assert_string_equal(k->version, "v1");
	assert_string_equal(k->api_version, "apps/v1");
	assert_string_equal(k->kind, "Deployment");
	assert_string_equal(k->plural, "deployments");
	assert_true(k->namespaced && k->has_status && k->watchable);
	k = kube_kinds_get(kinds, "apps/v1", "Review");
	assert_true(!k->namespaced && !k->has_status && !k->watchable);
	/* Kinds of subresources are no kinds of their own. */
	assert_null(kube_kinds_get(kinds, "apps/v1", "Scale"));
	assert_null(kube_kinds_get(kinds, "v1", "Deployment"));
}

static void core(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	AUTO(val_unref) struct val *list =
		read("{\"resources\":[{\"name\":\"pods\",\"kind\":\"Pod\"}]}");

	kube_kinds_learn(kinds, "v1", list, 0);
	assert_string_equal(kube_kinds_get(kinds, "v1", "Pod")->group, "");
	assert_string_equal(kube_kinds_get(kinds, "v1", "Pod")->version, "v1");
}

static void comes_back(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	AUTO(val_unref) struct val *list = read(apps);
	AUTO(val_unref) struct val *changed =
		read("{\"resources\":[{\"name\":\"deployments\",\"kind\":"
		     "\"Deployment\",\"namespaced\":false}]}");

	kube_kinds_learn(kinds, "apps/v1", list, 0);
	const struct kube_kind *k =
		kube_kinds_get(kinds, "apps/v1", "Deployment");
	kube_kinds_learn(kinds, "apps/v1", NULL, 1);
	assert_null(kube_kinds_get(kinds, "apps/v1", "Deployment"));
	kube_kinds_learn(kinds, "apps/v1", list, 2);
	assert_ptr_equal(kube_kinds_get(kinds, "apps/v1", "Deployment"), k);
	kube_kinds_learn(kinds, "apps/v1", changed, 3);
	assert_false(
		kube_kinds_get(kinds, "apps/v1", "Deployment")->namespaced);
	/* Who holds the old one can still read it. */
	assert_true(k->namespaced);
}

static void asks(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();

	assert_true(kube_kinds_should_ask(kinds, "v1", 5));
	kube_kinds_learn(kinds, "v1", NULL, 5);
	assert_false(kube_kinds_should_ask(kinds, "v1", 5));
	assert_false(kube_kinds_should_ask(kinds, "v1", 4 + KUBE_KINDS_ASK_MS));
	assert_true(kube_kinds_should_ask(kinds, "v1", 5 + KUBE_KINDS_ASK_MS));
	assert_true(kube_kinds_should_ask(kinds, "v2", 5));
	kube_kinds_ask_again(kinds, "v1");
	assert_true(kube_kinds_should_ask(kinds, "v1", 5));
	kube_kinds_ask_again(kinds, "v1");
}

static void coming(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	AUTO(val_unref) struct val *list = read(apps);
	char version[] = "apps/v1";
	const struct kube_kind like = { .api_version = version,
					.kind = "Deployment",
					.plural = "deployments",
					.namespaced = true };
	const struct kube_kind *k = kube_kinds_coming(kinds, &like);

	memset(version, 'x', sizeof(version) - 1);
	assert_true(k->coming && k->namespaced && !k->has_status);
	assert_string_equal(k->group, "apps");
	assert_string_equal(k->version, "v1");
	assert_string_equal(k->api_version, "apps/v1");
	assert_string_equal(k->plural, "deployments");
	/* It is not known, and does not stand in for what is. */
	assert_null(kube_kinds_get(kinds, "apps/v1", "Deployment"));
	kube_kinds_learn(kinds, "apps/v1", list, 0);
	assert_false(kube_kinds_get(kinds, "apps/v1", "Deployment")->coming);
	assert_true(k->coming);
	kube_kinds_ask_again(kinds, "apps/v1");
	assert_null(kube_kinds_get(kinds, "apps/v1", "Deployment"));
	assert_true(kube_kinds_should_ask(kinds, "apps/v1", 0));
}

static void missing(void **state)
{
	(void)state;
	AUTO_ERR err = ERR_INIT;

	assert_false(kube_kinds_missing("a/v1", "Foo", &err));
	assert_int_equal(err.kind, ERR_NOT_FOUND);
	assert_string_equal(err.msg, "no kind Foo in apiVersion a/v1 on this "
				     "server (is its CRD installed?)");
}

static void use(void *ctx)
{
	AUTO(val_unref) struct val *list = read(apps);

	for (int i = 0; i < 200; i++) {
		const struct kube_kind *k =
			kube_kinds_get(ctx, "apps/v1", "Deployment");

		if (k && k->plural[0] != 'd')
			abort();
		kube_kinds_learn(ctx, "apps/v1", i % 3 ? list : NULL, i);
		kube_kinds_should_ask(ctx, "apps/v1", i);
	}
}

static void from_threads(void **state)
{
	(void)state;
	AUTO(kube_kinds_free) struct kube_kinds *kinds = kube_kinds_new();
	AUTO_ERR err = ERR_INIT;
	struct thread threads[4];

	for (int i = 0; i < 4; i++)
		assert_true(
			thread_start(&threads[i], "kinds", use, kinds, &err));
	for (int i = 0; i < 4; i++)
		thread_join(&threads[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(learns),       cmocka_unit_test(core),
		cmocka_unit_test(comes_back),   cmocka_unit_test(asks),
		cmocka_unit_test(coming),       cmocka_unit_test(missing),
		cmocka_unit_test(from_threads),
	};

	return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
