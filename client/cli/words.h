#pragma once

#include "base/arena.h"

#include "creditbank/v1/refusal.pb-c.h"

#include <protobuf-c/protobuf-c.h>

/*
 * What the bank says in names and numbers of the contract ("1:6000", state 3, "open"),
 * in the words that people use. Whatever is not known stays as it is.
 */

/* A string field of a message, which says `text`: a verdict's inputs, a method that was called. */
const char *words_of_field(const ProtobufCMessage *message, const char *field, const char *text,
                           bool chinese, struct arena *arena) MUST_USE;

/* Whether the figure means nothing there: a certificate has no hours, training no score. */
bool words_is_moot(const ProtobufCMessage *message, const char *field) MUST_USE;

/* The sentence of a refusal of that code, in that language, with its detail in words. */
const char *words_of_refusal(const char *code, const char *sentence, bool chinese,
                             struct arena *arena) MUST_USE;

/* The same of a refusal; a range of a field in hundredths is said in whole units. */
const char *words_of_item_refusal(const Creditbank__V1__Refusal *refusal, bool chinese,
                                  struct arena *arena) MUST_USE;

/*
 * The advice of a refusal of that code; one that speaks of the request_id, which only
 * programs have in hand, says instead to try again.
 */
const char *words_of_advice(const char *code, const char *advice, bool chinese) MUST_USE;

/* A number of digits alone, at most 18; false for anything else. */
bool words_number(const char *text, int64_t *number) MUST_USE;

/*
 * The amount, of credits or hours, that fills the {} of the sentence in English which the bank
 * gave with this code; false where the sentence is another.
 */
bool words_amount(const char *code, const char *sentence, struct arena *arena,
                  int64_t *hundredths) MUST_USE;
