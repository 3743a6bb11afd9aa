/* rulebook show: a version of a rulebook with its rules, in words. */
#include "outline.h"
#include "view.h"

#include "creditbank/v1/rule_service.pb-c.h"

static const struct argument arguments[] = {
    {"SCHOOL", ARGUMENT_OPERAND, true, "school_id", {"学校", "the school"}},
    {"RULEBOOK", ARGUMENT_OPERAND, true, "rulebook_id", {"转换办法", "its rulebook"}},
    {"VERSION",
     ARGUMENT_OPERAND,
     false,
     "version",
     {"版本，1、2、3……；不填为最新公布的", "1, 2, 3 …; left out: the newest published"}},
    {0}};

static const struct column record[] = {{{"学校", "School"}, "school_id"},
                                       {{"状态", "State"}, "state"},
                                       {{"备案条目", "Filed as entry"}, "filed_entry"},
                                       {{"公布条目", "Published as entry"}, "published_entry"},
                                       {{0}, NULL}};

static void
show(struct cli *cli, const ProtobufCMessage *answer)
{
    const Creditbank__V1__Rulebook *rulebook =
        ((const Creditbank__V1__GetRulebookResponse *)answer)->rulebook;

    if (rulebook == NULL)
        return;
    view_record(cli, record, &rulebook->base);
    if (rulebook->filed != NULL)
        outline_print(cli, &rulebook->filed->base);
}

static const struct query query = {
    .service = &creditbank__v1__rule_service__descriptor,
    .method = "GetRulebook",
    .show = show,
};

const struct command cmd_rulebook_show = {
    .name = "rulebook show",
    .summary = {"查看转换办法的全部条款", "show a rulebook with its rules"},
    .arguments = arguments,
    .query = &query,
    .run = run_query,
};
