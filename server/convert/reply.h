#pragma once

#include "base/arena.h"
#include "core/item.h"
#include "creditbank/v1/transaction.pb-c.h"

/*
 * For those who make answers: core's values as members of messages. All copies
 * live in the arena.
 */
char *reply_text(struct arena *arena, struct slice text);
ProtobufCBinaryData reply_bytes(struct arena *arena, struct slice bytes);
ProtobufCBinaryData reply_hash(struct arena *arena, const struct hash *hash);

/* NULL for DATE_OPEN. */
Creditbank__V1__Date *reply_date(struct arena *arena, int32_t date);

/* NULL for ENTRY_NONE. */
Creditbank__V1__EntryIndex *reply_entry_index(struct arena *arena, int64_t entry_index);

/* `count` pointers to messages of `size` bytes, which the caller initialises, as lists have them.
 */
void *reply_list(struct arena *arena, size_t count, size_t size);

/* Canonical bytes of a message: of what the bank itself signs. */
struct slice reply_pack(struct arena *arena, const ProtobufCMessage *message) MUST_USE;

/* NULL for none. */
Creditbank__V1__Mark *reply_mark(struct arena *arena, int32_t scheme, int64_t centiscore);
