/*
 * Calls over libcurl's multi interface. A call's life:
 *
 *   WAITING --its time has come--> RUNNING --answered, or tried for the last time--> ENDED
 *      ^------------------------------'  worth another attempt
 *
 * Only creditbank_turn moves calls, and calls back for the ended ones.
 */
#include "creditbank.h"

#include "base/clock.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/panic.h"
#include "base/scope.h"
#include "crypto/random.h"

#include "connect.h"
#include "credential.h"
#include "error.h"
#include "retry.h"
#include "server.h"
#include "why.h"

#include <curl/curl.h>
#include <stdio.h>

/* One connection leads to one worker of the bank: a few of them keep several busy. */
#define CONNECTIONS_MAX 4
#define POLL_MAX_MS 1000
#define LOG_ORIGIN_MAX 128
#define MICROS_PER_MILLI 1000

enum call_state { CALL_WAITING, CALL_RUNNING, CALL_ENDED };

struct call {
    struct list link;
    enum call_state state;
    struct creditbank_client *client;
    const ProtobufCMethodDescriptor *method;
    CURL *easy;
    struct curl_slist *headers;
    uint8_t *request;
    size_t request_len, given; /* of the request: to libcurl, in this attempt */
    struct buffer answer;
    char error[CURL_ERROR_SIZE];
    unsigned attempt; /* how many were begun */
    bool attempt_was_lost;
    int64_t due_us; /* while waiting: when to go on, on the monotonic clock */
    CURLcode ended_with;
    creditbank_done_fn done;
    void *context;
};

struct creditbank_client {
    CURLM *multi;
    char *server, *ca_file;
    struct credential credential;
    long connect_timeout_ms, call_timeout_ms;
    unsigned attempts;
    bool is_local; /* the server is this machine: no proxy */
    struct list calls;
    size_t call_count;
};

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Whether the host after "http://" or "https://" is this machine. */
static bool
is_loopback(const char *server)
{
    static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
    const char *host = strstr(server, "://") + 3;

    for (size_t i = 0; i < ARRAY_COUNT(hosts); i++) {
        size_t len = strlen(hosts[i]);

        if (begins(host, hosts[i]) && (host[len] == '\0' || host[len] == ':' || host[len] == '/'))
            return true;
    }
    return false;
}

static bool
check_options(const struct creditbank_options *options, struct creditbank_error *error)
{
    if (options->server == NULL || !server_is_valid(options->server))
        return error_set(error, REASON_CLIENT_OPTION_INVALID, "server %s",
                         options->server != NULL ? options->server : "");
    if (!server_is_secure(options->server) && !is_loopback(options->server))
        return error_set(error, REASON_CLIENT_OPTION_INVALID, "server %s (https)", options->server);
    if (options->key != NULL && options->session_token != NULL)
        return error_set(error, REASON_CLIENT_OPTION_INVALID, "key, session_token");
    if (options->key != NULL && (options->log_origin == NULL || options->log_origin[0] == '\0' ||
                                 strlen(options->log_origin) > LOG_ORIGIN_MAX))
        return error_set(error, REASON_CLIENT_OPTION_INVALID, "log_origin");
    if (options->attempts > CREDITBANK_ATTEMPTS_MAX)
        return error_set(error, REASON_CLIENT_OPTION_INVALID, "attempts: %u > %d",
                         options->attempts, CREDITBANK_ATTEMPTS_MAX);
    return true;
}

struct creditbank_client *
creditbank_client_new(const struct creditbank_options *options, struct creditbank_error *error)
{
    if (!check_options(options, error))
        return NULL;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        (void)error_set(error, REASON_CLIENT_OPTION_INVALID, "libcurl");
        return NULL;
    }

    struct creditbank_client *client = xcalloc(1, sizeof(*client));

    client->server = xstrdup(options->server);
    for (size_t len = strlen(client->server); len > 0 && client->server[len - 1] == '/'; len--)
        client->server[len - 1] = '\0';
    client->ca_file = options->ca_file != NULL ? xstrdup(options->ca_file) : NULL;
    client->is_local = is_loopback(options->server);
    client->connect_timeout_ms = options->connect_timeout_ms != 0 ? options->connect_timeout_ms
                                                                  : CREDITBANK_CONNECT_TIMEOUT_MS;
    client->call_timeout_ms =
        options->call_timeout_ms != 0 ? options->call_timeout_ms : CREDITBANK_CALL_TIMEOUT_MS;
    client->attempts = options->attempts != 0 ? options->attempts : CREDITBANK_ATTEMPTS;
    credential_init(&client->credential, options);
    list_init(&client->calls);
    client->multi = curl_multi_init();
    if (client->multi == NULL)
        panic("libcurl has no multi handle");
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)CONNECTIONS_MAX);
    return client;
}

static void
free_call(struct call *call)
{
    list_remove(&call->link);
    call->client->call_count--;
    if (call->state == CALL_RUNNING)
        curl_multi_remove_handle(call->client->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    buffer_fini(&call->answer);
    xfree(call->request);
    xfree(call);
}

void
creditbank_client_free(struct creditbank_client *client)
{
    if (client == NULL)
        return;
    list_each (link, &client->calls)
        free_call(CONTAINER_OF(link, struct call, link));
    curl_multi_cleanup(client->multi);
    credential_fini(&client->credential);
    xfree(client->server);
    xfree(client->ca_file);
    xfree(client);
    curl_global_cleanup();
}

/* libcurl hands over what has arrived; fewer bytes taken than given end the transfer. */
static size_t
got_body(char *bytes, size_t size, size_t count, void *context)
{
    struct call *call = context;

    return buffer_append(&call->answer, slice_make(bytes, size * count)) ? size * count : 0;
}

/* libcurl takes what it is about to send. */
static size_t
give_request(char *to, size_t size, size_t count, void *context)
{
    struct call *call = context;
    size_t left = call->request_len - call->given;
    size_t len = left < size * count ? left : size * count;

    memcpy(to, call->request + call->given, len);
    call->given += len;
    return len;
}

/*
 * libcurl would send a request again by itself where a connection that it kept dies under it.
 * Whether to send again is decided here, with what may have arrived in mind (retry.h): so a
 * request is given out once in each attempt.
 */
static int
refuse_to_rewind(void *context, curl_off_t offset, int origin)
{
    (void)context;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

static void
add_header(struct call *call, const char *line)
{
    struct curl_slist *longer = curl_slist_append(call->headers, line);

    if (longer == NULL)
        panic("out of memory");
    call->headers = longer;
}

static void
set_headers(struct call *call)
{
    struct creditbank_client *client = call->client;
    struct slice token = credential_token(&client->credential, clock_now_us());
    SCOPED(buffer_fini) struct buffer line;

    curl_slist_free_all(call->headers);
    call->headers = NULL;
    add_header(call, "Content-Type: application/proto");
    add_header(call, "Connect-Protocol-Version: 1");
    add_header(call, "Expect:"); /* no round trip to ask whether the body is welcome */
    buffer_init(&line, 8192);
    if (!buffer_printf(&line, "Connect-Timeout-Ms: %ld%c", client->call_timeout_ms, 0))
        panic("a header line is too long");
    add_header(call, (const char *)line.at);
    if (token.len == 0)
        return;
    buffer_clear(&line);
    if (!buffer_printf(&line, "Authorization: Bearer %.*s%c", (int)token.len,
                       (const char *)token.at, 0))
        panic("a header line is too long");
    add_header(call, (const char *)line.at);
}

static void
set_transport(const struct creditbank_client *client, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
    if (client->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
    if (client->is_local)
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, client->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     client->call_timeout_ms + client->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "libcreditbank");
}

static void
begin_attempt(struct call *call)
{
    set_headers(call);
    buffer_clear(&call->answer);
    call->error[0] = '\0';
    call->given = 0;
    call->attempt++;
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    if (curl_multi_add_handle(call->client->multi, call->easy) != CURLM_OK)
        panic("libcurl refuses a call");
    call->state = CALL_RUNNING;
}

static CURL *
new_easy(struct call *call, const char *service)
{
    CURL *easy = curl_easy_init();
    char url[2048];

    if (easy == NULL)
        panic("libcurl has no easy handle");
    snprintf(url, sizeof(url), "%s/%s/%s", call->client->server, service, call->method->name);
    set_transport(call->client, easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->request_len);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, give_request);
    curl_easy_setopt(easy, CURLOPT_READDATA, call);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, refuse_to_rewind);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, got_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    return easy;
}

static void
copy_request(struct call *call, const struct creditbank_request *request)
{
    if (request->message != NULL) {
        call->request_len = protobuf_c_message_get_packed_size(request->message);
        call->request = xmalloc(call->request_len + 1);
        (void)protobuf_c_message_pack(request->message, call->request);
        return;
    }
    call->request_len = request->len;
    call->request = xmalloc(request->len + 1);
    if (request->len > 0)
        memcpy(call->request, request->bytes, request->len);
}

bool
creditbank_start(struct creditbank_client *client, const struct creditbank_request *request,
                 creditbank_done_fn done, void *context)
{
    const ProtobufCMethodDescriptor *method =
        protobuf_c_service_descriptor_get_method_by_name(request->service, request->method);

    if (method == NULL)
        panic("%s has no method %s", request->service->name, request->method);
    if (client->call_count >= CREDITBANK_CALLS_MAX)
        return false;

    struct call *call = xcalloc(1, sizeof(*call));

    call->client = client;
    call->method = method;
    call->done = done;
    call->context = context;
    buffer_init(&call->answer, CREDITBANK_ANSWER_MAX);
    copy_request(call, request);
    call->easy = new_easy(call, request->service->name);
    list_append(&client->calls, &call->link);
    client->call_count++;
    return true;
}

size_t
creditbank_calls(const struct creditbank_client *client)
{
    return client->call_count;
}

/* Where libcurl could not connect a second time, it may have sent the request the first time. */
static enum attempt_end
attempt_end(const struct call *call, CURLcode code)
{
    switch ((int)code) {
    case CURLE_OK:
        return ATTEMPT_ANSWERED;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return call->given > 0 ? ATTEMPT_LOST : ATTEMPT_NOT_SENT;
    default:
        return ATTEMPT_LOST;
    }
}

/* A certificate that does not fit will not fit a second time. */
static bool
is_hopeless(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
}

static struct connect_answer
answer_of(struct call *call)
{
    const char *type = NULL;
    struct connect_answer answer = {.body = buffer_slice(&call->answer)};

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &answer.http_status);
    curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
    answer.is_proto = type != NULL && begins(type, "application/proto");
    return answer;
}

static void
attempt_ended(struct call *call, CURLcode code)
{
    struct connect_answer answer = answer_of(call);
    struct attempt attempt = {.end = attempt_end(call, code),
                              .status = connect_status(&answer),
                              .repeatable = retry_may_repeat(call->method->name)};
    curl_off_t retry_after_s = 0;
    uint64_t random;

    curl_multi_remove_handle(call->client->multi, call->easy);
    curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
    attempt.retry_after_ms = (int64_t)retry_after_s * 1000;
    call->attempt_was_lost |= attempt.end == ATTEMPT_LOST;
    call->ended_with = code;
    if (is_hopeless(code) || call->attempt >= call->client->attempts || !retry_is_due(&attempt)) {
        call->state = CALL_ENDED;
        return;
    }
    random_bytes(&random, sizeof(random));
    call->state = CALL_WAITING;
    call->due_us = clock_monotonic_us() +
                   retry_delay_ms(call->attempt, attempt.retry_after_ms, random) * MICROS_PER_MILLI;
}

/* Why the last attempt got no answer; in Chinese, where the cause is not a common one, as it is. */
static void
fail(const struct call *call, struct creditbank_result *result)
{
    struct why_network why = {
        .code = (int)call->ended_with,
        .text = call->error[0] != '\0' ? call->error : curl_easy_strerror(call->ended_with)};
    char bracketed[CURL_ERROR_SIZE + 8];
    struct connect_detail detail = {.en = why.text};

    curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &why.verify);
    curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &why.os_errno);
    snprintf(bracketed, sizeof(bracketed), "（%s）", why.text);
    detail.zh = why_network_in_chinese(&why);
    if (detail.zh == NULL)
        detail.zh = bracketed;
    connect_fail(STATUS_UNAVAILABLE,
                 call->attempt_was_lost ? REASON_ANSWER_LOST : REASON_BANK_UNREACHABLE, &detail,
                 result);
}

static void
call_back(struct call *call)
{
    struct connect_answer answer = answer_of(call);
    enum attempt_end end = attempt_end(call, call->ended_with);
    struct creditbank_result result;

    if (end == ATTEMPT_ANSWERED)
        connect_decode(&answer, call->method->output, &result);
    else
        fail(call, &result);
    result.unknown = end == ATTEMPT_NOT_SENT
                         ? call->attempt_was_lost
                         : retry_leaves_unknown((enum status)result.code, call->attempt_was_lost);

    creditbank_done_fn done = call->done;
    void *context = call->context;

    free_call(call);
    done(context, &result);
}

/* Begins the calls whose time has come; returns how long until the next one, in milliseconds. */
static int
begin_due(struct creditbank_client *client)
{
    int64_t now = clock_monotonic_us(), wait_ms = POLL_MAX_MS;

    list_each (link, &client->calls) {
        struct call *call = CONTAINER_OF(link, struct call, link);
        int64_t left_ms = (call->due_us - now + MICROS_PER_MILLI - 1) / MICROS_PER_MILLI;

        if (call->state != CALL_WAITING)
            continue;
        if (left_ms <= 0)
            begin_attempt(call);
        else if (left_ms < wait_ms)
            wait_ms = left_ms;
    }
    return (int)wait_ms;
}

static void
take_messages(struct creditbank_client *client)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        void *call = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        attempt_ended(call, code);
    }
}

/* Calls back for every ended call; those that a callback starts wait for the next turn. */
static bool
call_back_ended(struct creditbank_client *client)
{
    struct list ended;
    bool any;

    list_init(&ended);
    list_each (link, &client->calls) {
        if (CONTAINER_OF(link, struct call, link)->state != CALL_ENDED)
            continue;
        list_remove(link);
        list_append(&ended, link);
    }
    any = !list_is_empty(&ended);
    while (!list_is_empty(&ended))
        call_back(LIST_FIRST(&ended, struct call, link));
    return any;
}

void
creditbank_turn(struct creditbank_client *client)
{
    while (client->call_count > 0) {
        int wait_ms = begin_due(client), running;

        curl_multi_perform(client->multi, &running);
        take_messages(client);
        if (call_back_ended(client))
            return;
        curl_multi_poll(client->multi, NULL, 0, wait_ms, NULL);
    }
}

struct waiting {
    bool ended;
    struct creditbank_result *result;
};

static void
take_result(void *context, struct creditbank_result *result)
{
    struct waiting *waiting = context;

    waiting->ended = true;
    *waiting->result = *result;
}

bool
creditbank_call(struct creditbank_client *client, const struct creditbank_request *request,
                struct creditbank_result *result)
{
    struct waiting waiting = {.result = result};

    if (!creditbank_start(client, request, take_result, &waiting)) {
        connect_fail(STATUS_RESOURCE_EXHAUSTED, REASON_CLIENT_OPTION_INVALID,
                     &(struct connect_detail){"calls", "calls"}, result);
        return false;
    }
    while (!waiting.ended)
        creditbank_turn(client);
    return result->code == STATUS_OK;
}
