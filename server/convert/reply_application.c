#include "convert/reply_application.h"

#include "convert/decode.h"
#include "convert/reply.h"
#include "convert/reply_entry.h"

#define SENTENCE_SIZE 512

/* What a check says where it holds; where it does not, its reason speaks. */
static const struct sentence {
    const char *check, *zh, *en;
    bool names_holder; /* its detail is an application, perhaps to another school */
} sentences[] = {
    {"ACCOUNT_ACTIVE", "账户已激活", "the account is active", false},
    {"ENROLLED", "在本校该方案的学籍中", "enrolled in this programme of the school", false},
    {"RULEBOOK_PUBLISHED", "转换办法已公布", "the rulebook is published", false},
    {"RULEBOOK_FROM", "转换办法已生效", "the rulebook is in force", false},
    {"RULEBOOK_TO", "转换办法尚未失效", "the rulebook has not ended", false},
    {"OUTCOME_ONCE", "成果在申请中没有重复", "the outcome stands once in the application", false},
    {"COURSE_ONCE", "课程在申请中没有重复", "the course stands once in the application", false},
    {"OUTCOME_OWN", "是本人的学习成果", "the outcome is the learner's own", false},
    {"OUTCOME_VALID", "成果有效", "the outcome stands", false},
    {"OUTCOME_UNEXPIRED", "成果在有效期内", "the outcome has not expired", false},
    {"OUTCOME_FREE", "成果没有被占用或用过", "the outcome is neither reserved nor used", true},
    {"RULE", "转换办法中有这一条", "the rulebook has this rule", false},
    {"FAMILY", "是本条款认可的证书", "the certificate is one that the rule accepts", false},
    {"GRADE_AT_LEAST", "证书等级达到要求", "the grade is high enough", false},
    {"SCORE_AT_LEAST", "成绩达到要求", "the score is high enough", false},
    {"MAX_AGE_YEARS", "成果取得时间在年限内", "the outcome is recent enough", false},
    {"ISSUER", "是本条款认可的机构", "the rule accepts the institution", false},
    {"CERTIFICATE", "是本条款认可的证书", "the certificate is the one that the rule accepts",
     false},
    {"OUTCOME_KIND", "是本条款认可的成果类型", "the rule accepts outcomes of this kind", false},
    {"CREDITS_AT_LEAST", "成果的学分达到要求", "the outcome has enough credits", false},
    {"HOURS_AT_LEAST", "成果的学时达到要求", "the outcome has enough hours", false},
    {"VALID_DAYS", "成果的有效期足够长", "the outcome stays valid for long enough", false},
    {"ALL_OF", "下列条件全部满足", "all of the conditions below hold", false},
    {"ANY_OF", "下列条件至少满足一项", "one of the conditions below holds", false},
    {"AT_LEAST_OF", "下列条件满足了足够的项数", "enough of the conditions below hold", false},
    {"NONE_OF", "下列条件均不满足，符合要求", "none of the conditions below holds, as it should be",
     false},
    {"COURSE_OF_RULE", "这一条包含该课程", "the rule speaks of the course", false},
    {"COURSE_NOT_DONE", "该课程尚未修读合格", "the course is still to be taken", false},
    {"RESULT_SCHEME", "成果的计分方式可以折算", "the outcome's score is of the rule's scheme",
     false},
    {"CREDITS_LEFT", "成果有学分分给该课程", "the outcome has credits left for the course", false},
    {"CAP_TOTAL", "免修学分在总限额之内", "the credits by exemption are within the limit on all",
     false},
    {"CAP_SOURCE", "这类成果的免修学分在限额之内",
     "the credits by outcomes of this kind are within their limit", false},
    {"CAP_BUCKET", "这个限额组的学分在限额之内", "the credits of the bucket are within its limit",
     false},
    {"COURSE_FREE", "该课程没有其他申请", "no other application holds the course", true},
};

static const struct sentence *
find_sentence(const char *check)
{
    static const struct sentence none = {"", "", "", true};

    for (size_t i = 0; i < ARRAY_COUNT(sentences); i++)
        if (strcmp(sentences[i].check, check) == 0)
            return &sentences[i];
    return &none;
}

static char *
copy(struct arena *arena, const char *text)
{
    return arena_text(arena, slice_text(text));
}

static void
init_verdict(struct arena *arena, const struct check *check, bool for_owner,
             Creditbank__V1__ClauseVerdict *m)
{
    char text[SENTENCE_SIZE];
    const struct sentence *sentence = find_sentence(check->name);
    const char *detail = sentence->names_holder && !for_owner ? "" : check->detail;

    creditbank__v1__clause_verdict__init(m);
    m->check = copy(arena, check->name);
    m->wanted = copy(arena, check->wanted);
    m->found = copy(arena, check->found);
    m->holds = check->reason == REASON_NONE;
    m->level = (uint32_t)check->level;
    m->excused = check->excused;
    if (m->holds) {
        m->message_zh = copy(arena, sentence->zh);
        m->message_en = copy(arena, sentence->en);
        return;
    }
    m->reason = copy(arena, reason_text(check->reason)->code);
    m->message_zh = copy(arena, reason_sentence(check->reason, detail, true, text, sizeof(text)));
    m->message_en = copy(arena, reason_sentence(check->reason, detail, false, text, sizeof(text)));
}

static void
add_verdicts(struct arena *arena, const struct check *check, bool for_owner,
             Creditbank__V1__Finding *m)
{
    for (; check != NULL; check = check->next)
        init_verdict(arena, check, for_owner, m->verdicts[m->n_verdicts++]);
}

static Creditbank__V1__ExemptionGranted **
reply_exemptions(struct arena *arena, const struct exemption_granted *exemptions, size_t count)
{
    Creditbank__V1__ExemptionGranted **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        creditbank__v1__exemption_granted__init(list[i]);
        list[i]->course_code = reply_text(arena, exemptions[i].course_code);
        list[i]->centicredits = exemptions[i].centicredits;
        list[i]->attendance_waived = exemptions[i].attendance_waived;
        list[i]->exam_waived = exemptions[i].exam_waived;
        list[i]->mark =
            reply_mark(arena, (int32_t)exemptions[i].mark.scheme, exemptions[i].mark.centiscore);
    }
    return list;
}

static Creditbank__V1__OutcomeRef *
reply_outcome_ref(struct arena *arena, const struct outcome_ref *ref)
{
    Creditbank__V1__OutcomeRef *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__outcome_ref__init(m);
    m->institution_id = reply_text(arena, ref->institution_id);
    m->outer_id = reply_text(arena, ref->outer_id);
    return m;
}

static bool
all_hold(const struct check *check)
{
    for (; check != NULL; check = check->next)
        if (check_refuses(check))
            return false;
    return true;
}

Creditbank__V1__Finding *
reply_finding(struct arena *arena, const struct evaluation *evaluation, size_t index,
              bool for_owner)
{
    const struct finding *finding = &evaluation->findings[index];
    Creditbank__V1__Finding *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__finding__init(m);
    m->rule_no = finding->line->rule_no;
    if (finding->rule != NULL)
        m->rule_title = reply_text(arena, finding->rule->title);
    m->outcome = reply_outcome_ref(arena, &finding->line->outcome);
    if (finding->outcome != NULL)
        m->outcome_title = reply_text(arena, finding->outcome->title);
    m->satisfied = finding->satisfied && all_hold(evaluation->general);
    m->verdicts =
        reply_list(arena, evaluation->general_count + finding->check_count, sizeof(**m->verdicts));
    add_verdicts(arena, evaluation->general, for_owner, m);
    add_verdicts(arena, finding->checks, for_owner, m);
    m->n_exemptions = finding->exemption_count;
    m->exemptions = reply_exemptions(arena, finding->exemptions, finding->exemption_count);
    return m;
}

Creditbank__V1__ApplicationLine **
reply_lines(struct arena *arena, const struct line_applied *lines, size_t count)
{
    Creditbank__V1__ApplicationLine **list = reply_list(arena, count, sizeof(**list));

    for (size_t i = 0; i < count; i++) {
        const struct text_list *codes = &lines[i].course_codes;

        creditbank__v1__application_line__init(list[i]);
        list[i]->rule_no = lines[i].rule_no;
        list[i]->outcome = reply_outcome_ref(arena, &lines[i].outcome);
        list[i]->n_course_codes = codes->count;
        list[i]->course_codes = arena_array(arena, codes->count, sizeof(char *));
        for (size_t j = 0; j < codes->count; j++)
            list[i]->course_codes[j] = reply_text(arena, codes->texts[j]);
    }
    return list;
}

static void
init_move(struct arena *arena, const struct application_move *move,
          Creditbank__V1__ApplicationMove *m)
{
    creditbank__v1__application_move__init(m);
    m->state = (Creditbank__V1__ApplicationState)move->state;
    m->institution_id = reply_text(arena, move->institution_id);
    m->key_id = reply_hash(arena, &move->key_id);
    m->move_time = reply_time(arena, move->move_time_us);
    m->entry_index = (uint64_t)move->entry_index;
    m->item_index = (uint32_t)move->item_index;
    m->verdict = (Creditbank__V1__Verdict)move->verdict;
    if (move->state == APPLICATION_RETURNED)
        m->return_reason = (Creditbank__V1__ReturnReason)move->reason;
    if (move->state == APPLICATION_REVIEWED)
        m->objection_reason = (Creditbank__V1__ObjectionReason)move->reason;
    if (move->state == APPLICATION_NOT_ACCEPTED)
        m->not_accepted_reason = (Creditbank__V1__NotAcceptedReason)move->reason;
}

Creditbank__V1__Application *
reply_application(struct arena *arena, const struct application_parts *parts)
{
    const struct application *row = parts->application;
    Creditbank__V1__Application *m = arena_alloc(arena, sizeof(*m));

    creditbank__v1__application__init(m);
    m->application_no = reply_text(arena, row->application_no);
    m->account_no = reply_text(arena, row->account_no);
    m->school_id = reply_text(arena, row->school_id);
    m->programme_id = reply_text(arena, row->programme_id);
    m->rulebook_id = reply_text(arena, row->rulebook_id);
    m->version = (uint32_t)row->version;
    m->state = (Creditbank__V1__ApplicationState)row->state;
    m->revision = (uint32_t)row->revision;
    m->submission_no = (uint32_t)row->submission_no;
    m->due_date = reply_date(arena, row->due_date);
    m->n_lines = parts->line_count;
    m->lines = reply_lines(arena, parts->lines, parts->line_count);
    m->n_moves = parts->move_count;
    m->moves = reply_list(arena, parts->move_count, sizeof(**m->moves));
    for (size_t i = 0; i < parts->move_count; i++)
        init_move(arena, &parts->moves[i], m->moves[i]);
    m->n_exemptions = parts->exemption_count;
    m->exemptions = reply_exemptions(arena, parts->exemptions, parts->exemption_count);
    return m;
}

struct line_applied *
decode_lines(struct arena *arena, Creditbank__V1__ApplicationLine *const *lines, size_t count)
{
    struct decoder decoder = {.arena = arena, .item_index = REFUSAL_NO_ITEM};
    struct line_applied *decoded = arena_array(arena, count, sizeof(*decoded));

    for (size_t i = 0; i < count; i++) {
        const Creditbank__V1__ApplicationLine *m = lines[i];

        decoded[i].rule_no = m->rule_no;
        if (m->outcome != NULL) {
            decoded[i].outcome.institution_id = slice_text(m->outcome->institution_id);
            decoded[i].outcome.outer_id = slice_text(m->outcome->outer_id);
        }
        decoded[i].course_codes = decode_texts(&decoder, m->n_course_codes, m->course_codes);
    }
    return decoded;
}
