#pragma once

#include "cli.h"

/* Submitting what the profile's institution signs. Everything goes through the outbox. */

/* The entry that was booked. */
struct booked {
    uint64_t entry_index;
};

/* Signs one control record or some items, and books them; said so when it fails. */
enum exit_code submit_control(struct cli *cli, const Creditbank__V1__Control *control,
                              struct booked *booked) MUST_USE;
enum exit_code submit_items(struct cli *cli, Creditbank__V1__Item *const *items, size_t count,
                            struct booked *booked) MUST_USE;

/* Whether the profile has all that signing takes; false, and said so. */
bool submit_can_sign(struct cli *cli) MUST_USE;

/*
 * Sends what waits in the outbox, and says what became of it; adds what was booked
 * to the array, as {"request", "entryIndex"}. Before an import, which brings every row
 * again, the array is NULL: then it is no fault that some of a transaction was booked
 * by another meanwhile.
 */
enum exit_code submit_waiting(struct cli *cli, json_t *sent) MUST_USE;

/*
 * Asks what became of a request that the outbox keeps; nothing is booked by it. Where the bank
 * has booked it, it is settled; else it waits on. EXIT_DONE, or why not, which was said.
 */
enum exit_code submit_ask(struct cli *cli, const char *name) MUST_USE;

/* What most commands say at their end: where it stands in the log. */
enum exit_code submit_say(struct cli *cli, const struct booked *booked);

/*
 * What an answer means for the outbox: settled, checked against what was sent,
 * or kept. An error is said.
 */
enum exit_code submit_settle(struct cli *cli, const char *name,
                             const struct creditbank_bytes *request,
                             const struct creditbank_result *result) MUST_USE;
