#include "serve/certificate.h"

#include "base/alloc.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

DEFINE_AUTO(BIO *, BIO_free_all)
DEFINE_AUTO(EVP_PKEY *, EVP_PKEY_free)
DEFINE_AUTO(X509 *, X509_free)

/* Longer than any process of ours runs, and a clock may be late. */
static const long lasts_s = 10L * 365 * 24 * 3600, early_s = 3600;

static bool fail(struct err *err)
{
	char text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	return err_set(err, ERR_INTERNAL, "make a certificate: %s", text);
}

static bool add_extension(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = e && X509_add_ext(cert, e, -1) == 1;

	X509_EXTENSION_free(e);
	return ok;
}

static bool set_serial(X509 *cert)
{
	unsigned char bytes[8];
	uint64_t n = 0;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		n = n << 8 | bytes[i];
	/* A serial number is positive. */
	return ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert),
				       (n >> 1) | 1) == 1;
}

static bool set_names(X509 *cert, const char *host)
{
	X509_NAME *name = X509_get_subject_name(cert);
	union {
		const char *in;
		const unsigned char *out;
	} u = { .in = host };
	AUTO_FREE char *names =
		alloc_print("DNS:localhost,DNS:%s,IP:127.0.0.1,IP:::1", host);

	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, u.out, -1,
					  -1, 0) == 1 &&
	       X509_set_issuer_name(cert, name) == 1 &&
	       add_extension(cert, NID_subject_alt_name, names) &&
	       add_extension(cert, NID_ext_key_usage, "serverAuth");
}

static bool fill(X509 *cert, EVP_PKEY *key, const char *host)
{
	return X509_set_version(cert, X509_VERSION_3) == 1 &&
	       set_serial(cert) && set_names(cert, host) &&
	       X509_gmtime_adj(X509_getm_notBefore(cert), -early_s) &&
	       X509_gmtime_adj(X509_getm_notAfter(cert), lasts_s) &&
	       X509_set_pubkey(cert, key) == 1 &&
	       X509_sign(cert, key, EVP_sha256()) > 0;
}

static char *text_of(BIO *bio)
{
	char *p = NULL;
	long n = BIO_get_mem_data(bio, &p);

	return alloc_text(p, (size_t)n);
}

static bool print(X509 *cert, EVP_PKEY *key, struct certificate *out)
{
	AUTO(BIO_free_all) BIO *a = BIO_new(BIO_s_mem());
	AUTO(BIO_free_all) BIO *b = BIO_new(BIO_s_secmem());

	if (!a || !b || PEM_write_bio_X509(a, cert) != 1 ||
	    PEM_write_bio_PKCS8PrivateKey(b, key, NULL, NULL, 0, NULL, NULL) !=
		    1)
		return false;
	out->cert = text_of(a);
	out->key = text_of(b);
	return true;
}

bool certificate_make(struct certificate *out, struct err *err)
{
	/* What a common name may hold. */
	char host[64] = "localhost";
	AUTO(EVP_PKEY_free) EVP_PKEY *key = EVP_EC_gen("P-256");
	AUTO(X509_free) X509 *cert = X509_new();

	*out = (struct certificate){ 0 };
	gethostname(host, sizeof(host) - 1);
	return (key && cert && fill(cert, key, host) &&
		print(cert, key, out)) ||
	       fail(err);
}

void certificate_done(struct certificate *c)
{
	free(c->cert);
	if (c->key)
		OPENSSL_cleanse(c->key, strlen(c->key));
	free(c->key);
	*c = (struct certificate){ 0 };
}
