/* crypto/note, checkpoint, tlog_proof: the text formats of C2SP, good ones and bad. */
#include "base/base64.h"
#include "base/memory.h"
#include "crypto/crypto.h"
#include "crypto/tlog_proof.h"

#include "crypto_helpers.h"

/* The example of C2SP signed-note, and of golang.org/x/mod/sumdb/note. */
#define C2SP_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define C2SP_SIGNATURE                                                               \
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERY" \
    "NZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
#define C2SP_NOTE "This is an example message.\n\n" C2SP_SIGNATURE
#define OTHER_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

/* The verdict on a note by one verifier key. */
static const char *
judge(struct slice bytes, const char *vkey)
{
    struct note_verifier *verifier = note_verifier_parse(slice_text(vkey));
    const struct note_verifier *const known[] = {verifier};
    struct note note;
    const char *fault = note_parse(bytes, &note);

    assert_non_null(verifier);
    if (fault == NULL)
        fault = note_verify(&note, known, 1);
    note_verifier_free(verifier);
    return fault;
}

static void
the_published_note_verifies(void **state)
{
    struct note note;

    (void)state;
    assert_null(judge(slice_text(C2SP_NOTE), C2SP_KEY));
    assert_null(note_parse(slice_text(C2SP_NOTE), &note));
    assert_slice(note.text, "This is an example message.\n");
    assert_int_equal(note.signature_count, 1);
    assert_slice(note.signatures[0].name, "example.com/foo");
}

static void
a_note_signed_by_strangers_only_is_refused(void **state)
{
    (void)state;
    assert_string_equal(judge(slice_text(C2SP_NOTE), OTHER_KEY), "no known key signed the note");
}

static void
unknown_signatures_are_ignored_also_under_a_known_name_or_hash(void **state)
{
    static const char *const unknown[] = {
        /* The known name with another hash; another name with the known hash; any length. */
        "— example.com/foo AAAAAEn8\n",
        "— example.com/bar Uw2QOkn8\n",
        "— 大学.example Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZ\n",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(unknown); i++) {
        struct buffer bytes;

        buffer_init(&bytes, NOTE_MAX);
        assert_true(buffer_printf(&bytes, "This is an example message.\n\n%s%s%s", unknown[i],
                                  C2SP_SIGNATURE, unknown[i]));
        assert_null(judge(buffer_slice(&bytes), C2SP_KEY));
        buffer_fini(&bytes);
    }
}

static void
a_known_key_with_a_wrong_signature_fails_the_note(void **state)
{
    static const char *const wrong[] = {
        /* Known name and hash, and then: too short, one bit changed. */
        "— example.com/foo Uw2QOkn8\n",
        "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERY"
        "NZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQI=\n"};

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(wrong); i++) {
        struct buffer bytes;

        buffer_init(&bytes, NOTE_MAX);
        assert_true(
            buffer_printf(&bytes, "This is an example message.\n\n%s%s", C2SP_SIGNATURE, wrong[i]));
        assert_string_equal(judge(buffer_slice(&bytes), C2SP_KEY),
                            "a signature of a known key is wrong");
        buffer_fini(&bytes);
    }
}

static void
no_byte_of_a_note_can_be_changed(void **state)
{
    uint8_t bytes[] = C2SP_NOTE;

    (void)state;
    for (size_t bit = 0; bit < (sizeof(bytes) - 1) * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_non_null(judge(slice_make(bytes, sizeof(bytes) - 1), C2SP_KEY));
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < sizeof(bytes) - 1; len++)
        assert_non_null(judge(slice_make(bytes, len), C2SP_KEY));
}

static void
what_is_not_a_note_is_refused(void **state)
{
    static const struct {
        const char *bytes, *fault;
    } cases[] = {
        {"", "the note has no empty line before its signatures"},
        {"text\n", "the note has no empty line before its signatures"},
        {"text\n— a AAAAAEn8\n", "the note has no empty line before its signatures"},
        {"text\n\n", "the note has no signature"},
        {"text\n\n— a AAAAAEn8", "the note does not end in a newline"},
        {"text\n\n- a AAAAAEn8\n", "the note has a malformed signature line"},
        {"text\n\n—  AAAAAEn8\n", "the note has a malformed signature line"},
        {"text\n\n— a\n", "the note has a malformed signature line"},
        {"text\n\n— a b AAAAAEn8\n", "the note has a malformed signature line"},
        {"text\n\n— a+b AAAAAEn8\n", "the note has a malformed signature line"},
        {"text\n\n— a\xe3\x80\x80 AAAAAEn8\n", "the note has a malformed signature line"},
        {"text\n\n— a AAAAAEn8 \n", "the note has a malformed signature line"},
        {"text\n\n— a AAAAAEn9=\n", "the note has a malformed signature line"},
        /* Four bytes are a key hash without a signature. */
        {"text\n\n— a AAAAAA==\n", "the note has a malformed signature line"},
        {"text\n\n— a AAAAAAB=\n", "the note has a malformed signature line"},
        {"te\txt\n\n— a AAAAAEn8\n", "the note is not UTF-8 without control characters"},
        {"text\r\n\n— a AAAAAEn8\n", "the note is not UTF-8 without control characters"},
        {"te\xffxt\n\n— a AAAAAEn8\n", "the note is not UTF-8 without control characters"},
    };
    struct note note;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(note_parse(slice_text(cases[i].bytes), &note), cases[i].fault);
    assert_string_equal(note_parse(slice_make("te\0xt\n\n— a AAAAAEn8\n", 21), &note),
                        "the note is not UTF-8 without control characters");
}

static void
the_last_empty_line_ends_the_text(void **state)
{
    struct note note;

    (void)state;
    assert_null(note_parse(slice_text("one\n\ntwo\n\n\n\n— a AAAAAEn8\n"), &note));
    assert_slice(note.text, "one\n\ntwo\n\n\n");
    assert_null(note_parse(slice_text("\n\n— a AAAAAEn8\n"), &note));
    assert_slice(note.text, "\n");
}

static void
a_note_has_at_least_room_for_16_signatures_and_a_limit(void **state)
{
    struct buffer bytes;
    struct note note;

    (void)state;
    buffer_init(&bytes, NOTE_MAX + 100);
    assert_true(buffer_printf(&bytes, "text\n\n"));
    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++) {
        assert_true(buffer_printf(&bytes, "— a AAAAAEn8\n"));
        assert_null(note_parse(buffer_slice(&bytes), &note));
        assert_int_equal(note.signature_count, i + 1);
    }
    assert_true(buffer_printf(&bytes, "— a AAAAAEn8\n"));
    assert_string_equal(note_parse(buffer_slice(&bytes), &note),
                        "the note has too many signatures");

    uint8_t *rest = buffer_extend(&bytes, NOTE_MAX + 1 - bytes.len);

    memset(rest, 'a', NOTE_MAX + 1 - (size_t)(rest - bytes.at));
    assert_string_equal(note_parse(buffer_slice(&bytes), &note), "the note is too long");
    buffer_fini(&bytes);
}

static void
verifier_keys_are_read_and_written(void **state)
{
    struct note_verifier *verifier = note_verifier_parse(slice_text(C2SP_KEY));
    struct buffer text;

    (void)state;
    assert_non_null(verifier);
    buffer_init(&text, 200);
    assert_true(note_verifier_format(verifier, &text));
    assert_slice(buffer_slice(&text), C2SP_KEY);
    assert_slice(note_verifier_name(verifier), "example.com/foo");
    note_verifier_free(verifier);
    buffer_fini(&text);
}

static void
what_is_not_a_verifier_key_is_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "++",
        "example.com/foo",
        "example.com/foo+530d903a",
        "example.com/foo+530d903a+",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/fo +530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
        /* golang.org/x/mod/sumdb/note: a key too long, an unknown algorithm. */
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_null(note_verifier_parse(slice_text(cases[i])));
}

static void
signing_makes_a_note_that_verifies(void **state)
{
    struct private_key *key = private_key_generate(KEY_ED25519);
    struct note_verifier *verifier =
        note_verifier_new(slice_text("bank.example/log"), private_key_public(key));
    struct buffer note, vkey;

    (void)state;
    buffer_init(&note, NOTE_MAX);
    buffer_init(&vkey, 200);
    assert_true(note_verifier_format(verifier, &vkey));
    assert_true(buffer_append_byte(&vkey, 0));
    assert_true(
        note_sign(slice_text("学分\n\n银行\n"), slice_text("bank.example/log"), key, &note));
    assert_null(judge(buffer_slice(&note), (const char *)vkey.at));

    assert_false(note_sign(slice_text("no newline"), slice_text("a"), key, &note));
    assert_false(note_sign(slice_text(""), slice_text("a"), key, &note));
    assert_false(note_sign(slice_text("tab\t\n"), slice_text("a"), key, &note));
    assert_false(note_sign(slice_text("text\n"), slice_text("a b"), key, &note));
    assert_false(note_sign(slice_text("text\n"), slice_text(""), key, &note));
    note_verifier_free(verifier);
    private_key_free(key);

    key = private_key_generate(KEY_P256);
    assert_false(note_sign(slice_text("text\n"), slice_text("a"), key, &note));
    private_key_free(key);
    buffer_fini(&note);
    buffer_fini(&vkey);
}

/* The example of C2SP tlog-checkpoint. */
static const char checkpoint_text[] = "example.com/behind-the-sofa\n20852163\n"
                                      "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

static void
the_published_checkpoint_is_read_and_written(void **state)
{
    struct checkpoint checkpoint;
    struct buffer text;

    (void)state;
    assert_null(checkpoint_parse(slice_text(checkpoint_text), &checkpoint));
    assert_slice(checkpoint.origin, "example.com/behind-the-sofa");
    assert_int_equal(checkpoint.head.size, 20852163);
    assert_hash(checkpoint.head.root,
                "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    buffer_init(&text, 200);
    assert_true(checkpoint_format(&checkpoint, &text));
    assert_slice(buffer_slice(&text), checkpoint_text);

    checkpoint.origin = slice_text("two\nlines");
    assert_false(checkpoint_format(&checkpoint, &text));
    checkpoint.origin = slice_text("");
    assert_false(checkpoint_format(&checkpoint, &text));
    buffer_fini(&text);
}

#define ROOT "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

static void
checkpoints_are_read_strictly(void **state)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"a\n0\n" ROOT, NULL},
        {"a\n9223372036854775807\n" ROOT, NULL},
        {"a\n1\n" ROOT "extension\nanother\n", NULL},
        {"", "the checkpoint has no origin"},
        {"\n1\n" ROOT, "the checkpoint has no origin"},
        {"a\n", "the checkpoint has no size"},
        {"a\n\n" ROOT, "the checkpoint has no size"},
        {"a\n01\n" ROOT, "the checkpoint has no size"},
        {"a\n+1\n" ROOT, "the checkpoint has no size"},
        {"a\n-1\n" ROOT, "the checkpoint has no size"},
        {"a\n1 \n" ROOT, "the checkpoint has no size"},
        {"a\n0x1\n" ROOT, "the checkpoint has no size"},
        {"a\n9223372036854775808\n" ROOT, "the checkpoint has no size"},
        {"a\n18446744073709551617\n" ROOT, "the checkpoint has no size"},
        {"a\n1\n", "the checkpoint has no root hash"},
        {"a\n1\n\n", "the checkpoint has no root hash"},
        {"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n", "the checkpoint has no root hash"},
        {"a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", "the checkpoint has no root hash"},
        {"a\n1\n" ROOT "extension\n\n", "the checkpoint has an empty line"},
        {"a\n1\n" ROOT "extension", "the checkpoint does not end in a newline"},
    };
    struct checkpoint checkpoint;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *fault = checkpoint_parse(slice_text(cases[i].text), &checkpoint);

        if (cases[i].fault == NULL)
            assert_null(fault);
        else
            assert_string_equal(fault, cases[i].fault);
    }
}

/* A log of 300 entries with its key, for the tests that need a whole proof. */
struct log {
    struct private_key *key;
    struct note_verifier *verifier;
    struct hash leaves[300];
    struct buffer checkpoint;
};

static int
make_log(void **state)
{
    struct log *log = xcalloc(1, sizeof(*log));
    struct checkpoint checkpoint = {.origin = slice_text("bank.example/log")};

    for (size_t i = 0; i < ARRAY_COUNT(log->leaves); i++)
        log->leaves[i] = merkle_leaf(slice_make(&i, sizeof(i)));
    checkpoint.head = (struct merkle_head){.size = 300, .root = merkle_root(log->leaves, 300)};
    log->key = private_key_generate(KEY_ED25519);
    log->verifier = note_verifier_new(checkpoint.origin, private_key_public(log->key));
    buffer_init(&log->checkpoint, NOTE_MAX);
    assert_true(checkpoint_sign(&checkpoint, log->key, &log->checkpoint));
    *state = log;
    return 0;
}

static int
free_log(void **state)
{
    struct log *log = *state;

    buffer_fini(&log->checkpoint);
    note_verifier_free(log->verifier);
    private_key_free(log->key);
    xfree(log);
    return 0;
}

static void
a_checkpoint_opens_with_the_key_of_its_log_only(void **state)
{
    struct log *log = *state;
    struct note_verifier *other =
        note_verifier_new(slice_text("other.example"), private_key_public(log->key));
    const struct note_verifier *known[] = {log->verifier, other};
    struct checkpoint checkpoint;
    struct buffer note;

    assert_null(checkpoint_open(buffer_slice(&log->checkpoint), known, 1, &checkpoint));
    assert_slice(checkpoint.origin, "bank.example/log");
    assert_int_equal(checkpoint.head.size, 300);
    assert_string_equal(checkpoint_open(buffer_slice(&log->checkpoint), known + 1, 1, &checkpoint),
                        "no known key signed the note");
    assert_string_equal(checkpoint_open(buffer_slice(&log->checkpoint), known, 0, &checkpoint),
                        "no known key signed the note");

    /* The log's own key under a text of another origin. */
    buffer_init(&note, NOTE_MAX);
    assert_true(note_sign(slice_text("other.example\n1\n" ROOT), slice_text("bank.example/log"),
                          log->key, &note));
    assert_string_equal(checkpoint_open(buffer_slice(&note), known, 1, &checkpoint),
                        "the checkpoint is of another log");
    buffer_fini(&note);
    note_verifier_free(other);
}

static struct tlog_proof
make_proof(const struct log *log, size_t index)
{
    struct tlog_proof proof = {.index = index, .checkpoint = buffer_slice(&log->checkpoint)};

    merkle_prove(log->leaves, 300, index, &proof.path);
    return proof;
}

static void
a_proof_is_written_read_and_verified(void **state)
{
    struct log *log = *state;
    const struct note_verifier *known[] = {log->verifier};
    static const size_t indexes[] = {0, 1, 256, 299};

    for (size_t i = 0; i < ARRAY_COUNT(indexes); i++) {
        struct tlog_proof proof = make_proof(log, indexes[i]), back;
        struct checkpoint checkpoint;
        struct buffer text;

        buffer_init(&text, TLOG_PROOF_MAX);
        proof.extra = slice_text(i == 1 ? "ZXh0cmE=" : "");
        assert_true(tlog_proof_format(&proof, &text));
        assert_null(tlog_proof_parse(buffer_slice(&text), &back));
        assert_int_equal(back.index, indexes[i]);
        assert_true(slice_equal(back.extra, proof.extra));
        assert_true(slice_equal(back.checkpoint, proof.checkpoint));
        assert_null(tlog_proof_verify(&back, &log->leaves[indexes[i]], known, 1, &checkpoint));
        assert_int_equal(checkpoint.head.size, 300);
        assert_string_equal(tlog_proof_verify(&back, &log->leaves[7], known, 1, &checkpoint),
                            "the entry is not in the log at this index");
        back.index ^= 1;
        assert_string_equal(
            tlog_proof_verify(&back, &log->leaves[indexes[i]], known, 1, &checkpoint),
            "the entry is not in the log at this index");
        buffer_fini(&text);
    }
}

static void
the_text_of_a_proof_is_as_c2sp_has_it(void **state)
{
    struct tlog_proof proof = {
        .index = 73894, .extra = slice_text("ZXh0cmE="), .checkpoint = slice_text("checkpoint")};
    struct buffer text;

    (void)state;
    buffer_init(&text, TLOG_PROOF_MAX);
    proof.path.count = 1;
    proof.path.hashes[0] =
        hash_from_hex("0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62");
    assert_true(tlog_proof_format(&proof, &text));
    assert_slice(buffer_slice(&text),
                 "c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nindex 73894\n" ROOT "\ncheckpoint");
    buffer_fini(&text);
}

static void
no_byte_of_a_proof_can_be_changed(void **state)
{
    struct log *log = *state;
    const struct note_verifier *known[] = {log->verifier};
    struct tlog_proof proof = make_proof(log, 200), back;
    struct checkpoint checkpoint;
    struct buffer text;

    buffer_init(&text, TLOG_PROOF_MAX);
    assert_true(tlog_proof_format(&proof, &text));
    for (size_t bit = 0; bit < text.len * 8; bit++) {
        text.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(tlog_proof_parse(buffer_slice(&text), &back) != NULL ||
                    tlog_proof_verify(&back, &log->leaves[200], known, 1, &checkpoint) != NULL);
        text.at[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t len = 0; len < text.len; len++)
        assert_true(tlog_proof_parse(slice_make(text.at, len), &back) != NULL ||
                    tlog_proof_verify(&back, &log->leaves[200], known, 1, &checkpoint) != NULL);
    buffer_fini(&text);
}

static void
what_is_not_a_proof_is_refused(void **state)
{
    static const struct {
        const char *text, *fault;
    } cases[] = {
        {"", "the proof is not a tlog-proof of version 1"},
        {"c2sp.org/tlog-proof@v2\nindex 0\n\n", "the proof is not a tlog-proof of version 1"},
        {"c2sp.org/tlog-proof@v1\n", "the proof has no index"},
        {"c2sp.org/tlog-proof@v1\nindex\n\n", "the proof has no index"},
        {"c2sp.org/tlog-proof@v1\nindex 00\n\n", "the proof has no index"},
        {"c2sp.org/tlog-proof@v1\nindex -1\n\n", "the proof has no index"},
        {"c2sp.org/tlog-proof@v1\nextra \nindex 0\n\n", "the proof has malformed extra data"},
        {"c2sp.org/tlog-proof@v1\nextra ZXh0cmE\nindex 0\n\n",
         "the proof has malformed extra data"},
        {"c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\n", "the proof has malformed extra data"},
        {"c2sp.org/tlog-proof@v1\nextra ZXh0cmE=\nextra ZXh0cmE=\nindex 0\n\n",
         "the proof has no index"},
        {"c2sp.org/tlog-proof@v1\nindex 0\n", "the proof has no empty line before its checkpoint"},
        {"c2sp.org/tlog-proof@v1\nindex 0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n\n",
         "the proof has a malformed hash"},
        {"c2sp.org/tlog-proof@v1\nindex 0\n" ROOT "extra ZXh0cmE=\n\n",
         "the proof has a malformed hash"},
    };
    struct tlog_proof proof;
    struct buffer text;

    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_string_equal(tlog_proof_parse(slice_text(cases[i].text), &proof), cases[i].fault);

    buffer_init(&text, TLOG_PROOF_MAX);
    assert_true(buffer_printf(&text, "c2sp.org/tlog-proof@v1\nindex 0\n"));
    for (size_t i = 0; i <= MERKLE_PROOF_MAX; i++)
        assert_true(buffer_printf(&text, ROOT));
    assert_string_equal(tlog_proof_parse(buffer_slice(&text), &proof), "the proof is too long");
    buffer_fini(&text);
}

static int
free_crypto(void **state)
{
    (void)state;
    crypto_fini();
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_note_verifies),
        cmocka_unit_test(a_note_signed_by_strangers_only_is_refused),
        cmocka_unit_test(unknown_signatures_are_ignored_also_under_a_known_name_or_hash),
        cmocka_unit_test(a_known_key_with_a_wrong_signature_fails_the_note),
        cmocka_unit_test(no_byte_of_a_note_can_be_changed),
        cmocka_unit_test(what_is_not_a_note_is_refused),
        cmocka_unit_test(the_last_empty_line_ends_the_text),
        cmocka_unit_test(a_note_has_at_least_room_for_16_signatures_and_a_limit),
        cmocka_unit_test(verifier_keys_are_read_and_written),
        cmocka_unit_test(what_is_not_a_verifier_key_is_refused),
        cmocka_unit_test(signing_makes_a_note_that_verifies),
        cmocka_unit_test(the_published_checkpoint_is_read_and_written),
        cmocka_unit_test(checkpoints_are_read_strictly),
        cmocka_unit_test_setup_teardown(a_checkpoint_opens_with_the_key_of_its_log_only, make_log,
                                        free_log),
        cmocka_unit_test_setup_teardown(a_proof_is_written_read_and_verified, make_log, free_log),
        cmocka_unit_test(the_text_of_a_proof_is_as_c2sp_has_it),
        cmocka_unit_test_setup_teardown(no_byte_of_a_proof_can_be_changed, make_log, free_log),
        cmocka_unit_test(what_is_not_a_proof_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, free_crypto);
}
