/* Whatever a kubeconfig says: it is refused with a message that begins with
 * its path, or gives a configuration that keeps its promises. No plug-in is
 * run here. */
#include "kube/config.h"

#include "base/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_pem(const struct kube_pem *pem)
{
	if ((pem->text && pem->path) ||
	    (pem->text && !strstr(pem->text, "-----BEGIN ")))
		abort();
}

static void check(const struct kube_config *c)
{
	struct str server = str_of(c->server);

	if (!str_starts(server, "https://") || str_ends(server, "/") ||
	    !c->ns || !*c->ns || !c->context || !c->source)
		abort();
	check_pem(&c->ca);
	check_pem(&c->cert);
	check_pem(&c->key);
	if ((c->cert.text || c->cert.path) != (c->key.text || c->key.path))
		abort();
	if (c->tls_server_name && strpbrk(c->tls_server_name, "/:@ \r\n"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(kube_config_free) struct kube_config *config = NULL;
	AUTO_ERR err = ERR_INIT;
	char path[64];

	int fd = memfd_create("kubeconfig", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (kube_config_read(path, NULL, &config, &err))
		check(config);
	else if (!str_starts(str_of(err.msg), path))
		abort();
	close(fd);
	return 0;
}
