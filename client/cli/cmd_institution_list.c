/* institution list: who takes part in the bank. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {{"kind",
                                             ARGUMENT_OPTION,
                                             false,
                                             "kind",
                                             {"只看一类：operator、regulator、school、issuer",
                                              "only operator, regulator, school or issuer"}},
                                            {0}};

static const struct column rows[] = {{{"机构", "Institution"}, "institution_id"},
                                     {{"类别", "Kind"}, "kind"},
                                     {{"名称", "Name"}, "name"},
                                     {{"区划", "Region"}, "region_code"},
                                     {{"学校标识码", "School code"}, "school_code"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "ListInstitutions",
    .rows = "institutions",
    .row_columns = rows,
};

const struct command cmd_institution_list = {
    .name = "institution list",
    .summary = {"列出机构", "list the institutions"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
