/* calendar declare: days become holidays or working days, or what their weekday says. */
#include "view.h"

static const struct argument arguments[] = {
    {"FIRST",
     ARGUMENT_OPERAND,
     true,
     "first_date",
     {"第一天，如 2025-10-01", "first day, as 2025-10-01"}},
    {"to",
     ARGUMENT_OPTION,
     false,
     "last_date",
     {"最后一天，至多 62 天；不填为只一天", "last day, of at most 62; left out: one day"}},
    {"kind",
     ARGUMENT_OPTION,
     true,
     "kind",
     {"holiday 放假、working 调休上班，或 ordinary 照常（取消此前的安排）",
      "holiday, working, or ordinary (as its weekday says: takes an earlier declaration back)"}},
    {0}};

const struct command cmd_calendar_declare = {
    .name = "calendar declare",
    .summary = {"公布放假或调休上班的日期（学分银行）",
                "declare holidays or make-up working days (operator)"},
    .arguments = arguments,
    .body = "calendar_declared",
    .run = run_item,
};
