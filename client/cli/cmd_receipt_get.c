/* receipt get: the receipt of an item, as JSON. */
#include "view.h"

#include "creditbank/v1/ledger_service.pb-c.h"

static const struct argument arguments[] = {{"ENTRY",
                                             ARGUMENT_OPERAND,
                                             true,
                                             "entry_index",
                                             {"日志条目，从 0 起", "entry of the log, from 0"}},
                                            {"ITEM",
                                             ARGUMENT_OPERAND,
                                             false,
                                             "item_index",
                                             {"交易中的明细，从 0 起", "item of it, from 0"}},
                                            {0}};

static const struct column record[] = {{{"日志条目", "Entry"}, "entry.entry_index"},
                                       {{"入账时间", "Booked"}, "entry.booked_at"},
                                       {{"明细", "Item"}, "item_index"},
                                       {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__ledger_service__descriptor,
    .method = "GetReceipt",
    .record = "receipt",
    .record_columns = record,
};

const struct command cmd_receipt_get = {
    .name = "receipt get",
    .summary = {"取得一条记录的回执（--json 为可验证的全文）",
                "get the receipt of a record (with --json, all of it)"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
