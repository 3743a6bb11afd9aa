#pragma once

#include "cli.h"

#include "creditbank/v1/application_service.pb-c.h"

/* The operand that names an application: a row of a command's arguments. */
#define APPLICATION_ARGUMENT                                     \
    {                                                            \
        "APPLICATION", ARGUMENT_OPERAND, true, "application_no", \
        {                                                        \
            "申请编号，16 位", "its number, 16 characters"       \
        }                                                        \
    }

/* The arguments of a command that takes nothing else. */
extern const struct argument application_arguments[];

/* What a learner is shown of an application that she has moved; with a query of `record`. */
extern const struct column application_moved_columns[];

/*
 * An application as it stands, which a school's move has to state. The caller
 * frees the result when EXIT_DONE.
 */
enum exit_code application_get(struct cli *cli, const char *application_no,
                               struct creditbank_result *result,
                               const Creditbank__V1__GetApplicationResponse **found) MUST_USE;

/* Looks at a move before it is sent, beside the application as it stands. */
typedef void look_fn(const struct cli *cli, const ProtobufCMessage *move,
                     const Creditbank__V1__GetApplicationResponse *found);

/*
 * A school's move: the item of a oneof's field with account, revision and what the
 * arguments say. `look` may be NULL; it has the move before it is sent.
 */
enum exit_code application_move(struct cli *cli, const struct command *command,
                                const struct given *given, look_fn *look);
enum exit_code run_application_move(struct cli *cli, const struct command *command,
                                    const struct given *given);

/* Most lines of an application, and most courses of a line. */
#define LINES_MAX 40
#define COURSES_MAX 16

/* Calls a method that changes an application and answers with it, which is then shown. */
enum exit_code application_send(struct cli *cli, const char *method,
                                const ProtobufCMessage *message);

/* The state and the moves of an application. */
void application_view(struct cli *cli, const Creditbank__V1__Application *application);
