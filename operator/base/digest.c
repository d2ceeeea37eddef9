#include "base/digest.h"

#include "base/alloc.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

const char *digest_sha256(struct str data, char out[DIGEST_TEXT_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	/* Fails only when the library has no SHA-256 at all. */
	int ok = EVP_Digest(data.p ? data.p : "", data.n, sum, &n, EVP_sha256(),
			    NULL);
	assert(ok == 1 && n == 32);
	(void)ok;
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hex[sum[i] >> 4];
		out[2 * i + 1] = hex[sum[i] & 15];
	}
	out[64] = '\0';
	return out;
}

bool digest_random_text(size_t n, char **out, struct err *err)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";
	char *text = alloc_zero(n + 1);

	if (RAND_bytes((unsigned char *)text, (int)n) != 1) {
		free(text);
		return err_set(err, ERR_INTERNAL, "no randomness");
	}
	for (size_t i = 0; i < n; i++)
		text[i] = alphabet[(unsigned char)text[i] & 63];
	*out = text;
	return true;
}
