# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 7. A learner looks at her account, and applies.

step learner \
    '林晓雯用学校发的激活码激活账户并登录，看学分、证书、课程和谁看过她的账户，试算能免修什么，按最优组合提出申请。' \
    'A learner activates her account, signs in, looks at it and at who looked, sees what she would get, and applies for the best combination of it.'

activate()
{
    local account=$1 codes=$state/activation.csv

    rm -f "$codes"
    as school activation issue "$account" --out "$codes"
    expect '激活码文件的权限' 'mode of the codes' "$(stat -c %a "$codes")" 600
    as learner session activate "$account" "$(sed -n '2s/^[^,]*,[^,]*,\([^,]*\),.*/\1/p' "$codes")"
    rm -f "$codes"
}

# The school's clerk and issuer looked her account up, and she applies once.
do_learner()
{
    local account

    know_people
    account=$(account_of school "$heroine_no")
    echo "$account" >"$state/account"
    as learner profile set learner --server "$(bank_address)" --ca "$state/bank/tls-cert.pem" \
        --origin "$origin" --bank-key "$state/bank.key"
    as school account show "$account" >/dev/null
    once activate activate "$account"
    as learner session sign-in "$account"
    [ "$(as learner --json application list | pick "len(d.get('applications', []))")" != 0 ] ||
        as learner application create szpt "$rulebook" --best
}

# Her session ends by itself some day: she signs in again.
signed_in()
{
    as learner session sign-in "$(cat "$state/account")" >/dev/null
}

check_account()
{
    local account totals credits

    account=$(as learner --json account show)
    totals=$(pick "{t['kind'].removeprefix('OUTCOME_KIND_'): int(t['count']) for t in d['account']['totals']}" <<<"$account")
    expect '她的姓名' 'her name' "$(pick "d['account']['name']" <<<"$account")" "$heroine_name"
    expect '学校所见姓名' 'her name for the school' "$(as school --json account show "$(cat "$state/account")" | pick "d['account']['name']")" '林*'
    expect '状态' 'state' "$(pick "d['account']['state']" <<<"$account")" ACCOUNT_STATE_ACTIVE
    expect '合计' 'totals' "$totals" "{'COURSE_RESULT': 10, 'CERTIFICATE': 2}"
    expect '学校在查看者之列' 'the school is among those who looked' \
        "$(as learner --json account access | pick "'szpt' in [r.get('institutionId') for r in d['records']]")" True
    credits=$(pick "sum(int(t.get('centicredits', '0')) for t in d['account']['totals']) / 100" <<<"$account")
    figure "账户 $(cat "$state/account")：10 门课程成绩共 $credits 学分、2 张证书；谁看过账户，她都看得到" \
        "account $(cat "$state/account"): 10 course results, $credits credits, 2 certificates; whoever looked at it, she sees"
}

check_learner()
{
    local found application

    know_people
    signed_in
    check_account
    found=$(as learner --json evaluate szpt "$rulebook")
    expect '初级证书不符合的条目' 'clauses of the junior certificate that fail' \
        "$(pick "[v['check'] for f in d['findings'] if f['outcome']['outerId'] == '$junior_certificate' for v in f['verdicts'] if not v.get('holds') and v['check'] in ('FAMILY', 'GRADE_AT_LEAST', 'SCORE_AT_LEAST', 'MAX_AGE_YEARS')]" <<<"$found")" \
        "['GRADE_AT_LEAST']"
    application=$(as learner --json application list)
    expect '申请数' 'applications' "$(pick "len(d['applications'])" <<<"$application")" 1
    pick "d['applications'][0]['applicationNo']" <<<"$application" >"$state/application"
    expect '用于申请的成果' 'outcome applied with' "$(pick "d['applications'][0]['lines'][0]['outcome']['outerId']" <<<"$application")" \
        "$middle_certificate"
    expect '此外还能申请的条目' 'what is left to apply for' "$(as learner --json best szpt "$rulebook" | pick "len(d.get('findings', []))")" 0
    figure "试算逐条列出要求与实际：初级证书等级不够，中级证书符合；按最优组合申请 $(cat "$state/application") 已提交，此外再无可申请的" \
        "every clause with wanted and found: the junior certificate's grade is too low; application $(cat "$state/application") for the best combination is submitted, and nothing is left to apply for"
}
