/* notary: what it signs, what it refuses, and what it remembers when it dies. */
#include "base/base64.h"
#include "base/hex.h"
#include "crypto/checkpoint.h"
#include "crypto/crypto.h"
#include "crypto/key_file.h"
#include "notary/anchor.h"
#include "notary/keys.h"
#include "notary/notary.h"
#include "notary/permit.h"
#include "notary/process.h"

#include "unit.h"

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#define ORIGIN "demo.bank.example/log"
#define OPERATOR "credit-bank"

/* A folder with keys and an anchor, and a worker's end. */
struct bank {
    char folder[64];
    char log_key[PATH_MAX], service_key[PATH_MAX], anchor[PATH_MAX];
    struct notary_config config;
    struct note_verifier *verifier;
    struct public_key *service_public;
    struct event_base *base;
    struct notary *notary;
    struct runtime runtime;
    struct process process;
};

static int
run_notary(void *arg, int control_fd)
{
    struct bank *bank = arg;

    log_set(LOG_ERROR, LOG_TEXT);
    close(STDERR_FILENO);
    return notary_run(&bank->config, control_fd);
}

static void
start_notary(struct bank *bank)
{
    process_start(&bank->process, bank->base, run_notary, bank);
    if (bank->process.ready)
        notary_connect(bank->notary, process_link(&bank->process));
}

static struct private_key *
write_key(struct bank *bank, char *path, const char *name)
{
    struct private_key *key = private_key_generate(KEY_ED25519);
    struct buffer pem;

    snprintf(path, PATH_MAX, "%s/%s", bank->folder, name);
    buffer_init(&pem, KEY_PEM_MAX);
    assert_null(private_key_format(key, slice_make(NULL, 0), &pem));
    assert_null(key_file_write(path, buffer_slice(&pem)));
    buffer_fini(&pem);
    return key;
}

static int
open_bank(void **state)
{
    struct bank *bank = calloc(1, sizeof(*bank));

    snprintf(bank->folder, sizeof(bank->folder), "/tmp/notary_test.XXXXXX");
    assert_non_null(mkdtemp(bank->folder));

    struct private_key *log_key = write_key(bank, bank->log_key, "log.pem");
    struct private_key *service_key = write_key(bank, bank->service_key, "service.pem");

    bank->verifier = note_verifier_new(slice_text(ORIGIN), private_key_public(log_key));
    bank->service_public = public_key_parse(public_key_spki(private_key_public(service_key)));
    private_key_free(log_key);
    private_key_free(service_key);
    snprintf(bank->anchor, PATH_MAX, "%s/anchor", bank->folder);
    assert_null(anchor_create(bank->anchor, slice_text(ORIGIN)));
    bank->config = (struct notary_config){.log_origin = ORIGIN,
                                          .operator_id = OPERATOR,
                                          .log_key_file = bank->log_key,
                                          .service_key_file = bank->service_key,
                                          .passphrase_file = "",
                                          .anchor_file = bank->anchor};
    bank->base = event_base_new();
    bank->notary = notary_new(bank->base);
    bank->runtime.notary = bank->notary;
    start_notary(bank);
    assert_true(bank->process.ready);
    *state = bank;
    return 0;
}

static int
close_bank(void **state)
{
    static const char *const names[] = {"log.pem", "service.pem", "anchor", "anchor.old"};
    struct bank *bank = *state;

    assert_int_equal(process_stop(&bank->process), EXIT_SUCCESS);
    notary_free(bank->notary);
    event_base_free(bank->base);
    note_verifier_free(bank->verifier);
    public_key_free(bank->service_public);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s", bank->folder, names[i]);
        unlink(path);
    }
    assert_int_equal(rmdir(bank->folder), 0);
    free(bank);
    crypto_fini();
    return 0;
}

/* A log of made-up entries: entry n is the text "n", with a prefix to make it another log. */
static void
make_leaves(const char *prefix, size_t count, struct hash *leaves)
{
    for (size_t i = 0; i < count; i++) {
        char text[32];

        snprintf(text, sizeof(text), "%s%zu", prefix, i);
        leaves[i] = merkle_leaf(slice_text(text));
    }
}

struct got {
    bool done;
    enum notary_verdict verdict;
    struct merkle_head head;
    char note[1024];
};

static void
got_answer(void *arg, const struct notary_answer *answer)
{
    struct got *got = arg;

    assert_false(got->done);
    got->done = true;
    got->verdict = answer->verdict;
    got->head = answer->head;
    snprintf(got->note, sizeof(got->note), "%.*s", (int)answer->note.len,
             (const char *)answer->note.at);
}

/* Sends the tree of the first `size` leaves to the notary, from `from` on. */
static void
ask(struct bank *bank, const struct hash *leaves, size_t from, size_t size, struct got *got)
{
    const struct notary_tree tree = {.from_size = from,
                                     .leaves = leaves + from,
                                     .leaf_count = size - from,
                                     .root = merkle_root(leaves, size)};

    memset(got, 0, sizeof(*got));
    notary_sign_tree(bank->notary, &tree, got_answer, got);
    assert_false(got->done);
}

static void
await(struct bank *bank, const struct got *got)
{
    while (!got->done)
        event_base_loop(bank->base, EVLOOP_ONCE);
}

static struct got
sign(struct bank *bank, const struct hash *leaves, size_t from, size_t size)
{
    struct got got;

    ask(bank, leaves, from, size, &got);
    await(bank, &got);
    return got;
}

/* The answer carries a good checkpoint over exactly the first `size` leaves. */
static void
assert_checkpoint(struct bank *bank, const struct got *got, const struct hash *leaves, size_t size)
{
    const struct note_verifier *const verifiers[] = {bank->verifier};
    struct hash root = merkle_root(leaves, size);
    struct checkpoint checkpoint;

    assert_null(checkpoint_open(slice_text(got->note), verifiers, 1, &checkpoint));
    assert_true(slice_is(checkpoint.origin, ORIGIN));
    assert_int_equal(checkpoint.head.size, size);
    assert_true(hash_equal(&checkpoint.head.root, &root));
    assert_int_equal(got->head.size, size);
    assert_true(hash_equal(&got->head.root, &root));
}

static void
signs_a_log_that_grows(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[300];
    static const size_t sizes[] = {1, 2, 3, 8, 255, 256, 257, 300};
    size_t from = 0;

    make_leaves("", ARRAY_COUNT(leaves), leaves);
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        struct got got = sign(bank, leaves, from, sizes[i]);

        assert_int_equal(got.verdict, NOTARY_SIGNED);
        assert_checkpoint(bank, &got, leaves, sizes[i]);
        from = sizes[i];
    }
}

static void
signs_the_most_leaves_that_one_request_holds(void **state)
{
    struct bank *bank = *state;
    struct hash *leaves = calloc(NOTARY_LEAVES_MAX, sizeof(*leaves));

    make_leaves("", NOTARY_LEAVES_MAX, leaves);
    struct got got = sign(bank, leaves, 0, NOTARY_LEAVES_MAX);
    assert_int_equal(got.verdict, NOTARY_SIGNED);
    assert_checkpoint(bank, &got, leaves, NOTARY_LEAVES_MAX);
    free(leaves);
}

static void
refuses_a_wrong_root_and_moves_nothing(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[8], other[8];

    make_leaves("", 8, leaves);
    make_leaves("other", 8, other);
    assert_int_equal(sign(bank, leaves, 0, 5).verdict, NOTARY_SIGNED);

    /* Another history below, the right one above; and one entry changed above. */
    other[5] = leaves[5];
    struct got got = sign(bank, other, 5, 6);
    assert_int_equal(got.verdict, NOTARY_FORKED);
    assert_checkpoint(bank, &got, leaves, 5);
    assert_int_equal(sign(bank, other, 0, 8).verdict, NOTARY_FORKED);
    assert_int_equal(sign(bank, other, 0, 5).verdict, NOTARY_FORKED);

    got = sign(bank, leaves, 5, 8);
    assert_int_equal(got.verdict, NOTARY_SIGNED);
    assert_checkpoint(bank, &got, leaves, 8);
}

static void
answers_a_worker_that_is_behind_with_the_later_checkpoint(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[10];

    make_leaves("", 10, leaves);
    assert_int_equal(sign(bank, leaves, 0, 7).verdict, NOTARY_SIGNED);

    struct got got = sign(bank, leaves, 2, 5);
    assert_int_equal(got.verdict, NOTARY_SIGNED_LATER);
    assert_checkpoint(bank, &got, leaves, 7);
}

static void
signs_for_two_workers_whose_leaves_overlap(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[10];

    make_leaves("", 10, leaves);
    assert_int_equal(sign(bank, leaves, 0, 7).verdict, NOTARY_SIGNED);

    struct got got = sign(bank, leaves, 4, 10);
    assert_int_equal(got.verdict, NOTARY_SIGNED);
    assert_checkpoint(bank, &got, leaves, 10);
}

static void
tells_a_worker_that_is_ahead_which_leaves_are_missing(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[10];

    make_leaves("", 10, leaves);
    assert_int_equal(sign(bank, leaves, 0, 3).verdict, NOTARY_SIGNED);

    struct got got = sign(bank, leaves, 6, 10);
    assert_int_equal(got.verdict, NOTARY_MISSING);
    assert_int_equal(got.head.size, 3);
    assert_int_equal(sign(bank, leaves, 3, 10).verdict, NOTARY_SIGNED);
}

static void
answers_requests_that_were_sent_one_after_another(void **state)
{
    struct bank *bank = *state;
    static struct hash leaves[NOTARY_WAITING_MAX];
    static struct got got[NOTARY_WAITING_MAX];
    struct got one_more;

    make_leaves("", ARRAY_COUNT(leaves), leaves);
    for (size_t i = 0; i < ARRAY_COUNT(got); i++)
        ask(bank, leaves, i, i + 1, &got[i]);
    ask(bank, leaves, 0, 1, &one_more);
    for (size_t i = 0; i < ARRAY_COUNT(got); i++) {
        await(bank, &got[i]);
        assert_int_equal(got[i].verdict, NOTARY_SIGNED);
        assert_checkpoint(bank, &got[i], leaves, i + 1);
    }
    assert_int_equal(one_more.verdict, NOTARY_UNREACHED);
}

static void
keeps_its_anchor_when_it_is_killed(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[10], other[10];
    struct got got, again;

    make_leaves("", 10, leaves);
    make_leaves("other", 10, other);
    got = sign(bank, leaves, 0, 6);
    process_kill(&bank->process);
    while (notary_is_reachable(bank->notary))
        event_base_loop(bank->base, EVLOOP_ONCE);
    again = sign(bank, leaves, 6, 7);
    assert_int_equal(again.verdict, NOTARY_UNREACHED);

    start_notary(bank);
    again = sign(bank, leaves, 0, 6);
    assert_int_equal(again.verdict, NOTARY_SIGNED);
    assert_string_equal(again.note, got.note);
    /* A database that was rewound and filled anew. */
    assert_int_equal(sign(bank, other, 0, 10).verdict, NOTARY_FORKED);
    assert_int_equal(sign(bank, leaves, 6, 10).verdict, NOTARY_SIGNED);
}

static void
a_request_under_way_ends_when_the_notary_is_killed(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[2];
    struct got got;

    make_leaves("", 2, leaves);
    kill(bank->process.pid, SIGSTOP);
    ask(bank, leaves, 0, 2, &got);
    process_kill(&bank->process);
    await(bank, &got);
    assert_int_equal(got.verdict, NOTARY_UNREACHED);

    start_notary(bank);
    assert_int_equal(sign(bank, leaves, 0, 2).verdict, NOTARY_SIGNED);
}

static void
two_notaries_never_have_one_anchor(void **state)
{
    struct bank *bank = *state;
    struct anchor *anchor;
    struct process second;

    assert_string_equal(anchor_open(bank->anchor, slice_text(ORIGIN), &anchor),
                        "another notary has the anchor open");
    process_start(&second, bank->base, run_notary, bank);
    assert_false(second.ready);

    int status = process_reap(&second);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CONTROL_EXIT_CONFIG);
}

#define FILE_SIZE (2 * (size_t)ANCHOR_SLOT_SIZE)

static size_t
read_anchor(const struct bank *bank, char *text, size_t size)
{
    FILE *file = fopen(bank->anchor, "r");
    size_t len = fread(text, 1, size - 1, file);

    fclose(file);
    text[len] = '\0';
    return len;
}

static void
write_anchor(const struct bank *bank, const char *text, size_t len)
{
    assert_int_equal(unlink(bank->anchor), 0);
    assert_null(key_file_write(bank->anchor, slice_make(text, len)));
}

static void
a_missing_anchor_is_not_taken_for_an_empty_one(void **state)
{
    struct bank *bank = *state;
    char old[PATH_MAX + 8];
    struct anchor *anchor;

    process_kill(&bank->process);
    snprintf(old, sizeof(old), "%s.old", bank->anchor);
    assert_int_equal(rename(bank->anchor, old), 0);
    assert_non_null(anchor_open(bank->anchor, slice_text(ORIGIN), &anchor));
    assert_int_equal(rename(old, bank->anchor), 0);
    assert_string_equal(anchor_open(bank->anchor, slice_text("other.example/log"), &anchor),
                        "the anchor is another log's");
    assert_non_null(anchor_create(bank->anchor, slice_text(ORIGIN)));
    start_notary(bank);
}

static void
an_anchor_that_cannot_be_written_lets_no_signature_out(void **state)
{
    struct bank *bank = *state;
    struct hash leaves[2];
    char file[FILE_SIZE + 1];
    struct got got;

    /* What is written would go to a file that nobody finds again. */
    (void)read_anchor(bank, file, sizeof(file));
    write_anchor(bank, file, FILE_SIZE);
    make_leaves("", 2, leaves);
    got = sign(bank, leaves, 0, 2);
    assert_int_equal(got.verdict, NOTARY_UNREACHED);
    assert_int_equal(got.head.size, 0);

    process_kill(&bank->process);
    start_notary(bank);
    got = sign(bank, leaves, 0, 2);
    assert_int_equal(got.verdict, NOTARY_SIGNED);
    assert_checkpoint(bank, &got, leaves, 2);
}

static void
an_encrypted_key_opens_with_its_passphrase_only(void **state)
{
    struct bank *bank = *state;
    struct private_key *key = private_key_generate(KEY_ED25519), *again;
    char key_file[PATH_MAX], passphrase_file[PATH_MAX];

    snprintf(key_file, sizeof(key_file), "%s/secret.pem", bank->folder);
    snprintf(passphrase_file, sizeof(passphrase_file), "%s/passphrase", bank->folder);
    assert_null(key_file_write(passphrase_file, slice_text("correct horse\n")));
    assert_null(keys_save(key, passphrase_file, key_file));
    assert_non_null(keys_save(key, passphrase_file, key_file));

    assert_null(keys_load(key_file, passphrase_file, &again));
    assert_true(hash_equal(public_key_id(private_key_public(key)),
                           public_key_id(private_key_public(again))));
    private_key_free(again);
    assert_non_null(keys_load(key_file, "", &again));
    unlink(passphrase_file);
    assert_non_null(keys_load(key_file, passphrase_file, &again));
    assert_null(key_file_write(passphrase_file, slice_text("correct horsf\n")));
    assert_non_null(keys_load(key_file, passphrase_file, &again));
    unlink(passphrase_file);
    unlink(key_file);
    private_key_free(key);
}

static void
a_key_that_others_may_read_is_refused(void **state)
{
    struct bank *bank = *state;
    struct process second;

    assert_int_equal(chmod(bank->service_key, 0640), 0);
    process_start(&second, bank->base, run_notary, bank);
    assert_false(second.ready);
    assert_int_equal(WEXITSTATUS(process_reap(&second)), CONTROL_EXIT_CONFIG);
}

/* Protobuf by hand: a field of bytes shorter than 128. */
static void
put(struct buffer *message, unsigned number, struct slice bytes)
{
    unsigned tag = number << 3 | 2;

    if (tag >= 0x80)
        assert_true(buffer_append_byte(message, (uint8_t)(tag & 0x7f) | 0x80) &&
                    buffer_append_byte(message, (uint8_t)(tag >> 7)));
    else
        assert_true(buffer_append_byte(message, (uint8_t)tag));
    assert_true(bytes.len < 128);
    assert_true(buffer_append_byte(message, (uint8_t)bytes.len));
    assert_true(buffer_append(message, bytes));
}

/* A transaction of one item, as a session makes it; each member may be made wrong. */
struct draft {
    unsigned item_kind;
    const char *origin, *institution;
    size_t request_id_len;
    uint8_t item_count;
    bool wrong_root, has_control, longer_item;
};

static const struct draft good_draft = {.item_kind = 31,
                                        .origin = ORIGIN,
                                        .institution = OPERATOR,
                                        .request_id_len = 16,
                                        .item_count = 1};

struct made {
    struct buffer bytes, item, set;
};

static void
make(const struct draft *draft, struct made *made)
{
    static const uint8_t random[17] = {1, 2, 3};

    buffer_init(&made->bytes, 1024);
    buffer_init(&made->item, 1024);
    buffer_init(&made->set, 1024);
    put(&made->item, 1, slice_make(random, 16));
    put(&made->item, draft->item_kind,
        slice_text("\x0a\x0e"
                   "10000000000007"));
    if (draft->longer_item)
        put(&made->item, draft->item_kind, slice_text(""));

    struct hash leaf = merkle_leaf(buffer_slice(&made->item));
    struct hash root = merkle_root(&leaf, 1);
    if (draft->wrong_root)
        root.bytes[31] ^= 1;
    assert_true(buffer_append_byte(&made->set, 1 << 3));
    assert_true(buffer_append_byte(&made->set, draft->item_count));
    put(&made->set, 2, hash_slice(&root));

    put(&made->bytes, 1, slice_text(draft->origin));
    put(&made->bytes, 2, slice_text(draft->institution));
    put(&made->bytes, 3, slice_make(random, draft->request_id_len));
    put(&made->bytes, 4, slice_text("\x08\x01"));
    if (draft->has_control)
        put(&made->bytes, 5, slice_text("\x0a"));
    put(&made->bytes, 6, buffer_slice(&made->set));
}

static void
unmake(struct made *made)
{
    buffer_fini(&made->bytes);
    buffer_fini(&made->item);
    buffer_fini(&made->set);
}

struct request {
    struct slice bytes, item;
    struct notary_signature signature;
};

static struct step
signed_it(struct call *call)
{
    return call_reply(call, NULL);
}

static struct step
sign_transaction(struct call *call)
{
    struct request *request = (void *)(uintptr_t)call_request(call);
    const struct notary_transaction transaction = {
        .bytes = request->bytes, .items = &request->item, .item_count = 1};

    return notary_sign_transaction(call, &transaction, &request->signature, signed_it);
}

static struct step
sign_statement(struct call *call)
{
    struct request *request = (void *)(uintptr_t)call_request(call);

    return notary_sign_statement(call, request->bytes, &request->signature, signed_it);
}

static void
signs_what_sessions_and_the_calendar_do_and_nothing_else(void **state)
{
    struct bank *bank = *state;

    for (unsigned kind = 2; kind < 64; kind++) {
        struct draft draft = good_draft;
        struct made made;

        draft.item_kind = kind;
        make(&draft, &made);

        struct request request = {.bytes = buffer_slice(&made.bytes),
                                  .item = buffer_slice(&made.item)};
        struct outcome outcome = run_call(bank->base, &bank->runtime, sign_transaction, &request);

        if (kind == 31 || kind == 50 || kind == 55 || kind == 57 || kind == 60 || kind == 62) {
            assert_int_equal(outcome.status, STATUS_OK);
            assert_true(dsse_verify(bank->service_public, DSSE_TRANSACTION, request.bytes,
                                    signature_slice(&request.signature.signature)));
            assert_true(hash_equal(&request.signature.key_id, public_key_id(bank->service_public)));
        } else {
            assert_int_equal(outcome.reason, REASON_NOTARY_REFUSED);
        }
        unmake(&made);
    }
}

static void
refuses_a_transaction_that_is_not_what_it_says(void **state)
{
    struct draft drafts[8];
    struct bank *bank = *state;

    for (size_t i = 0; i < ARRAY_COUNT(drafts); i++)
        drafts[i] = good_draft;
    drafts[0].origin = "other.example/log";
    drafts[1].institution = "a-school";
    drafts[2].request_id_len = 15;
    drafts[3].item_count = 2;
    drafts[4].wrong_root = true;
    drafts[5].has_control = true;
    drafts[6].longer_item = true;
    drafts[7].request_id_len = 17;
    for (size_t i = 0; i < ARRAY_COUNT(drafts); i++) {
        struct made made;

        make(&drafts[i], &made);
        struct request request = {.bytes = buffer_slice(&made.bytes),
                                  .item = buffer_slice(&made.item)};
        assert_int_equal(run_call(bank->base, &bank->runtime, sign_transaction, &request).reason,
                         REASON_NOTARY_REFUSED);
        unmake(&made);
    }
}

/* The signer reads hostile bytes: any cut and any flipped bit is refused or harmless. */
static void
a_transaction_with_a_byte_cut_off_or_added_is_refused(void **state)
{
    struct bank *bank = *state;
    const struct permit permit = {.log_origin = slice_text(ORIGIN),
                                  .operator_id = slice_text(OPERATOR),
                                  .key_id = *public_key_id(bank->service_public)};
    struct made made;

    make(&good_draft, &made);
    struct slice item = buffer_slice(&made.item);
    assert_null(permit_transaction(&permit, buffer_slice(&made.bytes), &item, 1));
    for (size_t len = 0; len < made.bytes.len; len++)
        assert_non_null(permit_transaction(&permit, slice_make(made.bytes.at, len), &item, 1));
    assert_non_null(permit_transaction(&permit, buffer_slice(&made.bytes), &item, 0));

    /* Its first length as two bytes, which is not the shortest form. */
    uint8_t longer[1024] = {made.bytes.at[0], (uint8_t)(made.bytes.at[1] | 0x80), 0};
    memcpy(longer + 3, made.bytes.at + 2, made.bytes.len - 2);
    assert_non_null(permit_transaction(&permit, slice_make(longer, made.bytes.len + 1), &item, 1));
    unmake(&made);
}

static void
signs_a_statement_list_of_this_log_under_its_key(void **state)
{
    struct bank *bank = *state;

    for (unsigned wrong = 0; wrong < 5; wrong++) {
        struct hash key_id = *public_key_id(bank->service_public);
        struct buffer list;

        key_id.bytes[0] ^= wrong == 2;
        buffer_init(&list, 1024);
        put(&list, 1, slice_text(wrong == 1 ? "other.example/log" : ORIGIN));
        put(&list, 2, slice_text("10000000000007"));
        put(&list, 5, hash_slice(&key_id));
        put(&list, 6, slice_text("\x08\x01"));
        put(&list, wrong == 3 ? 4 : 6, slice_text("\x08\x02"));
        put(&list, 7, slice_text("\x08\x01"));
        if (wrong == 4)
            put(&list, 7, slice_text("\x08\x01"));

        struct request request = {.bytes = buffer_slice(&list)};
        struct outcome outcome = run_call(bank->base, &bank->runtime, sign_statement, &request);
        if (wrong == 0) {
            assert_int_equal(outcome.status, STATUS_OK);
            assert_true(dsse_verify(bank->service_public, NOTARY_STATEMENT, request.bytes,
                                    signature_slice(&request.signature.signature)));
        } else {
            assert_int_equal(outcome.reason, REASON_NOTARY_REFUSED);
        }
        buffer_fini(&list);
    }
}

static void
signs_no_statement_of_a_log_that_was_set_back(void **state)
{
    const struct permit permit = {.log_origin = slice_text(ORIGIN)};
    struct buffer list;

    (void)state;
    buffer_init(&list, 1024);
    put(&list, 1, slice_text(ORIGIN));
    put(&list, 2, slice_text("10000000000007"));

    bool fits = buffer_append(&list, slice_text("\x18\x64")); /* log_size: 100 */

    assert_true(fits);
    put(&list, 5, hash_slice(&permit.key_id));
    assert_null(permit_statement(&permit, 100, buffer_slice(&list)));
    assert_non_null(permit_statement(&permit, 101, buffer_slice(&list)));
    buffer_fini(&list);
}

static void
without_a_notary_a_call_is_told_so(void **state)
{
    struct bank *bank = *state;
    struct request request = {.bytes = slice_text("list")};

    process_kill(&bank->process);
    while (notary_is_reachable(bank->notary))
        event_base_loop(bank->base, EVLOOP_ONCE);

    struct outcome outcome = run_call(bank->base, &bank->runtime, sign_statement, &request);
    assert_int_equal(outcome.status, STATUS_UNAVAILABLE);
    assert_int_equal(outcome.reason, REASON_NOTARY_UNAVAILABLE);
    start_notary(bank);
}

#define NOTARY_TEST(name) cmocka_unit_test_setup_teardown(name, open_bank, close_bank)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        NOTARY_TEST(signs_a_log_that_grows),
        NOTARY_TEST(signs_the_most_leaves_that_one_request_holds),
        NOTARY_TEST(refuses_a_wrong_root_and_moves_nothing),
        NOTARY_TEST(answers_a_worker_that_is_behind_with_the_later_checkpoint),
        NOTARY_TEST(signs_for_two_workers_whose_leaves_overlap),
        NOTARY_TEST(tells_a_worker_that_is_ahead_which_leaves_are_missing),
        NOTARY_TEST(answers_requests_that_were_sent_one_after_another),
        NOTARY_TEST(keeps_its_anchor_when_it_is_killed),
        NOTARY_TEST(a_request_under_way_ends_when_the_notary_is_killed),
        NOTARY_TEST(two_notaries_never_have_one_anchor),
        NOTARY_TEST(a_missing_anchor_is_not_taken_for_an_empty_one),
        NOTARY_TEST(an_anchor_that_cannot_be_written_lets_no_signature_out),
        NOTARY_TEST(an_encrypted_key_opens_with_its_passphrase_only),
        NOTARY_TEST(a_key_that_others_may_read_is_refused),
        NOTARY_TEST(signs_what_sessions_and_the_calendar_do_and_nothing_else),
        NOTARY_TEST(refuses_a_transaction_that_is_not_what_it_says),
        NOTARY_TEST(a_transaction_with_a_byte_cut_off_or_added_is_refused),
        NOTARY_TEST(signs_a_statement_list_of_this_log_under_its_key),
        cmocka_unit_test(signs_no_statement_of_a_log_that_was_set_back),
        NOTARY_TEST(without_a_notary_a_call_is_told_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
