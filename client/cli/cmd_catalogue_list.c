/* catalogue list: the certificates that there are. */
#include "view.h"

#include "creditbank/v1/catalogue_service.pb-c.h"

static const struct argument arguments[] = {{"family",
                                             ARGUMENT_OPTION,
                                             false,
                                             "family_id",
                                             {"只看一组等级", "only the grades of one family"}},
                                            {0}};

static const struct column rows[] = {{{"证书标识", "Certificate"}, "certificate_id"},
                                     {{"名称", "Name"}, "name"},
                                     {{"组", "Family"}, "family_id"},
                                     {{"体系", "Scheme"}, "scheme_id"},
                                     {{"等级", "Grade"}, "grade"},
                                     {{"公布日期", "Since"}, "state_date"},
                                     {{0}, NULL}};

static const struct query query = {
    .service = &creditbank__v1__catalogue_service__descriptor,
    .method = "ListCertificates",
    .rows = "certificates",
    .row_columns = rows,
};

const struct command cmd_catalogue_list = {
    .name = "catalogue list",
    .summary = {"列出证书目录", "list the catalogue of certificates"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
