#include "api/statement_part.h"

#include "convert/entry.h"
#include "convert/transaction.h"
#include "flow/call.h"

#include <assert.h>

/* Of a string literal, without its terminator. */
#define LENGTH(literal) (sizeof(literal) - 1)

/* RFC 4648 4: so many bytes in so many texts, each filled up to four characters for three bytes. */
#define BASE64_SIZE(bytes, texts) (((size_t)(bytes) + 2 * (size_t)(texts)) / 3 * 4)
#define HASH_SIZE_IN_TEXT BASE64_SIZE(HASH_SIZE, 1)

/* 128 characters of printable ASCII, of which JSON escapes some. */
#define ORIGIN_SIZE ((size_t)2 * 128)

/* The hashes from an item to the root of ITEMS_MAX, and from an entry to that of 2^32. */
#define ITEM_PATH_MAX ((size_t)10)
#define ENTRY_PATH_MAX ((size_t)32)

/* Checkpoint and proof of docs/formats.md section 7 as a string of JSON has them. */
#define CHECKPOINT_SIZE                                                                  \
    (LENGTH("\\n4294967296\\n\\n\\n\u2014  \\n") + 2 * ORIGIN_SIZE + HASH_SIZE_IN_TEXT + \
     BASE64_SIZE(4 + 64, 1))
#define PROOF_SIZE                                               \
    (LENGTH("c2sp.org/tlog-proof@v1\\nindex 4294967295\\n\\n") + \
     ENTRY_PATH_MAX * (HASH_SIZE_IN_TEXT + LENGTH("\\n")) + CHECKPOINT_SIZE)

/* A receipt of a control entry, without the bytes of the entry, and the comma behind it. */
#define KEY_RECORD_SIZE                                                                  \
    (LENGTH("{\"entry\":{\"entryIndex\":\"4294967295\",\"bookedAt\":"                    \
            "\"2026-03-05T12:00:00.123456Z\",\"logEntry\":\"\",\"tlogProof\":\"\"}},") + \
     PROOF_SIZE)

/* A line's position in the list, 11 bytes; and its receipt, without the bytes of item and entry. */
#define POSITION_SIZE BASE64_SIZE(11, 1)
#define LINE_SIZE                                                                 \
    (POSITION_SIZE + LENGTH("\"item\":\"\",\"itemIndex\":999,\"itemPath\":[],") + \
     ITEM_PATH_MAX * (HASH_SIZE_IN_TEXT + LENGTH("\"\",")) + KEY_RECORD_SIZE)

/* The list without positions, its signature, and the three fields of a person. */
#define HEAD_SIZE ((size_t)2048)

/* An entry about a key, of the longest names and SIGNERS_MAX signatures, has about 900 bytes. */
#define KEY_ENTRY_MAX ((size_t)1024)

/* Every account has a statement: the longest line fits beside the key records that it needs. */
static_assert(HEAD_SIZE + STATEMENT_KEY_RECORDS_MAX * KEY_RECORD_SIZE +
                      BASE64_SIZE(STATEMENT_KEY_RECORDS_MAX * KEY_ENTRY_MAX + ENTRY_BYTES_MAX,
                                  STATEMENT_KEY_RECORDS_MAX) +
                      LINE_SIZE + BASE64_SIZE(ACCOUNT_ITEM_BYTES_MAX + ENTRY_BYTES_MAX, 2) <=
                  CALL_RESPONSE_MAX,
              "a line fits");

size_t
statement_part_lines(const struct record_list *records, const struct key_history *history)
{
    size_t size =
        HEAD_SIZE + history->count * KEY_RECORD_SIZE + BASE64_SIZE(history->bytes, history->count);
    size_t count = 0;

    if (history->count > STATEMENT_KEY_RECORDS_MAX)
        return 0;
    for (; count < records->count && count < STATEMENT_LINES_MAX; count++) {
        size += LINE_SIZE + BASE64_SIZE(records->bytes[count], 2);
        if (size > CALL_RESPONSE_MAX)
            break;
    }
    return count;
}
