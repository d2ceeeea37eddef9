#include "controller/cluster.h"

#include "base/alloc.h"
#include "data/json.h"
#include "data/val.h"

void cluster_init(struct cluster *c)
{
	mtx_init(&c->lock);
	c->kube_version = NULL;
}

void cluster_done(struct cluster *c)
{
	free(c->kube_version);
	mtx_done(&c->lock);
}

static bool ask(const struct kube_client *client, char **out, struct err *err)
{
	struct http_request req = { .method = "GET", .target = "/version" };
	AUTO_RESPONSE answer = { 0 };
	AUTO(val_unref) struct val *v = NULL;
	const struct kube_transport *t = &client->transport;

	if (!t->send(t->ctx, &req, &answer, err))
		return false;
	if (answer.code != 200)
		return err_set(err, ERR_UNAVAILABLE, "GET /version answered %d",
			       answer.code);
	if (!json_read(buf_str(&answer.body), &v, err))
		return err_wrap(err, "GET /version");
	*out = alloc_copy(val_get_text(v, "gitVersion"));
	return true;
}

bool cluster_version(struct cluster *c, const struct kube_client *client,
		     const char **out, struct err *err)
{
	char *version = NULL;

	mtx_lock(&c->lock);
	*out = c->kube_version;
	mtx_unlock(&c->lock);
	if (*out)
		return true;
	if (!ask(client, &version, err))
		return false;
	mtx_lock(&c->lock);
	if (!c->kube_version)
		c->kube_version = TAKE(version);
	*out = c->kube_version;
	mtx_unlock(&c->lock);
	free(version);
	return true;
}
