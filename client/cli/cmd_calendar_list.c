/* calendar list: the holidays and make-up working days of a year. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {
    {"YEAR", ARGUMENT_OPERAND, true, "year", {"年份，如 2025", "the year, as 2025"}}, {0}};

static const struct column rows[] = {{{"日期", "Date"}, "date"},
                                     {{"安排", "Day"}, "kind"},
                                     {{"日志条目", "Entry"}, "entry_index"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "ListCalendarDays",
    .rows = "days",
    .row_columns = rows,
};

const struct command cmd_calendar_list = {
    .name = "calendar list",
    .summary = {"列出一年的放假和调休上班日",
                "list the holidays and make-up working days of a year"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
