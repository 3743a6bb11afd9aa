#include "net/http1_parse.h"

#include <assert.h>

/* A chunk's size and its extensions, with the line's end. */
#define CHUNK_LINE_MAX 128
#define CHUNK_DIGITS_MAX 8

void
http1_parser_init(struct http1_parser *parser, size_t head_bytes_max, size_t fields_max)
{
    *parser = (struct http1_parser){.state = HTTP1_START, .fields_max = fields_max};
    buffer_init(&parser->text, head_bytes_max);
}

void
http1_parser_fini(struct http1_parser *parser)
{
    buffer_fini(&parser->text);
}

size_t
http1_arena_budget(size_t head_bytes_max, size_t fields_max)
{
    const size_t rounding = 64;

    return head_bytes_max + fields_max * sizeof(struct http_field) + rounding;
}

static enum http1_event
fail(struct http1_parser *parser, unsigned status)
{
    parser->state = HTTP1_FAILED;
    parser->status = status;
    return HTTP1_BAD;
}

/* ---- Characters ---- */

static bool
is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static uint8_t
to_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* RFC 9110 5.6.2: tchar. */
static bool
is_token_byte(uint8_t byte)
{
    uint8_t lower = to_lower(byte);

    return is_digit(byte) || (lower >= 'a' && lower <= 'z') ||
           (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static bool
is_token(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_token_byte(text.at[i]))
            return false;
    return text.len > 0;
}

/* Visible ASCII and none of `but`. */
static bool
is_visible(struct slice text, const char *but)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr(but, text.at[i]) != NULL)
            return false;
    return true;
}

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static bool
is_ignoring_case(struct slice text, const char *lower)
{
    if (text.len != strlen(lower))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (to_lower(text.at[i]) != (uint8_t)lower[i])
            return false;
    return true;
}

/* ---- Slices ---- */

static struct slice
from(struct slice text, size_t index)
{
    return slice_make(text.at + index, text.len - index);
}

/* What stands before the first `byte`, which `rest` loses too; all of it if there is none. */
static struct slice
cut(struct slice *rest, uint8_t byte)
{
    const uint8_t *found = rest->len > 0 ? memchr(rest->at, byte, rest->len) : NULL;
    size_t len = found != NULL ? (size_t)(found - rest->at) : rest->len;
    struct slice head = slice_make(rest->at, len);

    *rest = from(*rest, found != NULL ? len + 1 : len);
    return head;
}

static struct slice
trim(struct slice text)
{
    while (text.len > 0 && is_blank(text.at[0]))
        text = from(text, 1);
    while (text.len > 0 && is_blank(text.at[text.len - 1]))
        text.len--;
    return text;
}

/* The next line of text in which every LF stands behind a CR, without the two. */
static struct slice
next_line(struct slice *text)
{
    struct slice line = cut(text, '\n');

    assert(line.len > 0);
    line.len--;
    return line;
}

/* ---- The request line ---- */

/* RFC 9110 4.2.4: userinfo in an authority is an error. */
static bool
is_authority(struct slice text)
{
    return is_visible(text, "/?#@,\"<>\\^`{|}");
}

static bool
starts_with(struct slice text, const char *lower)
{
    size_t len = strlen(lower);

    return text.len >= len && is_ignoring_case(slice_make(text.at, len), lower);
}

/* RFC 9112 3.2.2: the absolute form, which a server MUST accept. Leaves the path. */
static bool
take_authority(struct slice *target, struct http1_head *head)
{
    size_t scheme = starts_with(*target, "http://") ? 7 : starts_with(*target, "https://") ? 8 : 0;

    if (scheme == 0)
        return false;

    struct slice rest = from(*target, scheme);
    size_t len = 0;

    while (len < rest.len && rest.at[len] != '/' && rest.at[len] != '?')
        len++;
    head->authority = slice_make(rest.at, len);
    *target = from(rest, len);
    return len > 0 && is_authority(head->authority);
}

static unsigned
read_target(struct slice target, struct http1_head *head)
{
    if (target.len == 0 || !is_visible(target, "#"))
        return 400;
    if (slice_is(target, "*")) {
        head->path = target;
        return slice_is(head->method, "OPTIONS") ? 0 : 400;
    }
    if (target.at[0] != '/' && !take_authority(&target, head))
        return 400;

    head->query = target;
    head->path = cut(&head->query, '?');
    if (head->path.len == 0)
        head->path = slice_text("/");
    return 0;
}

/* RFC 9112 3: method SP request-target SP HTTP-version. */
static unsigned
read_request_line(struct slice line, struct http1_head *head)
{
    head->method = cut(&line, ' ');

    struct slice target = cut(&line, ' ');

    if (!is_token(head->method) || line.len != 8 || memcmp(line.at, "HTTP/", 5) != 0 ||
        !is_digit(line.at[5]) || line.at[6] != '.' || !is_digit(line.at[7]))
        return 400;
    if (!slice_is(line, "HTTP/1.1"))
        return 505;
    /* A tunnel is nothing that we make. */
    if (slice_is(head->method, "CONNECT"))
        return 501;
    return read_target(target, head);
}

/* ---- Fields ---- */

/* What of the fields is remembered until all were read. */
struct seen {
    bool host, length;
};

static unsigned
take_host(struct http1_head *head, struct seen *seen, struct slice value)
{
    /* RFC 9112 3.2: 400 to any request that contains more than one Host or an invalid one. */
    if (seen->host || !is_authority(value))
        return 400;
    seen->host = true;
    /* RFC 9112 3.2.2: with the absolute form, Host MUST be ignored. */
    if (head->authority.len == 0)
        head->authority = value;
    return 0;
}

static unsigned
take_content_length(struct http1_head *head, struct seen *seen, struct slice value)
{
    if (seen->length || value.len == 0)
        return 400;
    seen->length = true;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_digit(value.at[i]))
            return 400;
        /* What no 64 bits hold is above every limit. */
        if (__builtin_mul_overflow(head->content_length, 10, &head->content_length) ||
            __builtin_add_overflow(head->content_length, value.at[i] - '0', &head->content_length))
            return 413;
    }
    return 0;
}

static unsigned
take_transfer_encoding(struct http1_head *head, struct seen *seen, struct slice value)
{
    (void)seen;
    if (head->chunked)
        return 400;
    head->chunked = true;
    /* RFC 9112 6.1: a transfer coding that the server does not understand: 501. */
    return is_ignoring_case(value, "chunked") ? 0 : 501;
}

static unsigned
take_expect(struct http1_head *head, struct seen *seen, struct slice value)
{
    (void)seen;
    head->expects_continue = true;
    return is_ignoring_case(value, "100-continue") ? 0 : 417;
}

static unsigned
take_connection(struct http1_head *head, struct seen *seen, struct slice value)
{
    (void)seen;
    while (value.len > 0)
        if (is_ignoring_case(trim(cut(&value, ',')), "close"))
            head->wants_close = true;
    return 0;
}

/* The fields that decide where a request ends and what becomes of the connection. */
static const struct {
    const char *name;
    unsigned (*take)(struct http1_head *head, struct seen *seen, struct slice value);
} known_fields[] = {
    {"host", take_host},
    {"content-length", take_content_length},
    {"transfer-encoding", take_transfer_encoding},
    {"expect", take_expect},
    {"connection", take_connection},
};

/*
 * RFC 9112 5: field-name ":" OWS field-value OWS. A line that begins with a
 * blank (folding) or has one before the colon has a name that is no token.
 */
static bool
read_field(struct slice line, struct http_field *field)
{
    if (memchr(line.at, ':', line.len) == NULL)
        return false;
    field->name = cut(&line, ':');
    field->value = trim(line);
    return is_token(field->name);
}

static unsigned
take_field(struct http1_head *head, struct seen *seen, struct slice line)
{
    struct http_field *field = &head->fields[head->field_count];

    if (!read_field(line, field))
        return 400;
    head->field_count++;
    for (size_t i = 0; i < ARRAY_COUNT(known_fields); i++)
        if (slice_is(field->name, known_fields[i].name))
            return known_fields[i].take(head, seen, field->value);
    return 0;
}

/* Field names are case-insensitive: a copy of the head has them in lower case. */
static struct slice
copy_lowered(struct arena *arena, struct slice text)
{
    uint8_t *at = arena_alloc(arena, text.len);
    bool in_name = false;

    for (size_t i = 0; i < text.len; i++) {
        at[i] = in_name ? to_lower(text.at[i]) : text.at[i];
        if (text.at[i] == '\n')
            in_name = true;
        else if (text.at[i] == ':')
            in_name = false;
    }
    return slice_make(at, text.len);
}

/* The whole head, its empty line included. 0, or the status that refuses it. */
static unsigned
read_head(struct slice text, size_t fields_max, struct arena *arena, struct http1_head *head)
{
    struct seen seen = {0};

    *head = (struct http1_head){0};
    text = copy_lowered(arena, text);

    unsigned status = read_request_line(next_line(&text), head);

    head->fields = arena_array(arena, fields_max, sizeof(*head->fields));
    for (struct slice line = next_line(&text); status == 0 && line.len > 0; line = next_line(&text))
        status = head->field_count < fields_max ? take_field(head, &seen, line) : 431;
    if (status != 0)
        return status;

    /* RFC 9112 6.1: both lengths at once ought to be handled as an error. */
    return !seen.host || (seen.length && head->chunked) ? 400 : 0;
}

/* ---- The stream ---- */

/* RFC 9112 2.2: a CR not followed by LF, a LF alone, and controls in fields are refused. */
static bool
may_follow(uint8_t last, uint8_t byte)
{
    if (last == '\r' || byte == '\n')
        return last == '\r' && byte == '\n';
    return byte == '\r' || byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

enum lines { LINES_MORE, LINES_DONE, LINES_TOO_LONG, LINES_BAD };

/*
 * Moves bytes from the input to the parser's text, up to and with the end of a
 * line; with `to_empty_line`, of the first empty one.
 */
static enum lines
gather(struct http1_parser *parser, struct slice *input, bool to_empty_line)
{
    size_t room = parser->text.max - parser->text.len;
    enum lines found = LINES_MORE;
    size_t len = 0;

    if (input->len == 0)
        return LINES_MORE;
    while (len < input->len && found == LINES_MORE) {
        uint8_t byte = input->at[len];

        if (len == room)
            return LINES_TOO_LONG;
        if (!may_follow(parser->last, byte))
            return LINES_BAD;
        parser->last = byte;
        len++;
        if (byte != '\r' && byte != '\n') {
            parser->line_len++;
        } else if (byte == '\n') {
            found = !to_empty_line || parser->line_len == 0 ? LINES_DONE : LINES_MORE;
            parser->line_len = 0;
            parser->line_count++;
        }
    }

    bool fits = buffer_append(&parser->text, slice_make(input->at, len));

    assert(fits);
    *input = from(*input, len);
    return found;
}

static void
begin_text(struct http1_parser *parser, enum http1_state state)
{
    buffer_clear(&parser->text);
    parser->line_len = parser->line_count = 0;
    parser->last = '\0';
    parser->state = state;
}

static enum http1_event
end_request(struct http1_parser *parser)
{
    size_t max = parser->text.max;

    /* A connection that waits for its next request keeps no memory for it. */
    buffer_fini(&parser->text);
    buffer_init(&parser->text, max);
    begin_text(parser, HTTP1_START);
    parser->skipped_empty_line = false;
    return HTTP1_GOT_END;
}

/* RFC 9112 2.2: a server SHOULD ignore at least one empty line before the request line. */
static enum http1_event
eat_start(struct http1_parser *parser, struct slice *input)
{
    uint8_t byte;

    if (input->len == 0)
        return HTTP1_NEED_MORE;
    byte = input->at[0];
    if (parser->last == '\0' && (byte != '\r' || parser->skipped_empty_line)) {
        parser->state = HTTP1_HEAD;
        return HTTP1_NEED_MORE;
    }
    if (parser->last == '\r' && byte != '\n')
        return fail(parser, 400);

    parser->skipped_empty_line = byte == '\n';
    parser->last = byte == '\r' ? '\r' : '\0';
    *input = from(*input, 1);
    return HTTP1_NEED_MORE;
}

static enum http1_event
eat_head(struct http1_parser *parser, struct slice *input, struct arena *arena,
         struct http1_head *head)
{
    enum lines found = gather(parser, input, true);

    /* An empty request line is none. */
    if (found == LINES_BAD || (found == LINES_DONE && parser->line_count == 1))
        return fail(parser, 400);
    if (found == LINES_TOO_LONG)
        return fail(parser, parser->line_count == 0 ? 414 : 431);
    if (found == LINES_MORE)
        return HTTP1_NEED_MORE;

    unsigned status = read_head(buffer_slice(&parser->text), parser->fields_max, arena, head);

    if (status != 0)
        return fail(parser, status);
    begin_text(parser, head->chunked ? HTTP1_CHUNK_SIZE : HTTP1_LENGTH);
    parser->body_left = head->content_length;
    return HTTP1_GOT_HEAD;
}

/* The part of the body that lies in the input. */
static struct http1_result
eat_body(struct http1_parser *parser, struct slice *input)
{
    size_t len = input->len < parser->body_left ? input->len : (size_t)parser->body_left;
    struct http1_result result = {HTTP1_GOT_BODY, slice_make(input->at, len)};

    *input = from(*input, len);
    parser->body_left -= len;
    return result;
}

/* RFC 9112 7.1: chunk-size [ chunk-ext ] CRLF; extensions that are not known MUST be ignored. */
static bool
read_chunk_size(struct slice line, uint64_t *size)
{
    size_t digits = 0;

    *size = 0;
    for (; digits < line.len && digits <= CHUNK_DIGITS_MAX; digits++) {
        uint8_t byte = to_lower(line.at[digits]);

        if (is_digit(byte))
            *size = *size * 16 + (byte - '0');
        else if (byte >= 'a' && byte <= 'f')
            *size = *size * 16 + (byte - 'a') + 10;
        else
            break;
    }

    struct slice extension = trim(from(line, digits));

    return digits > 0 && digits <= CHUNK_DIGITS_MAX &&
           (digits == line.len || (extension.len > 0 && extension.at[0] == ';'));
}

static enum http1_event
eat_chunk_size(struct http1_parser *parser, struct slice *input)
{
    size_t room = CHUNK_LINE_MAX - parser->text.len;
    struct slice part = slice_make(input->at, input->len < room ? input->len : room);
    enum lines found = gather(parser, &part, false);

    *input = from(*input, (size_t)(part.at - input->at));
    if (found == LINES_MORE && parser->text.len < CHUNK_LINE_MAX)
        return HTTP1_NEED_MORE;

    struct slice text = buffer_slice(&parser->text);

    if (found != LINES_DONE || !read_chunk_size(next_line(&text), &parser->body_left))
        return fail(parser, 400);
    begin_text(parser, parser->body_left > 0 ? HTTP1_CHUNK_DATA : HTTP1_TRAILERS);
    return HTTP1_NEED_MORE;
}

static enum http1_event
eat_chunk_end(struct http1_parser *parser, struct slice *input)
{
    enum lines found = gather(parser, input, false);

    if (found == LINES_MORE && parser->line_len == 0)
        return HTTP1_NEED_MORE;
    if (found != LINES_DONE || parser->text.len != 2)
        return fail(parser, 400);
    begin_text(parser, HTTP1_CHUNK_SIZE);
    return HTTP1_NEED_MORE;
}

/* Trailers must be well-formed, and nobody is told of them. */
static enum http1_event
eat_trailers(struct http1_parser *parser, struct slice *input)
{
    enum lines found = gather(parser, input, true);

    if (found == LINES_MORE)
        return HTTP1_NEED_MORE;
    if (found != LINES_DONE)
        return fail(parser, found == LINES_TOO_LONG ? 431 : 400);
    /* The empty line is counted too. */
    if (parser->line_count > parser->fields_max + 1)
        return fail(parser, 431);

    struct slice text = buffer_slice(&parser->text);

    for (struct slice line = next_line(&text); line.len > 0; line = next_line(&text)) {
        struct http_field field;

        if (!read_field(line, &field))
            return fail(parser, 400);
    }
    return end_request(parser);
}

/* One state's turn: an event, or HTTP1_NEED_MORE when it moved on or ate what there was. */
static struct http1_result
step(struct http1_parser *parser, struct slice *input, struct arena *arena, struct http1_head *head)
{
    struct http1_result result = {HTTP1_NEED_MORE, {0}};

    switch (parser->state) {
    case HTTP1_START:
        result.event = eat_start(parser, input);
        break;
    case HTTP1_HEAD:
        result.event = eat_head(parser, input, arena, head);
        break;
    case HTTP1_LENGTH:
        if (parser->body_left == 0)
            result.event = end_request(parser);
        else if (input->len > 0)
            result = eat_body(parser, input);
        break;
    case HTTP1_CHUNK_SIZE:
        result.event = eat_chunk_size(parser, input);
        break;
    case HTTP1_CHUNK_DATA:
        if (parser->body_left == 0)
            parser->state = HTTP1_CHUNK_END;
        else if (input->len > 0)
            result = eat_body(parser, input);
        break;
    case HTTP1_CHUNK_END:
        result.event = eat_chunk_end(parser, input);
        break;
    case HTTP1_TRAILERS:
        result.event = eat_trailers(parser, input);
        break;
    case HTTP1_FAILED:
        result.event = HTTP1_BAD;
        break;
    }
    return result;
}

struct http1_result
http1_parse(struct http1_parser *parser, struct slice *input, struct arena *arena,
            struct http1_head *head)
{
    struct http1_result result;

    do {
        result = step(parser, input, arena, head);
    } while (result.event == HTTP1_NEED_MORE && input->len > 0);
    return result;
}
