/* References between documents: RFC 3986 section 5. */
#ifndef DATA_URI_H
#define DATA_URI_H

#include "base/buf.h"

/**
 * Appends what a reference means in a document at base. Fragments are the
 * caller's: neither argument has one.
 *
 * @param base  "" when the document has no address: the reference is then
 *              taken as it is
 */
void uri_resolve(struct str base, struct str reference, struct buf *out);

/** Appends text with its percent escapes resolved; false when one is broken. */
MUST_USE bool uri_unescape(struct str text, struct buf *out);

/** Whether text is a reference by its characters: RFC 3986, and any character
 * beyond ASCII, as RFC 3987 has it. */
bool uri_is_reference(struct str text);

/** Length of the scheme at the start, without its colon; 0: there is none. */
size_t uri_scheme(struct str text);

#endif
