/* Persons in a file: their documents become account numbers. */
#include "import.h"

#include "import_context.h"
#include "normal.h"

#include "creditbank/v1/account_service.pb-c.h"

#include <assert.h>

/* Fills what is asked about a row; false, and the row refused. */
static bool
fill_identity(const struct batch *batch, struct load_row *row, Creditbank__V1__Identity *identity)
{
    const struct import_context *import = batch_context(batch);
    const char *number = import_cell(batch, row, "document_number");
    int value = CREDITBANK__V1__DOCUMENT_TYPE__DOCUMENT_TYPE_RESIDENT_ID;

    if (!import_choice(batch, row, "document_type", &creditbank__v1__document_type__descriptor,
                       &value))
        return false;
    if (normal_is_mangled(slice_text(number))) {
        row_refuse(batch, row, REASON_ROW_NUMBER_MANGLED, number);
        return false;
    }
    if (documents_has(&import->documents, value, number)) {
        row_refuse(batch, row, REASON_DOCUMENT_NAMED_TWICE, "");
        return false;
    }
    creditbank__v1__identity__init(identity);
    identity->document_type = (Creditbank__V1__DocumentType)value;
    identity->document_number = (char *)(uintptr_t)number;
    identity->name = (char *)(uintptr_t)import_cell(batch, row, "name");
    return true;
}

/* Bytes of an answer, which go with it, in the batch's memory. */
static ProtobufCBinaryData
keep(const struct batch *batch, const ProtobufCBinaryData *bytes)
{
    struct slice kept = arena_copy(batch->arena, slice_make(bytes->data, bytes->len));

    return (ProtobufCBinaryData){kept.len, (uint8_t *)(uintptr_t)kept.at};
}

/* The item that opens an account, with the commitments that the bank drew. */
static Creditbank__V1__AccountOpened *
make_opening(const struct batch *batch, const Creditbank__V1__ResolvedIdentity *resolved)
{
    Creditbank__V1__AccountOpened *opened = arena_alloc(batch->arena, sizeof(*opened));

    creditbank__v1__account_opened__init(opened);
    opened->account_no = arena_text(batch->arena, slice_text(resolved->account_no));
    opened->n_commitments = resolved->n_commitments;
    opened->commitments =
        arena_array(batch->arena, resolved->n_commitments, sizeof(*opened->commitments));
    for (size_t i = 0; i < resolved->n_commitments; i++) {
        Creditbank__V1__IdentityCommitment *commitment =
            arena_alloc(batch->arena, sizeof(*commitment));
        const Creditbank__V1__CommitmentToSign *given = resolved->commitments[i];

        creditbank__v1__identity_commitment__init(commitment);
        commitment->field = (Creditbank__V1__IdentityField)given->field;
        commitment->hash = keep(batch, &given->hash);
        opened->commitments[i] = commitment;
    }
    return opened;
}

static void
take_resolved(struct batch *batch, struct load_row *row,
              const Creditbank__V1__ResolvedIdentity *resolved)
{
    if (resolved->reason[0] != '\0') {
        row_refuse_code(batch, row, resolved->reason);
        return;
    }
    row->account_no = arena_text(batch->arena, slice_text(resolved->account_no));
    if (!resolved->unopened)
        return;
    row->opens = make_opening(batch, resolved);
    row->sealed_person = keep(batch, &resolved->sealed_person);
}

/* Whether its person is to be looked up: not where that is done, or the row is not to be booked. */
static bool
is_unresolved(const struct load_row *row)
{
    return row->state == ROW_PENDING && row->account_no == NULL;
}

/* The answers come in the order asked: one for each row whose person is not resolved. */
static void
got_identities(struct batch *batch, const ProtobufCMessage *reply)
{
    const Creditbank__V1__ResolveIdentitiesResponse *resolved = (const void *)reply;
    size_t next = 0;

    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];

        if (!is_unresolved(row))
            continue;
        if (next < resolved->n_identities)
            take_resolved(batch, row, resolved->identities[next++]);
        else
            row_refuse(batch, row, REASON_ANSWER_INVALID, "ResolveIdentities");
    }
}

void
import_resolve_persons(struct batch *batch)
{
    Creditbank__V1__ResolveIdentitiesRequest message;
    struct creditbank_request request = {.service = &creditbank__v1__account_service__descriptor,
                                         .method = "ResolveIdentities",
                                         .message = &message.base};
    Creditbank__V1__Identity *identities[LOADER_BATCH_ROWS];

    creditbank__v1__resolve_identities_request__init(&message);
    for (size_t i = 0; i < batch->row_count; i++) {
        struct load_row *row = &batch->rows[i];
        Creditbank__V1__Identity *identity = arena_alloc(batch->arena, sizeof(*identity));

        if (is_unresolved(row) && fill_identity(batch, row, identity))
            identities[message.n_identities++] = identity;
    }
    message.identities = identities;
    if (message.n_identities > 0)
        batch_call(batch, &request, got_identities);
}

void
import_open_account(struct batch *batch, struct load_row *row)
{
    Creditbank__V1__Item *item;

    if (row->opens == NULL)
        return;
    item = row_add_item(batch, row);
    item->body_case = CREDITBANK__V1__ITEM__BODY_ACCOUNT_OPENED;
    item->account_opened = row->opens;
}
