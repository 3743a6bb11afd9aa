#include "server.h"

#include <curl/curl.h>
#include <string.h>

/* Whether a part of the URL is that text; NULL: whether it is not there. */
static bool
part_is(CURLU *url, CURLUPart part, const char *wanted)
{
    char *text = NULL;
    bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    bool same = there && wanted != NULL ? strcmp(text, wanted) == 0 : !there && wanted == NULL;

    curl_free(text);
    return same;
}

bool
server_is_secure(const char *address)
{
    static const char scheme[] = "https://";

    return strncmp(address, scheme, sizeof(scheme) - 1) == 0;
}

bool
server_is_valid(const char *address)
{
    CURLU *url = curl_url();
    bool good =
        url != NULL && curl_url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK &&
        (part_is(url, CURLUPART_SCHEME, "https") || part_is(url, CURLUPART_SCHEME, "http")) &&
        part_is(url, CURLUPART_PATH, "/") && part_is(url, CURLUPART_USER, NULL) &&
        part_is(url, CURLUPART_QUERY, NULL) && part_is(url, CURLUPART_FRAGMENT, NULL) &&
        !part_is(url, CURLUPART_PORT, "0") && strstr(address, "://") != NULL;

    curl_url_cleanup(url);
    return good;
}
