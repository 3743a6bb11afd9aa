#include "words.h"

#include "base/reason.h"

#include "field_name.h"
#include "fields.h"
#include "label.h"
#include "normal.h"

#include <stdlib.h>

#include "creditbank/v1/account_service.pb-c.h"
#include "creditbank/v1/application_service.pb-c.h"
#include "creditbank/v1/rule_service.pb-c.h"
#include "creditbank/v1/types.pb-c.h"

#define SENTENCE_SIZE 1024

/* How a value is said; a value of another form stays as it is. */
typedef const char *(*say_fn)(const char *value, bool chinese, struct arena *arena);

bool
words_number(const char *text, int64_t *number)
{
    size_t len = strspn(text, "0123456789");

    *number = strtoll(text, NULL, 10);
    return len > 0 && len <= 18 && text[len] == '\0';
}

static const char *
say_word(const char *value, bool chinese, struct arena *arena)
{
    static const struct {
        const char *value, *zh, *en;
    } words[] = {{"yes", "是", "yes"},       {"no", "否", "no"},
                 {"none", "无", "none"},     {"open", "无期限", "without end"},
                 {"free", "未占用", "free"}, {"reserved", "已占用", "reserved"},
                 {"used", "已用过", "used"}, {"exempted", "已免修", "exempted"}};

    (void)arena;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (strcmp(words[i].value, value) == 0)
            return chinese ? words[i].zh : words[i].en;
    return value;
}

/* A course is held as an outcome is; what used it up is an exemption. */
static const char *
say_course(const char *value, bool chinese, struct arena *arena)
{
    return say_word(strcmp(value, "used") == 0 ? "exempted" : value, chinese, arena);
}

/* "6000": hundredths of a point. */
static const char *
say_score(const char *value, bool chinese, struct arena *arena)
{
    int64_t centiscore;

    if (!words_number(value, &centiscore))
        return say_word(value, chinese, arena);
    return arena_printf(arena, chinese ? "%s 分" : "%s points",
                        fields_format_centi(centiscore, arena));
}

/* "1:6000": the scheme, and hundredths of a point. */
static const char *
say_score_of_scheme(const char *value, bool chinese, struct arena *arena)
{
    const char *colon = strchr(value, ':');
    int64_t scheme, centiscore;

    if (colon == NULL || !words_number(colon + 1, &centiscore) ||
        !words_number(arena_text(arena, slice_make(value, (size_t)(colon - value))), &scheme))
        return say_word(value, chinese, arena);

    const char *name =
        label_text(&creditbank__v1__grading_scheme__descriptor, (int)scheme, chinese);
    const char *word = normal_score_word((int)scheme, centiscore, chinese);
    const char *score = word != NULL ? word : say_score(colon + 1, chinese, arena);

    if (name[0] == '\0' || scheme == CREDITBANK__V1__GRADING_SCHEME__GRADING_SCHEME_PERCENTAGE)
        return score;
    return arena_printf(arena, chinese ? "%s（%s）" : "%s (%s)", score, name);
}

/* A scheme of certificates, as people write it. */
static const char *
scheme_name(const char *scheme_id)
{
    return strcmp(scheme_id, "1+x") == 0 ? "1+X" : scheme_id;
}

/* "1+x:2": the scheme, and the grade in it. */
static const char *
say_grade(const char *value, bool chinese, struct arena *arena)
{
    static const char *const grades[] = {"初级", "中级", "高级"};
    const char *colon = strrchr(value, ':');
    int64_t grade;

    if (colon == NULL || !words_number(colon + 1, &grade))
        return say_word(value, chinese, arena);

    const char *scheme = scheme_name(arena_text(arena, slice_make(value, (size_t)(colon - value))));

    if (!chinese)
        return arena_printf(arena, "%s grade %d", scheme, (int)grade);
    if (strcmp(scheme, "1+X") == 0 && grade >= 1 && grade <= (int64_t)ARRAY_COUNT(grades))
        return arena_printf(arena, "%s %s", scheme, grades[grade - 1]);
    return arena_printf(arena, "%s %d 级", scheme, (int)grade);
}

static const char *
say_years(const char *value, bool chinese, struct arena *arena)
{
    int64_t years;

    if (!words_number(value, &years))
        return say_word(value, chinese, arena);
    return arena_printf(arena, chinese ? "%d 年以内" : "%d years at most", (int)years);
}

/* What a value is, and what it should be. */
struct limits {
    const char *found, *wanted;
};

/* "4, 6–6", and "4, 32" where only one will do: what it has, and what it should have. */
static bool
split_limits(const char *value, bool chinese, struct arena *arena, struct limits *limits)
{
    const char *comma = strstr(value, ", "), *dash = strstr(value, "–");
    const char *least, *most;

    if (comma == NULL)
        return false;
    least = comma + 2;
    most = dash != NULL ? dash + strlen("–") : least;
    if (dash != NULL)
        least = arena_text(arena, slice_make(least, (size_t)(dash - least)));
    limits->found = arena_text(arena, slice_make(value, (size_t)(comma - value)));
    limits->wanted = strcmp(least, most) == 0
                         ? most
                         : arena_printf(arena, chinese ? "%s 至 %s" : "%s to %s", least, most);
    return true;
}

static const char *
say_days(const char *value, bool chinese, struct arena *arena)
{
    int64_t days;

    if (!words_number(value, &days))
        return say_word(value, chinese, arena);
    return arena_printf(arena, chinese ? "%d 天以上" : "%d days or more", (int)days);
}

/* "450": hundredths of credits or hours. */
static const char *
say_amount(const char *value, bool chinese, struct arena *arena)
{
    int64_t amount;

    if (!words_number(value, &amount))
        return say_word(value, chinese, arena);
    return fields_format_centi(amount, arena);
}

/* "3": enum OutcomeKind. */
static const char *
say_kind(const char *value, bool chinese, struct arena *arena)
{
    int64_t kind;

    if (!words_number(value, &kind))
        return say_word(value, chinese, arena);
    return label_text(&creditbank__v1__outcome_kind__descriptor, (int)kind, chinese);
}

/* "1": enum GradingScheme; "0" of an outcome without a score. */
static const char *
say_scheme(const char *value, bool chinese, struct arena *arena)
{
    int64_t scheme;

    if (!words_number(value, &scheme) || scheme == 0)
        return say_word("none", chinese, arena);
    return label_text(&creditbank__v1__grading_scheme__descriptor, (int)scheme, chinese);
}

/* "2": clauses of a group. */
static const char *
say_parts(const char *value, bool chinese, struct arena *arena)
{
    return arena_printf(arena, chinese ? "%s 项" : "%s of them", value);
}

static const char *
say_length(const char *value, bool chinese, struct arena *arena)
{
    struct limits limits;

    if (!split_limits(value, chinese, arena, &limits))
        return value;
    return arena_printf(arena, chinese ? "现为 %s，应为 %s" : "it is %s and should be %s",
                        limits.found, limits.wanted);
}

static const char *
say_range(const char *value, bool chinese, struct arena *arena)
{
    struct limits limits;

    if (!split_limits(value, chinese, arena, &limits))
        return value;
    return arena_printf(arena, chinese ? "%s，应为 %s" : "%s, should be %s", limits.found,
                        limits.wanted);
}

/* A page of the operator's: clerks need only know that it is so. */
static const char *
say_nothing(const char *value, bool chinese, struct arena *arena)
{
    (void)value;
    (void)chinese;
    (void)arena;
    return "";
}

/*
 * "abc…z0123456789-" as "a–z 0–9 -": characters that follow one another by their ends;
 * where all do that are printed, what they are.
 */
static const char *
say_characters(const char *value, bool chinese, struct arena *arena)
{
    const char *text = "";

    if (strlen(value) == '~' - ' ')
        return chinese ? "英文字母、数字和英文标点" : "letters, digits and punctuation of ASCII";
    while (*value != '\0') {
        size_t run = 1;

        while (value[run] == value[0] + (char)run)
            run++;
        text = run > 2 ? arena_printf(arena, "%s%s%c–%c", text, text[0] != '\0' ? " " : "",
                                      value[0], value[run - 1])
                       : arena_printf(arena, "%s%s%.*s", text, text[0] != '\0' ? " " : "", (int)run,
                                      value);
        value += run;
    }
    return text;
}

/* What fills the {} of these sentences. */
static say_fn
fn_of_reason(enum reason reason)
{
    static const struct {
        enum reason reason;
        say_fn say;
    } details[] = {
        {REASON_FIELD_REQUIRED, field_name},
        {REASON_INSTITUTION_KIND_WRONG, field_name},
        {REASON_NOTHING_CHANGED, say_score},
        {REASON_SCORE_OUT_OF_RANGE, say_score},
        {REASON_SCORE_TOO_LOW, say_score_of_scheme},
        {REASON_GRADE_TOO_LOW, say_grade},
        {REASON_CERTIFICATE_NOT_ACCEPTED, say_word},
        {REASON_OUTCOME_TOO_OLD, say_word},
        {REASON_OUTCOME_EXPIRED, say_word},
        {REASON_FIELD_LENGTH, say_length},
        {REASON_FIELD_CHARACTERS, say_characters},
        {REASON_FIELD_RANGE, say_range},
        {REASON_LEDGER_STOPPED, say_nothing},
        {REASON_CREDIT_TOO_SMALL, say_amount},
        {REASON_HOURS_TOO_FEW, say_amount},
        {REASON_CAP_TOTAL, say_amount},
        {REASON_CAP_SOURCE, say_amount},
        {REASON_CAP_BUCKET, say_amount},
    };

    for (size_t i = 0; i < ARRAY_COUNT(details); i++)
        if (details[i].reason == reason)
            return details[i].say;
    return NULL;
}

/* What a check wants, and what it has found. */
static say_fn
fn_of_check(const char *check)
{
    static const struct {
        const char *check;
        say_fn say;
    } checks[] = {{"SCORE_AT_LEAST", say_score_of_scheme},
                  {"GRADE_AT_LEAST", say_grade},
                  {"MAX_AGE_YEARS", say_years},
                  {"COURSE_FREE", say_course},
                  {"VALID_DAYS", say_days},
                  {"CREDITS_AT_LEAST", say_amount},
                  {"HOURS_AT_LEAST", say_amount},
                  {"OUTCOME_KIND", say_kind},
                  {"ALL_OF", say_parts},
                  {"ANY_OF", say_parts},
                  {"AT_LEAST_OF", say_parts},
                  {"NONE_OF", say_parts},
                  {"RESULT_SCHEME", say_scheme},
                  {"CREDITS_LEFT", say_amount},
                  {"CAP_TOTAL", say_amount},
                  {"CAP_SOURCE", say_amount},
                  {"CAP_BUCKET", say_amount}};

    for (size_t i = 0; i < ARRAY_COUNT(checks); i++)
        if (strcmp(checks[i].check, check) == 0)
            return checks[i].say;
    return say_word;
}

/* What fills the {} of the reason's sentence in a language; NULL where it is another sentence. */
static const char *
take_detail(enum reason reason, const char *sentence, bool chinese, struct arena *arena)
{
    const char *own = chinese ? reason_text(reason)->zh : reason_text(reason)->en;
    const char *hole = strstr(own, "{}");
    size_t len = strlen(sentence);

    if (hole == NULL)
        return NULL;

    size_t before = (size_t)(hole - own), after = strlen(hole + 2);

    if (len < before + after || memcmp(sentence, own, before) != 0 ||
        strcmp(sentence + len - after, hole + 2) != 0)
        return NULL;
    return arena_text(arena, slice_make(sentence + before, len - before - after));
}

bool
words_amount(const char *code, const char *sentence, struct arena *arena, int64_t *hundredths)
{
    const char *detail = take_detail(reason_from_code(code), sentence, false, arena);

    return detail != NULL && fields_parse_centi(detail, hundredths);
}

const char *
words_of_refusal(const char *code, const char *sentence, bool chinese, struct arena *arena)
{
    enum reason reason = reason_from_code(code);
    say_fn say = fn_of_reason(reason);
    const char *detail = say != NULL ? take_detail(reason, sentence, chinese, arena) : NULL;
    char text[SENTENCE_SIZE];

    if (detail == NULL)
        return sentence;
    (void)reason_sentence(reason, say(detail, chinese, arena), chinese, text, sizeof(text));
    return arena_text(arena, slice_text(text));
}

/* Whether the last part of the path is a field in hundredths. */
static bool
is_in_hundredths(const char *path)
{
    const char *dot = strrchr(path, '.');

    return strncmp(dot != NULL ? dot + 1 : path, "centi", strlen("centi")) == 0;
}

/* "0, 1–100000", which are hundredths, as "0, 0.01–1000". */
static const char *
say_hundredths(const char *detail, struct arena *arena)
{
    const char *text = "";

    while (*detail != '\0') {
        size_t other = strcspn(detail, "0123456789");
        size_t digits = strspn(detail + other, "0123456789");
        const char *run = arena_text(arena, slice_make(detail + other, digits));
        int64_t number;

        if (words_number(run, &number))
            run = fields_format_centi(number, arena);
        text = arena_printf(arena, "%s%.*s%s", text, (int)other, detail, run);
        detail += other + digits;
    }
    return text;
}

const char *
words_of_item_refusal(const Creditbank__V1__Refusal *refusal, bool chinese, struct arena *arena)
{
    const char *sentence = chinese ? refusal->message_zh : refusal->message_en;
    const char *detail =
        reason_from_code(refusal->reason) == REASON_FIELD_RANGE && is_in_hundredths(refusal->field)
            ? take_detail(REASON_FIELD_RANGE, sentence, chinese, arena)
            : NULL;
    char text[SENTENCE_SIZE];

    if (detail == NULL)
        return words_of_refusal(refusal->reason, sentence, chinese, arena);
    detail = say_range(say_hundredths(detail, arena), chinese, arena);
    (void)reason_sentence(REASON_FIELD_RANGE, detail, chinese, text, sizeof(text));
    return arena_text(arena, slice_text(text));
}

/* Parts of a group stand under it, and what refuses nothing says so. */
static const char *
sentence_of_verdict(const Creditbank__V1__ClauseVerdict *verdict, const char *text, bool chinese,
                    struct arena *arena)
{
    const char *sentence = words_of_refusal(verdict->reason, text, chinese, arena);
    const char *excuse = chinese ? "（不影响结论）" : " (makes no difference)";

    if (verdict->excused)
        sentence = arena_printf(arena, "%s%s", sentence, excuse);
    for (uint32_t i = 0; i < verdict->level; i++)
        sentence = arena_printf(arena, "· %s", sentence);
    return sentence;
}

static const char *
words_of_verdict(const Creditbank__V1__ClauseVerdict *verdict, const char *field, const char *text,
                 bool chinese, struct arena *arena)
{
    if (strcmp(field, "wanted") == 0 || strcmp(field, "found") == 0)
        return fn_of_check(verdict->check)(text, chinese, arena);
    if (strcmp(field, "message_zh") == 0 || strcmp(field, "message_en") == 0)
        return sentence_of_verdict(verdict, text, chinese, arena);
    return text;
}

/* What the learner does in a session, the bank signs for her. */
static const char *
words_of_move(const Creditbank__V1__ApplicationMove *move, const char *field, const char *text,
              bool chinese)
{
    static const Creditbank__V1__ApplicationState hers[] = {
        CREDITBANK__V1__APPLICATION_STATE__APPLICATION_STATE_SUBMITTED,
        CREDITBANK__V1__APPLICATION_STATE__APPLICATION_STATE_WITHDRAWN,
        CREDITBANK__V1__APPLICATION_STATE__APPLICATION_STATE_APPEALED,
    };

    for (size_t i = 0; i < ARRAY_COUNT(hers) && strcmp(field, "institution_id") == 0; i++)
        if (move->state == hers[i])
            return chinese ? "本人" : "the learner";
    return text;
}

const char *
words_of_advice(const char *code, const char *advice, bool chinese)
{
    static const enum reason for_programs[] = {REASON_DEADLINE_PASSED, REASON_RESULT_UNKNOWN,
                                               REASON_NOTARY_UNAVAILABLE, REASON_LEDGER_BUSY};
    const struct reason_text *busy = reason_text(REASON_DATABASE_BUSY);

    for (size_t i = 0; i < ARRAY_COUNT(for_programs); i++)
        if (for_programs[i] == reason_from_code(code))
            return chinese ? busy->advice_zh : busy->advice_en;
    return advice;
}

const char *
words_of_field(const ProtobufCMessage *message, const char *field, const char *text, bool chinese,
               struct arena *arena)
{
    if (message->descriptor == &creditbank__v1__clause_verdict__descriptor)
        return words_of_verdict((const Creditbank__V1__ClauseVerdict *)message, field, text,
                                chinese, arena);
    if (message->descriptor == &creditbank__v1__application_move__descriptor)
        return words_of_move((const Creditbank__V1__ApplicationMove *)message, field, text,
                             chinese);
    if (message->descriptor == &creditbank__v1__access_record__descriptor &&
        strcmp(field, "method") == 0)
        return label_name(text, chinese);
    return strcmp(field, "scheme_id") == 0 ? scheme_name(text) : text;
}

bool
words_is_moot(const ProtobufCMessage *message, const char *field)
{
    static const struct {
        Creditbank__V1__OutcomeKind kind;
        const char *field;
    } moot[] = {
        {CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_TRAINING_HOURS, "centiscore"},
        {CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_CERTIFICATE, "centihours"},
        {CREDITBANK__V1__OUTCOME_KIND__OUTCOME_KIND_CERTIFICATE, "centicredits"},
    };
    Creditbank__V1__OutcomeKind kind;

    if (message->descriptor == &creditbank__v1__outcome__descriptor)
        kind = ((const Creditbank__V1__Outcome *)message)->kind;
    else if (message->descriptor == &creditbank__v1__outcome_total__descriptor)
        kind = ((const Creditbank__V1__OutcomeTotal *)message)->kind;
    else
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(moot); i++)
        if (moot[i].kind == kind && strcmp(moot[i].field, field) == 0)
            return true;
    return false;
}
