#pragma once

#include "base/reason.h"
#include "wire/fault.h"

#include "creditbank.h"

/* Sets the error and returns false; the detail is formatted and cut to its field. */
bool error_set(struct creditbank_error *error, enum reason reason, const char *detail, ...)
    PRINTF(3, 4);

/* The same about a file or the like, and why, in the words of strerror(3) or of crypto. */
bool error_set_why(struct creditbank_error *error, enum reason reason, const char *about,
                   const char *why);

/* The same with a detail in each language. */
bool error_set_words(struct creditbank_error *error, enum reason reason, const char *zh,
                     const char *en);

/* The same where bytes were no message: the detail says which field and why. */
bool error_set_fault(struct creditbank_error *error, enum reason reason,
                     const struct wire_fault *fault);
