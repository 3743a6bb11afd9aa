/* Student numbers in a file: which enrolments they are. */
#include "import.h"

#include "creditbank/v1/account_service.pb-c.h"

void
import_ask_enrolments(struct batch *batch, answer_fn answer)
{
    Creditbank__V1__BatchGetEnrolmentsRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "BatchGetEnrolments",
                                         .message = &message.base};
    char *numbers[LOADER_BATCH_ROWS];
    size_t count = 0;

    creditbank__v1__batch_get_enrolments_request__init(&message);
    for (size_t i = 0; i < batch->row_count; i++) {
        char *number = (char *)(uintptr_t)import_cell(batch, &batch->rows[i], "student_no");
        bool known = batch->rows[i].state != ROW_PENDING;

        for (size_t j = 0; j < count && !known; j++)
            known = strcmp(numbers[j], number) == 0;
        if (!known)
            numbers[count++] = number;
    }
    message.student_nos = numbers;
    message.n_student_nos = count;
    if (count > 0)
        batch_call(batch, &request, answer);
}
