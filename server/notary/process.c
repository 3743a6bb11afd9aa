/*
 * The notary's process: what it is asked, it looks up in one table.
 */
#include "notary/process.h"

#include "base/log.h"
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/dsse.h"
#include "flow/control.h"
#include "flow/service.h"
#include "notary/keys.h"
#include "notary/log_signer.h"
#include "notary/permit.h"
#include "notary/protocol.h"

#include <assert.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Workers, and those that are just being replaced. */
#define CLIENTS_MAX 512

struct process {
    struct log_signer *log;
    struct private_key *service_key;
    struct permit permit;
};

static bool
append(struct buffer *answer, const void *at, size_t len)
{
    return buffer_append(answer, slice_make(at, len));
}

static enum notary_message
answer_tree(struct process *process, struct slice body, struct buffer *answer)
{
    struct notary_tree_head head;

    if (body.len < sizeof(head) || (body.len - sizeof(head)) % HASH_SIZE != 0)
        return 0;
    memcpy(&head, body.at, sizeof(head));

    size_t leaf_count = (body.len - sizeof(head)) / HASH_SIZE;
    if (head.from_size > MERKLE_SIZE_MAX - leaf_count)
        return 0;

    /* A hash is bytes only, so that it may stand at any address. */
    const struct notary_tree tree = {.from_size = head.from_size,
                                     .leaves = (const struct hash *)(body.at + sizeof(head)),
                                     .leaf_count = leaf_count,
                                     .root = head.root};
    struct notary_answer grown = log_signer_grow(process->log, &tree);
    const struct notary_tree_answer answer_head = {
        .size = grown.head.size, .verdict = grown.verdict, .root = grown.head.root};
    bool fits =
        append(answer, &answer_head, sizeof(answer_head)) && buffer_append(answer, grown.note);

    assert(fits);
    return NOTARY_TREE;
}

/* Signs what is permitted; of what is not, the log says why. */
static enum notary_message
answer_signature(const struct process *process, const char *refusal, const char *type,
                 struct slice payload, struct buffer *answer)
{
    if (refusal != NULL) {
        log_error("signature refused type=%s reason=\"%s\"", type, refusal);
        return NOTARY_REFUSED;
    }

    const struct notary_signature signature = {.key_id = process->permit.key_id,
                                               .signature =
                                                   dsse_sign(process->service_key, type, payload)};

    assert(dsse_verify(private_key_public(process->service_key), type, payload,
                       signature_slice(&signature.signature)));
    bool fits = append(answer, &signature, sizeof(signature));
    assert(fits);
    return NOTARY_SIGNATURE;
}

static bool
take_counted(struct slice *rest, struct slice *bytes)
{
    uint32_t len;

    if (rest->len < sizeof(len))
        return false;
    memcpy(&len, rest->at, sizeof(len));
    *rest = slice_make(rest->at + sizeof(len), rest->len - sizeof(len));
    if (len > rest->len)
        return false;
    *bytes = slice_make(rest->at, len);
    *rest = slice_make(rest->at + len, rest->len - len);
    return true;
}

static enum notary_message
answer_transaction(struct process *process, struct slice body, struct buffer *answer)
{
    struct slice transaction;
    struct slice items[NOTARY_ITEMS_MAX];
    size_t item_count = 0;

    if (!take_counted(&body, &transaction))
        return 0;
    while (body.len > 0)
        if (item_count == NOTARY_ITEMS_MAX || !take_counted(&body, &items[item_count++]))
            return 0;
    return answer_signature(process,
                            permit_transaction(&process->permit, transaction, items, item_count),
                            DSSE_TRANSACTION, transaction, answer);
}

static enum notary_message
answer_statement(struct process *process, struct slice body, struct buffer *answer)
{
    const char *refusal =
        permit_statement(&process->permit, log_signer_settled(process->log), body);

    return answer_signature(process, refusal, NOTARY_STATEMENT, body, answer);
}

typedef enum notary_message answer_fn(struct process *process, struct slice body,
                                      struct buffer *answer);

static answer_fn *const answers[] = {
    [NOTARY_ASK_TREE] = answer_tree,
    [NOTARY_ASK_TRANSACTION] = answer_transaction,
    [NOTARY_ASK_STATEMENT] = answer_statement,
};

static uint32_t
answer_request(void *arg, const struct channel_message *request, struct buffer *answer)
{
    if (request->type >= ARRAY_COUNT(answers) || answers[request->type] == NULL)
        return 0;
    return answers[request->type](arg, request->body, answer);
}

/* Neither a core file nor another process of this user may show the keys. */
static void
hide(void)
{
    const struct rlimit none = {0, 0};

    if (prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0)
        log_warn("keys not hidden from core files");
}

static void
process_close(struct process *process)
{
    log_signer_close(process->log);
    private_key_free(process->service_key);
    crypto_fini();
}

static bool
complain(const char *file, const char *fault)
{
    if (fault != NULL)
        log_error("notary cannot work file=%s reason=\"%s\"", file, fault);
    return fault == NULL;
}

static bool
process_open(struct process *process, const struct notary_config *config)
{
    struct private_key *log_key;

    if (!complain(
            config->service_key_file,
            keys_load(config->service_key_file, config->passphrase_file, &process->service_key)) ||
        !complain(config->log_key_file,
                  keys_load(config->log_key_file, config->passphrase_file, &log_key)) ||
        !complain(config->anchor_file, log_signer_open(slice_text(config->log_origin), log_key,
                                                       config->anchor_file, &process->log)))
        return false;

    process->permit.log_origin = slice_text(config->log_origin);
    process->permit.operator_id = slice_text(config->operator_id);
    process->permit.key_id = *public_key_id(private_key_public(process->service_key));
    return true;
}

int
notary_run(const struct notary_config *config, int control_fd)
{
    struct process process = {0};
    const struct service service = {.limits = notary_channel_limits,
                                    .clients_max = CLIENTS_MAX,
                                    .answer = answer_request,
                                    .arg = &process};
    int status = CONTROL_EXIT_CONFIG;

    hide();
    if (process_open(&process, config))
        status = service_run(&service, control_fd);
    process_close(&process);
    return status;
}
