#include "label.h"

#include <string.h>

/* A label a value or item, by its name in the contract. */
struct label {
    const char *name, *zh, *en;
};

static const struct label labels[] = {
    {"INSTITUTION_KIND_OPERATOR", "学分银行", "operator"},
    {"INSTITUTION_KIND_REGULATOR", "主管部门", "regulator"},
    {"INSTITUTION_KIND_SCHOOL", "学校", "school"},
    {"INSTITUTION_KIND_ISSUER", "培训评价组织", "issuer"},
    {"DUTY_POST", "经办", "post"},
    {"DUTY_REVIEW", "审核", "review"},
    {"DUTY_DECIDE", "认定", "decide"},
    {"DUTY_RULES", "规则", "rules"},
    {"DUTY_ADMIN", "管理", "admin"},
    {"DUTY_SERVICE", "服务", "service"},
    {"COURSE_KIND_THEORY", "理论", "theory"},
    {"COURSE_KIND_PRACTICE", "实践", "practice"},
    {"OUTCOME_KIND_COURSE_RESULT", "课程成绩", "course result"},
    {"OUTCOME_KIND_TRAINING_HOURS", "培训学时", "training hours"},
    {"OUTCOME_KIND_CERTIFICATE", "证书", "certificate"},
    {"OUTCOME_STATE_VALID", "有效", "valid"},
    {"OUTCOME_STATE_REVOKED", "已撤销", "revoked"},
    {"CHANGE_REASON_ENTRY_ERROR", "录入错误", "entry error"},
    {"CHANGE_REASON_MARK_REVIEWED", "复核改分", "mark reviewed"},
    {"CHANGE_REASON_WRONG_PERSON", "错记他人", "wrong person"},
    {"CHANGE_REASON_IMPORT_UNDONE", "撤销导入", "import undone"},
    {"CHANGE_REASON_REPLACED", "证书换发", "replaced"},
    {"CHANGE_REASON_MISCONDUCT", "违规取消", "misconduct"},
    {"GRADING_SCHEME_PERCENTAGE", "百分制", "percentage"},
    {"GRADING_SCHEME_PASS_FAIL", "合格/不合格", "pass or fail"},
    {"GRADING_SCHEME_FIVE_GRADE", "五级制", "five grades"},
    {"ACCOUNT_STATE_PRELOADED", "预建", "preloaded"},
    {"ACCOUNT_STATE_ACTIVE", "已激活", "active"},
    {"ACCOUNT_STATE_SUSPENDED", "冻结", "suspended"},
    {"ACCOUNT_STATE_CLOSED", "注销", "closed"},
    {"APPLICATION_STATE_SUBMITTED", "已提交", "submitted"},
    {"APPLICATION_STATE_ACCEPTED", "已受理", "accepted"},
    {"APPLICATION_STATE_RETURNED", "已退回补正", "returned"},
    {"APPLICATION_STATE_REVIEWED", "已初审", "reviewed"},
    {"APPLICATION_STATE_APPROVED", "已认定", "approved"},
    {"APPLICATION_STATE_REJECTED", "不予认定", "rejected"},
    {"APPLICATION_STATE_WITHDRAWN", "已撤回", "withdrawn"},
    {"APPLICATION_STATE_NOT_ACCEPTED", "不予受理", "not accepted"},
    {"APPLICATION_STATE_ON_NOTICE", "公示中", "on notice"},
    {"APPLICATION_STATE_EXPIRED", "已逾期", "expired"},
    {"APPLICATION_STATE_APPEALED", "申诉中", "appealed"},
    {"OBJECTION_REASON_OUTCOME_DOUBTED", "成果存疑", "outcome doubted"},
    {"OBJECTION_REASON_RULE_MISAPPLIED", "条款适用有误", "rule misapplied"},
    {"OBJECTION_REASON_PROCEDURE_FAULTY", "程序有误", "procedure faulty"},
    {"RETURN_REASON_EVIDENCE_MISSING", "材料不全", "evidence missing"},
    {"RETURN_REASON_EVIDENCE_UNCLEAR", "材料不清", "evidence unclear"},
    {"RETURN_REASON_WRONG_COURSE", "课程选择有误", "wrong course"},
    {"RETURN_REASON_WRONG_OUTCOME", "成果选择有误", "wrong outcome"},
    {"NOT_ACCEPTED_REASON_WINDOW_CLOSED", "不在受理期内", "window closed"},
    {"NOT_ACCEPTED_REASON_EVIDENCE_MISSING", "材料不全", "evidence missing"},
    {"NOT_ACCEPTED_REASON_NOT_OF_THIS_SCHOOL", "不属于本校受理范围", "not of this school"},
    {"NOT_ACCEPTED_REASON_DUPLICATE", "重复申请", "duplicate"},
    {"DAY_KIND_HOLIDAY", "放假", "holiday"},
    {"DAY_KIND_WORKING", "调休上班", "working"},
    {"DAY_KIND_ORDINARY", "照常", "ordinary"},
    {"VERDICT_APPROVE", "同意", "approve"},
    {"VERDICT_REJECT", "不同意", "reject"},
    {"RULEBOOK_STATE_FILED", "已备案", "filed"},
    {"RULEBOOK_STATE_PUBLISHED", "已公布", "published"},
    {"ENROLMENT_STATE_ACTIVE", "在读", "enrolled"},
    {"ENROLMENT_STATE_ENDED", "已结束", "ended"},
    {"ENROLMENT_END_REASON_GRADUATED", "毕业", "graduated"},
    {"ENROLMENT_END_REASON_TRANSFERRED", "转出", "transferred"},
    {"ENROLMENT_END_REASON_WITHDRAWN", "退学", "withdrawn"},
    {"ENROLMENT_END_REASON_ENTRY_ERROR", "录入错误", "entry error"},
    {"DOCUMENT_TYPE_RESIDENT_ID", "居民身份证", "resident id"},
    {"DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT", "港澳台居民居住证", "HMT residence permit"},
    {"DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT", "外国人永久居留身份证",
     "foreign permanent resident"},
    {"DOCUMENT_TYPE_PASSPORT", "护照", "passport"},
    {"DOCUMENT_TYPE_SCHOOL_NUMBER", "临时学籍号", "school number"},
    {"certificate_listed", "证书列入目录", "certificate listed"},
    {"accreditation_granted", "准许颁发证书", "accreditation granted"},
    {"recording_rule_set", "设定学时学分记录规则", "recording rule set"},
    {"programme_published", "公布人才培养方案", "programme published"},
    {"rulebook_filed", "备案转换办法", "rulebook filed"},
    {"rulebook_published", "公布转换办法", "rulebook published"},
    {"calendar_declared", "公布放假和调休", "calendar declared"},
    {"account_opened", "开户", "account opened"},
    {"account_activated", "激活账号", "account activated"},
    {"account_state_set", "变更账号状态", "account state set"},
    {"learner_enrolled", "登记学籍", "enrolled"},
    {"enrolment_ended", "学籍结束", "enrolment ended"},
    {"course_result_recorded", "课程成绩", "course result"},
    {"training_hours_recorded", "培训学时", "training hours"},
    {"certificate_awarded", "证书", "certificate"},
    {"outcome_corrected", "更正成绩", "outcome corrected"},
    {"outcome_revoked", "撤销成果", "outcome revoked"},
    {"application_submitted", "提交申请", "application submitted"},
    {"application_accepted", "受理申请", "application accepted"},
    {"application_returned", "退回补正", "application returned"},
    {"application_reviewed", "初审", "application reviewed"},
    {"application_decided", "认定", "application decided"},
    {"application_withdrawn", "撤回申请", "application withdrawn"},
    {"application_not_accepted", "不予受理", "application not accepted"},
    {"application_resubmitted", "再次提交申请", "application resubmitted"},
    {"application_period_ended", "申请期满", "period of an application ended"},
    {"application_objected", "公示异议", "objection to an application"},
    {"application_appealed", "申诉", "appeal"},
    {"application_appeal_decided", "申诉处理", "decision on an appeal"},
    {"AccountService/ResolveIdentities", "按证件查找账号", "looked for the account by document"},
    {"AccountService/BatchGetEnrolments", "按学号查找账号", "looked for the account by number"},
    {"AccountService/ListEnrolments", "列出学籍", "listed enrolments"},
    {"AccountService/GetAccount", "查看账号", "looked at the account"},
    {"AccountService/ListOutcomes", "列出学习成果", "listed the outcomes"},
    {"AccountService/ListOutcomeVersions", "查看成果的各个版本",
     "looked at versions of an outcome"},
    {"AccountService/ListExemptions", "列出免修课程", "listed the exemptions"},
    {"AccountService/IssueActivationCodes", "签发激活码", "issued an activation code"},
    {"ApplicationService/GetApplication", "查看申请", "looked at an application"},
    {"ApplicationService/ListApplications", "列出申请", "listed applications"},
    {"LedgerService/BatchGetOutcomes", "按编号查找成果", "looked for outcomes by number"},
    {"LedgerService/GetReceipt", "取得回执", "got a receipt"},
    {"RuleService/Evaluate", "试算", "evaluated"},
    {"learners", "学生", "learners"},
    {"results", "课程成绩", "course results"},
    {"certificates", "证书", "certificates"},
    {"hours", "培训学时", "training hours"},
    {"sent", "已发出，未得到答复", "sent, not answered"},
    {"booked", "已入账", "booked"},
    {"same", "此前已有", "there before"},
    {"bad", "出错", "bad"},
    {"undone", "已撤销", "undone"},
};

/* What people call a value besides. */
static const struct {
    const char *name, *text;
} aliases[] = {
    {"DOCUMENT_TYPE_RESIDENT_ID", "身份证"},
    {"DOCUMENT_TYPE_RESIDENT_ID", "二代身份证"},
    {"DOCUMENT_TYPE_RESIDENT_ID", "中华人民共和国居民身份证"},
    {"DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT", "港澳居民居住证"},
    {"DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT", "台湾居民居住证"},
    {"DOCUMENT_TYPE_HMT_RESIDENCE_PERMIT", "港澳台居住证"},
    {"DOCUMENT_TYPE_FOREIGN_PERMANENT_RESIDENT", "外国人永久居留证"},
};

static const struct label *
find_label(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(labels); i++)
        if (strcmp(labels[i].name, name) == 0)
            return &labels[i];
    return NULL;
}

/* The part of a name that its type does not say: every type's first value ends in "UNSPECIFIED". */
static const char *
short_name(const ProtobufCEnumDescriptor *type, const ProtobufCEnumValue *value)
{
    return value->name + strlen(type->values[0].name) - strlen("UNSPECIFIED");
}

/* Letters large, hyphens and blanks as the names of enums have them. */
static char
fold(char c)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz- ";
    static const char large[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ__";
    const char *at = c != '\0' ? strchr(small, c) : NULL;

    if (at == NULL)
        return c;
    return large[at - small];
}

/* A name as one types it: "mark-reviewed". */
static const char *
typed_name(const char *name, struct arena *arena)
{
    static const char large[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char small[] = "abcdefghijklmnopqrstuvwxyz-";
    char *typed = arena_text(arena, slice_text(name));

    for (char *c = typed; *c != '\0'; c++) {
        const char *at = strchr(large, *c);

        if (at != NULL)
            *c = small[at - large];
    }
    return typed;
}

static bool
is_same_name(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

const char *
label_text(const ProtobufCEnumDescriptor *type, int value, bool chinese)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value(type, value);

    if (found == NULL || value == 0)
        return "";

    const struct label *label = find_label(found->name);

    if (label == NULL)
        return found->name;
    return chinese ? label->zh : label->en;
}

const char *
label_name(const char *name, bool chinese)
{
    const struct label *label = find_label(name);

    if (label == NULL)
        return name;
    return chinese ? label->zh : label->en;
}

static bool
is_alias(const char *name, const char *text)
{
    for (size_t i = 0; i < ARRAY_COUNT(aliases); i++)
        if (strcmp(aliases[i].name, name) == 0 && strcmp(aliases[i].text, text) == 0)
            return true;
    return false;
}

bool
label_parse(const ProtobufCEnumDescriptor *type, const char *text, int *value)
{
    for (unsigned i = 0; i < type->n_values; i++) {
        const ProtobufCEnumValue *candidate = &type->values[i];
        const struct label *label = find_label(candidate->name);

        if (candidate->value == 0)
            continue;
        if (is_same_name(short_name(type, candidate), text) || is_alias(candidate->name, text) ||
            (label != NULL && (strcmp(label->zh, text) == 0 || is_same_name(label->en, text)))) {
            *value = candidate->value;
            return true;
        }
    }
    return false;
}

static const char *
add_word(const char *text, const char *word, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s", text, text[0] != '\0' ? ", " : "", word);
}

const char *
label_choices(const ProtobufCEnumDescriptor *type, struct arena *arena)
{
    const char *text = "";

    for (unsigned i = 0; i < type->n_values; i++)
        if (type->values[i].value != 0)
            text = add_word(text, typed_name(short_name(type, &type->values[i]), arena), arena);
    return text;
}

const char *
label_cells(const ProtobufCEnumDescriptor *type, bool chinese, struct arena *arena)
{
    const char *text = "";

    for (unsigned i = 0; i < type->n_values; i++)
        if (type->values[i].value != 0)
            text = add_word(text, label_text(type, type->values[i].value, chinese), arena);
    return text;
}
