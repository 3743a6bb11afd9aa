#include "application.h"

#include "submit.h"
#include "view.h"

#include <assert.h>
#include <string.h>

const struct argument application_arguments[] = {APPLICATION_ARGUMENT, {0}};

const struct column application_moved_columns[] = {
    {{"申请", "Application"}, "application_no"}, {{"状态", "State"}, "state"}, {{0}, NULL}};

enum exit_code
application_get(struct cli *cli, const char *application_no, struct creditbank_result *result,
                const Creditbank__V1__GetApplicationResponse **found)
{
    Creditbank__V1__GetApplicationRequest message;
    struct creditbank_request request = {.service =
                                             &creditbank__v1__application_service__descriptor,
                                         .method = "GetApplication",
                                         .message = &message.base};
    enum exit_code code;

    creditbank__v1__get_application_request__init(&message);
    message.application_no = (char *)(uintptr_t)application_no;
    code = cli_call(cli, &request, result);
    if (code != EXIT_DONE)
        return code;
    *found = (const void *)result->reply;
    if ((*found)->application != NULL)
        return EXIT_DONE;
    creditbank_result_free(result);
    cli_warn(cli, TEXT_ANSWER_EMPTY, FILL());
    return EXIT_REFUSED;
}

enum exit_code
application_move(struct cli *cli, const struct command *command, const struct given *given,
                 look_fn *look)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name(
        &creditbank__v1__item__descriptor, command->body);
    Creditbank__V1__Item item, *items[] = {&item};
    const Creditbank__V1__GetApplicationResponse *found;
    struct creditbank_result result;
    struct booked booked;
    ProtobufCMessage *move;
    enum exit_code code =
        application_get(cli, command_value(command, given, "APPLICATION"), &result, &found);

    creditbank__v1__item__init(&item);
    if (code != EXIT_DONE)
        return code;
    assert(field != NULL);
    move = fields_new(field->descriptor, cli->arena);

    const char *revision = arena_printf(cli->arena, "%u", found->application->revision);

    /* Texts and numbers of ours: setting them cannot fail. */
    (void)!fields_set(move, "account_no", found->application->account_no, cli->arena);
    (void)!fields_set(move, "revision", revision, cli->arena);
    if (!view_fill(cli, command, given, move))
        code = EXIT_USAGE;
    else if (look != NULL)
        look(cli, move, found);
    creditbank_result_free(&result);
    if (code != EXIT_DONE)
        return code;
    fields_set_message(&item.base, command->body, move);
    code = submit_items(cli, items, 1, &booked);
    return code == EXIT_DONE ? submit_say(cli, &booked) : code;
}

enum exit_code
run_application_move(struct cli *cli, const struct command *command, const struct given *given)
{
    return application_move(cli, command, given, NULL);
}

enum exit_code
application_send(struct cli *cli, const char *method, const ProtobufCMessage *message)
{
    struct creditbank_request request = {.service =
                                             &creditbank__v1__application_service__descriptor,
                                         .method = method,
                                         .message = message};
    struct creditbank_result result;
    const ProtobufCFieldDescriptor *field;
    const Creditbank__V1__Application *application;
    enum exit_code code = cli_call(cli, &request, &result);

    if (code != EXIT_DONE)
        return code;
    field =
        protobuf_c_message_descriptor_get_field_by_name(result.reply->descriptor, "application");
    assert(field != NULL);
    memcpy(&application, (const char *)result.reply + field->offset, sizeof(application));
    if (cli->globals.json)
        code = cli_answer_message(cli, result.reply);
    else if (application != NULL)
        application_view(cli, application);
    creditbank_result_free(&result);
    return code;
}

static const struct column record_columns[] = {{{"申请", "Application"}, "application_no"},
                                               {{"账号", "Account"}, "account_no"},
                                               {{"学校", "School"}, "school_id"},
                                               {{"培养方案", "Programme"}, "programme_id"},
                                               {{"转换办法", "Rulebook"}, "rulebook_id"},
                                               {{"版本", "Version"}, "version"},
                                               {{"状态", "State"}, "state"},
                                               {{"变更次数", "Revision"}, "revision"},
                                               {{"提交次数", "Submissions"}, "submission_no"},
                                               {{"期满次日", "Period over"}, "due_date"},
                                               {{0}, NULL}};

static const struct column line_columns[] = {
    {{"条款", "Rule"}, "rule_no"},
    {{"登记机构", "Institution"}, "outcome.institution_id"},
    {{"成果", "Outcome"}, "outcome.outer_id"},
    {{"课程", "Courses"}, "course_codes"},
    {{0}, NULL}};

static const struct column exemption_columns[] = {
    {{"课程", "Course"}, "course_code"},         {{"学分", "Credits"}, "centicredits"},
    {{"记载的成绩", "Mark"}, "mark.centiscore"}, {{"免修", "Not attended"}, "attendance_waived"},
    {{"免考", "Not examined"}, "exam_waived"},   {{0}, NULL}};

static const struct column move_columns[] = {
    {{"状态", "State"}, "state"},
    {{"机构", "By"}, "institution_id"},
    {{"时间", "Time"}, "move_time"},
    {{"意见", "Verdict"}, "verdict"},
    {{"退回原因", "Returned for"}, "return_reason"},
    {{"不予受理原因", "Not accepted for"}, "not_accepted_reason"},
    {{"异议内容", "Objected for"}, "objection_reason"},
    {{"日志条目", "Entry"}, "entry_index"},
    {{0}, NULL}};

void
application_view(struct cli *cli, const Creditbank__V1__Application *application)
{
    view_record(cli, record_columns, &application->base);
    cli_say(cli, TEXT_BLANK, FILL());
    view_rows(cli, line_columns, fields_list(&application->base, "lines"));
    if (application->n_exemptions > 0) {
        cli_say(cli, TEXT_BLANK, FILL());
        view_rows(cli, exemption_columns, fields_list(&application->base, "exemptions"));
    }
    if (application->n_moves > 0) {
        cli_say(cli, TEXT_BLANK, FILL());
        view_rows(cli, move_columns, fields_list(&application->base, "moves"));
    }
}
