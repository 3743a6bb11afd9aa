#pragma once

#include "base/attributes.h"

/*
 * Causes that the system, crypto and libcurl name in English, as sentences in
 * Chinese that say what to do. They fill the {} of a reason's sentence.
 */

/* The words of strerror(3) or of crypto in Chinese; NULL for those that are not common. */
const char *why_in_chinese(const char *english) MUST_USE;

/* How an attempt to reach the bank failed, in libcurl's terms. */
struct why_network {
    int code;         /* CURLcode */
    long verify;      /* CURLINFO_SSL_VERIFYRESULT */
    long os_errno;    /* CURLINFO_OS_ERRNO */
    const char *text; /* libcurl's own words */
};

/* The cause in Chinese; NULL for those that are not common. */
const char *why_network_in_chinese(const struct why_network *why) MUST_USE;
