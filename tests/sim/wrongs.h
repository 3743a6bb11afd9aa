#pragma once

#include "base/reason.h"

#include <stddef.h>
#include <stdint.h>

enum value { TEXT, INT32, INT64, SIZE, BOOL, TWICE };

/* Set `at` of the item, or of what pointers `through` it lead to, to a wrong value. */
struct wrong {
    int kind; /* of the item; 0: any; a control record's, negative */
    enum reason reason;
    enum value type;
    size_t at;
    int64_t number;
    const char *text;
    size_t through[2]; /* offsets of pointers, + 1; 0: none */
};

struct wrongs {
    size_t count;
    const struct wrong *rows;
};

/* Of the transaction itself, of control records and of items. */
extern const struct wrongs wrong_transactions, wrong_controls, wrong_items;
