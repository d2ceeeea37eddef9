/* The certificate is read again by the library that has made it. */
#include "serve/certificate.h"

#include "unit/rows.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

static X509 *read_cert(const struct certificate *c)
{
	BIO *bio = BIO_new_mem_buf(c->cert, -1);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return cert;
}

static EVP_PKEY *read_key(const struct certificate *c)
{
	BIO *bio = BIO_new_mem_buf(c->key, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	BIO_free(bio);
	return key;
}

static void is_of_its_key(void **state)
{
	struct certificate c;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(certificate_make(&c, &err));
	X509 *cert = read_cert(&c);
	EVP_PKEY *key = read_key(&c);
	assert_int_equal(X509_check_private_key(cert, key), 1);
	assert_int_equal(X509_verify(cert, key), 1);
	assert_int_equal(X509_check_host(cert, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(cert, "127.0.0.1", 0), 1);
	assert_int_equal(X509_check_host(cert, "example.com", 0, 0, NULL), 0);
	assert_true(X509_cmp_current_time(X509_get0_notBefore(cert)) < 0);
	assert_true(X509_cmp_current_time(X509_get0_notAfter(cert)) > 0);
	X509_free(cert);
	EVP_PKEY_free(key);
	certificate_done(&c);
	assert_null(c.cert);
	assert_null(c.key);
}

static void is_another_each_time(void **state)
{
	struct certificate a, b;
	AUTO_ERR err = ERR_INIT;

	(void)state;
	assert_true(certificate_make(&a, &err) && certificate_make(&b, &err));
	assert_string_not_equal(a.key, b.key);
	assert_string_not_equal(a.cert, b.cert);
	certificate_done(&a);
	certificate_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_of_its_key),
		cmocka_unit_test(is_another_each_time),
	};

	return cmocka_run_group_tests_name("certificate", tests, NULL, NULL);
}
