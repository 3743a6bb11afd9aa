/* recording-rule list: how hours become credits. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct column rows[] = {{{"学时类别", "Kind"}, "course_kind"},
                                     {{"每学分学时", "Hours a credit"}, "centihours_per_credit"},
                                     {{"取整", "Step"}, "step_centicredits"},
                                     {{"生效日期", "From"}, "from_date"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "ListRecordingRules",
    .rows = "rules",
    .row_columns = rows,
};

const struct command cmd_recording_rule_list = {
    .name = "recording-rule list",
    .summary = {"列出学时学分记录规则", "list how hours become credits"},
    .query = &query,
    .run = run_query,
};
