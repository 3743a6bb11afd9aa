/* Numbers in a file: what stands under them. */
#include "import.h"

#include "import_context.h"

#include "creditbank/v1/account_service.pb-c.h"

const char *
import_key(const struct batch *batch, const struct load_row *row)
{
    (void)batch;
    return row->key;
}

const char *
import_student_no(const struct batch *batch, const struct load_row *row)
{
    return import_cell(batch, row, "student_no");
}

/* Of the rows that are to be booked, each number once. */
static size_t
gather(const struct batch *batch, number_fn number_of, char *numbers[LOADER_BATCH_ROWS])
{
    size_t count = 0;

    for (size_t i = 0; i < batch->row_count; i++) {
        bool known = batch->rows[i].state != ROW_PENDING;
        const char *number = known ? "" : number_of(batch, &batch->rows[i]);

        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(numbers[j], number) == 0;
        if (!known)
            numbers[count++] = (char *)(uintptr_t)number;
    }
    return count;
}

void
import_ask_enrolments(struct batch *batch, number_fn number_of, answer_fn answer)
{
    Creditbank__V1__BatchGetEnrolmentsRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "BatchGetEnrolments",
                                         .message = &message.base};
    char *numbers[LOADER_BATCH_ROWS];

    creditbank__v1__batch_get_enrolments_request__init(&message);
    message.student_nos = numbers;
    message.n_student_nos = gather(batch, number_of, numbers);
    if (message.n_student_nos > 0)
        batch_call(batch, &request, answer);
}

void
import_ask_outcomes(struct batch *batch, number_fn number_of, answer_fn answer)
{
    Creditbank__V1__BatchGetOutcomesRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__ledger_service__descriptor,
                                         .method = "BatchGetOutcomes",
                                         .message = &message.base};
    char *numbers[LOADER_BATCH_ROWS];

    creditbank__v1__batch_get_outcomes_request__init(&message);
    message.outer_ids = numbers;
    message.n_outer_ids = gather(batch, number_of, numbers);
    if (message.n_outer_ids > 0)
        batch_call(batch, &request, answer);
}

void
import_refuse_revoked(struct batch *batch, const Creditbank__V1__BookedOutcome *outcome)
{
    struct import_context *import = batch_context(batch);

    if (!outcome->revoked || import->options->again ||
        undone_has(&import->undone, import->cli->profile.name, outcome->entry_index))
        return;
    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];

        if (row->state == ROW_PENDING && strcmp(row->key, outcome->outer_id) == 0)
            row_refuse(batch, row, REASON_ROW_REVOKED, row->key);
    }
}
