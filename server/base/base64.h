#pragma once

#include "base/buffer.h"

/*
 * RFC 4648: section 4 with padding, for notes; section 5 without, for tokens. The
 * other two are for reading what programs that we do not know have written.
 */
enum base64_alphabet { BASE64_STANDARD, BASE64_URL, BASE64_STANDARD_BARE, BASE64_URL_PADDED };
#define BASE64_ALPHABETS 4

/* Appends the text of `bytes`; false beyond the buffer's limit. */
bool base64_encode(enum base64_alphabet alphabet, struct slice bytes, struct buffer *text) MUST_USE;

/*
 * Appends the bytes of `text`. Strict, so that bytes have one text: false for a
 * foreign character, a wrong length or padding, and trailing bits that are not
 * zero (RFC 4648 3.5); also beyond the buffer's limit. What was appended before
 * a fault was found is taken back.
 */
bool base64_decode(enum base64_alphabet alphabet, struct slice text, struct buffer *bytes) MUST_USE;

/* As base64_decode, where exactly `len` bytes are expected; on false `bytes` is undefined. */
bool base64_decode_exact(enum base64_alphabet alphabet, struct slice text, void *bytes,
                         size_t len) MUST_USE;
