#pragma once

#include "crypto/merkle.h"

/*
 * The anchor: what the notary remembers of the last checkpoint it signed, outside
 * the database, so that a database that was rewound or forked gets no signature.
 * A log has one notary and one anchor. It is a file of two slots of ANCHOR_SLOT_SIZE
 * bytes, mode 0600. Each has a text, and after it what was there before:
 *
 *   creditbank anchor v1
 *   origin ORIGIN                  the log's
 *   size SIZE                      decimal
 *   root HEX                       64 lower-case digits, the tree hash at that size
 *   edge HEX                       one line for each bit set in the size: the roots of the
 *                                  complete subtrees, the largest first (crypto/merkle.h)
 *   sha256 HEX                     of all lines above, with their newlines
 *
 * The anchor is the text of the larger size that is whole. It moves in place, so that it waits
 * for no journal of the file system: into the slot whose text is not needed, to the disk, and
 * only then into the other. So one slot may be torn or damaged at any time, and nothing that
 * was signed is forgotten (docs/decisions/0014).
 */
struct anchor;

#define ANCHOR_SLOT_SIZE 8192

/* Makes the anchor of an empty log. NULL, or why not: never over one that exists. */
const char *anchor_create(const char *path, struct slice origin) MUST_USE;

/*
 * Opens the anchor and locks it for as long as it is open. NULL and the anchor, or why not: there
 * is none, it is damaged or another log's, or another notary has it open.
 */
const char *anchor_open(const char *path, struct slice origin, struct anchor **anchor) MUST_USE;
void anchor_close(struct anchor *anchor);

/* Reads what the anchor says, without opening it: a notary may have it. NULL, or why not. */
const char *anchor_read(const char *path, struct slice origin, struct merkle_edge *edge) MUST_USE;

/* The right edge of the tree that was signed last; valid until it moves. */
const struct merkle_edge *anchor_edge(const struct anchor *anchor);

/*
 * Moves to a larger tree. When it returns NULL the new anchor is on disk, before
 * which no signature may leave; else why not, and the edge is still the old one: the
 * disk failed, or somebody removed the file or put another in its place.
 */
const char *anchor_move(struct anchor *anchor, const struct merkle_edge *edge) MUST_USE;
