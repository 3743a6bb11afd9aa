/* institution show: an institution's keys. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {
    {"INSTITUTION", ARGUMENT_OPERAND, true, "institution_id", {"机构标识", "its id"}}, {0}};

static const struct column rows[] = {{{"密钥", "Key"}, "key_id"},
                                     {{"职责", "Duties"}, "duties"},
                                     {{"登记条目", "Registered"}, "registered_entry"},
                                     {{"撤销条目", "Revoked"}, "revoked_entry"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "GetInstitution",
    .rows = "keys",
    .row_columns = rows,
};

const struct command cmd_institution_show = {
    .name = "institution show",
    .summary = {"查看机构的密钥", "show an institution's keys"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
