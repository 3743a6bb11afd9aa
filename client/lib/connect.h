#pragma once

#include "base/arena.h"
#include "base/reason.h"

#include "creditbank.h"

/*
 * The Connect protocol's unary answers (connectrpc.com/docs/protocol), bytes in,
 * result out; no network here.
 */

/* What came back over HTTP. */
struct connect_answer {
    long http_status;
    struct slice body;
    bool is_proto; /* its content type is application/proto */
};

/*
 * Fills the result from an answer: the reply, or the code and its refusals.
 * Whatever the server says, code and refusals are set so that they agree.
 */
void connect_decode(const struct connect_answer *answer, const ProtobufCMessageDescriptor *output,
                    struct creditbank_result *result);

/* What fills the {} of a reason's sentence, in both languages. */
struct connect_detail {
    const char *zh, *en;
};

/* Fills the result with one refusal of our own, where no answer came. */
void connect_fail(enum status status, enum reason reason, const struct connect_detail *detail,
                  struct creditbank_result *result);

/* The code of an answer, without its details: what decides on a retry. */
enum status connect_status(const struct connect_answer *answer) MUST_USE;
