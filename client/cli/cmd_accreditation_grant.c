/* accreditation grant: who may award which certificate, and when. */
#include "view.h"

static const struct argument arguments[] = {
    {"ISSUER", ARGUMENT_OPERAND, true, "issuer_id", {"培训评价组织", "the issuer"}},
    {"CERTIFICATE",
     ARGUMENT_OPERAND,
     true,
     "certificate_id",
     {"证书标识", "certificate of the catalogue"}},
    {"from",
     ARGUMENT_OPTION,
     true,
     "from_date",
     {"第一天，如 2020-01-01", "first day, as 2020-01-01"}},
    {"to",
     ARGUMENT_OPTION,
     false,
     "to_date",
     {"最后一天；不填为无期限", "last day; left out: without end"}},
    {0}};

const struct command cmd_accreditation_grant = {
    .name = "accreditation grant",
    .summary = {"准许机构颁发某证书（学分银行）", "let an issuer award a certificate (operator)"},
    .arguments = arguments,
    .body = "accreditation_granted",
    .run = run_item,
};
