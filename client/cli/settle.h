#pragma once

#include "cli.h"

/*
 * What became of rows that an import or an undo has sent and has no answer for. The journal
 * has the request of each, and the outbox what became of that: booked, refused, or waiting
 * still. What is found out is noted in the journal.
 */

/*
 * Settles the rows of one import. Where it is to `ask`, the bank is asked what became of
 * requests that wait; that books nothing. Sets how many rows were sent and are not settled.
 * EXIT_DONE, or why it could not ask, which was said. While another program works with the
 * outbox everything stays as it is.
 */
enum exit_code settle_rows(struct cli *cli, const char *id, bool ask, size_t *unsettled) MUST_USE;

/*
 * Sends what waits in the outbox, as submit_waiting does, and settles the rows of all
 * imports by what came of it.
 */
enum exit_code settle_waiting(struct cli *cli, json_t *sent) MUST_USE;
