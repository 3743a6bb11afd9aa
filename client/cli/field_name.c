#include "field_name.h"

#include "label.h"

#include <stdlib.h>

static const struct {
    const char *name, *zh, *en;
} names[] = {
    {"acceptance_days", "受理期限", "days to accept"},
    {"account_no", "账号", "account number"},
    {"account_nos", "账号", "account numbers"},
    {"activation_code", "激活码", "activation code"},
    {"after", "前一部分的末条", "last line before"},
    {"appeal_days", "申诉期限", "days to appeal"},
    {"application_no", "申请编号", "application"},
    {"attendance_waived", "免修", "attendance waived"},
    {"authorization", "登录凭证", "credential"},
    {"basis_points", "万分比", "basis points"},
    {"begin_date", "入学日期", "begin date"},
    {"body", "明细的内容", "what the item says"},
    {"bucket_id", "限额组", "bucket"},
    {"caps", "限额", "limit"},
    {"centicredits", "学分", "credits"},
    {"centicredits_at_least", "最低学分", "least credits"},
    {"centihours", "学时", "hours"},
    {"centihours_at_least", "最低学时", "least hours"},
    {"centihours_per_credit", "每学分学时", "hours a credit"},
    {"centiscore", "成绩", "score"},
    {"certificate_id", "证书标识", "certificate"},
    {"clauses", "条件", "clause"},
    {"cohort", "年级", "cohort"},
    {"commitments", "身份承诺", "identity commitment"},
    {"completion_days", "补正期限", "days to complete"},
    {"completed_date", "完成日期", "completion date"},
    {"content", "交易的内容", "what the transaction says"},
    {"control", "管理事项", "control"},
    {"course_code", "课程代码", "course code"},
    {"course_codes", "课程代码", "course codes"},
    {"course_kind", "学时类别", "kind of course"},
    {"courses", "课程", "course"},
    {"create_time", "交易时间", "time of the transaction"},
    {"credits_of_outcome", "以成果学分为限", "credits of the outcome"},
    {"day", "日", "day"},
    {"demo", "演示标记", "demonstration"},
    {"disclose_identity", "出示身份", "show identity"},
    {"document_number", "证件号码", "document number"},
    {"document_type", "证件类型", "document type"},
    {"due_date", "期满次日", "day after the period"},
    {"duties", "职责", "duties"},
    {"end_date", "结束日期", "end date"},
    {"entry_index", "日志条目", "log entry"},
    {"exam_waived", "免考", "examination waived"},
    {"excluded", "不可免修", "excluded"},
    {"exemption_word", "免修的名目", "word for the exemption"},
    {"exemptions", "免修课程", "exemption"},
    {"expiry_date", "有效期至", "expiry date"},
    {"family_id", "证书组", "certificate family"},
    {"field", "身份项目", "identity field"},
    {"first_date", "第一天", "first day"},
    {"founding", "创立", "founding"},
    {"from_centiscore", "分段起点", "least score"},
    {"from_date", "生效日期", "first day"},
    {"grade", "等级", "grade"},
    {"grade_at_least", "最低等级", "least grade"},
    {"graduation_centicredits", "毕业学分", "credits to graduate"},
    {"hash", "哈希", "hash"},
    {"identities", "身份", "identity"},
    {"institution_id", "机构", "institution"},
    {"institution_ids", "机构", "institutions"},
    {"institution_registered", "登记机构", "institution registered"},
    {"issue_date", "发证日期", "issue date"},
    {"issuer_id", "颁证机构", "issuer"},
    {"issuers", "颁证机构", "issuers"},
    {"item", "明细", "item"},
    {"item_count", "明细条数", "number of items"},
    {"item_index", "明细号", "item number"},
    {"items", "明细", "item"},
    {"items_root", "明细的根哈希", "root of the items"},
    {"key_id", "密钥标识", "key id"},
    {"key_registered", "登记密钥", "key registered"},
    {"key_revoked", "撤销密钥", "key revoked"},
    {"kind", "类型", "kind"},
    {"last_date", "最后一天", "last day"},
    {"lines", "申请明细", "line"},
    {"log_key", "日志公钥", "log key"},
    {"log_origin", "日志名称", "log"},
    {"major_code", "专业代码", "major"},
    {"mark", "记载的成绩", "mark"},
    {"max_age_years", "最长年限", "greatest age"},
    {"month", "月", "month"},
    {"name", "名称", "name"},
    {"name_en", "英文名称", "name in English"},
    {"new_password", "新口令", "new password"},
    {"new_size", "较新的日志大小", "newer size"},
    {"notice_days", "公示期", "days of notice"},
    {"old_password", "原口令", "old password"},
    {"old_size", "较旧的日志大小", "older size"},
    {"operator", "运营机构", "operator"},
    {"operator_keys", "运营机构的密钥", "operator's key"},
    {"outcome", "学习成果", "outcome"},
    {"outcome_kind", "成果类型", "kind of outcome"},
    {"outcomes_used", "所用成果", "outcome used"},
    {"outer_id", "成果编号", "outcome's number"},
    {"outer_ids", "成果编号", "outcomes' numbers"},
    {"page_size", "每页条数", "rows a page"},
    {"page_token", "分页标记", "page token"},
    {"part_of", "所属的组合条件", "group it is a part of"},
    {"parts", "组合方式", "parts of the group"},
    {"parts_at_least", "至少满足的项数", "least number of parts"},
    {"password", "口令", "password"},
    {"periods", "期限", "periods"},
    {"programme_id", "培养方案", "programme"},
    {"proof_of_possession", "密钥持有证明", "proof of possession"},
    {"reason", "原因", "reason"},
    {"region_code", "行政区划代码", "region"},
    {"remainder_centihours", "剩余学时", "hours left over"},
    {"replaces_outer_id", "换发原证书编号", "certificate replaced"},
    {"reposted_after", "更正后重报", "entry that revoked it"},
    {"request_id", "请求编号", "request id"},
    {"required", "必修", "required"},
    {"results", "成绩折算", "band of results"},
    {"revision", "变更次数", "revision"},
    {"rule_no", "条款编号", "rule number"},
    {"rulebook_id", "转换办法", "rulebook"},
    {"rules", "条款", "rule"},
    {"salt", "盐值", "salt"},
    {"scheme", "计分方式", "grading scheme"},
    {"scheme_id", "证书体系", "certificate scheme"},
    {"school_code", "学校标识码", "school code"},
    {"school_id", "学校", "school"},
    {"score_at_least", "最低成绩", "least score"},
    {"sealed_persons", "封存的身份信息", "sealed person"},
    {"service_key", "服务密钥", "service key"},
    {"session_id", "登录编号", "session"},
    {"signature", "签名", "signature"},
    {"signatures", "签名", "signature"},
    {"spki", "公钥", "public key"},
    {"start_index", "起始条目", "first entry"},
    {"state", "状态", "state"},
    {"state_date", "公布日期", "state date"},
    {"step_centicredits", "学分取整", "step of credits"},
    {"student_no", "学号", "student number"},
    {"student_nos", "学号", "student numbers"},
    {"title", "名称", "title"},
    {"to_centiscore", "分段终点", "greatest score"},
    {"to_date", "截止日期", "last day"},
    {"trace_hash", "审核依据", "evaluation"},
    {"transaction", "交易", "transaction"},
    {"uscc", "统一社会信用代码", "unified social credit code"},
    {"uscc_override", "以登记为准", "code as registered"},
    {"valid_days", "有效期剩余天数", "days it stays valid"},
    {"validate_only", "只作检查", "only checked"},
    {"value", "取值", "value"},
    {"verdict", "结论", "verdict"},
    {"version", "版本", "version"},
    {"year", "年", "year"},
};

/* A part of a path without its index; NULL where it is not known. */
static const char *
part_name(const char *part, bool chinese)
{
    const char *item = label_name(part, chinese);

    if (item != part)
        return item;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (strcmp(names[i].name, part) == 0)
            return chinese ? names[i].zh : names[i].en;
    return NULL;
}

const char *
field_name(const char *path, bool chinese, struct arena *arena)
{
    const char *text = "";

    for (const char *at = path; *at != '\0';) {
        size_t len = strcspn(at, ".[");
        const char *part = part_name(arena_text(arena, slice_make(at, len)), chinese);
        const char *between = text[0] == '\0' ? "" : chinese ? "·" : ", ";

        if (part == NULL)
            return path;
        text = arena_printf(arena, "%s%s%s", text, between, part);
        at += len;
        if (*at == '[') {
            /* People count from 1. */
            text = arena_printf(arena, "%s %lu", text, strtoul(at + 1, NULL, 10) + 1);
            at += strcspn(at, ".");
        }
        at += *at == '.';
    }
    return text;
}
