#include "release/digest.h"

#include "base/limits.h"
#include "data/json.h"

const char *digest_value(const struct val *v, char out[DIGEST_TEXT_BYTES])
{
	/* A manifest's text is bounded where it is rendered; its JSON is at
	 * most six times as long (every byte an escape). */
	AUTO_BUF text = BUF_INIT(6 * LIMIT_RENDER_BYTES);

	json_write_sorted(v, &text);
	return digest_sha256(buf_str(&text), out);
}
