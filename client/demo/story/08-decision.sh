# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 8. The school decides.

step decision \
    '学校受理、初审、认定，后两步用两把不同的密钥；免修记入账户；同一张证书再用被拒绝。' \
    'The school accepts, reviews and decides, with two different keys; the exemption is booked; the certificate serves once.'

# application_state: of her application, as the school sees it.
application_state()
{
    as school --json application show "$(cat "$state/application")" |
        pick "d['application']['state'].removeprefix('APPLICATION_STATE_')"
}

# Each move is made unless it was made before.
do_decision()
{
    local application

    application=$(cat "$state/application")
    [ "$(application_state)" != SUBMITTED ] || as school application accept "$application"
    [ "$(application_state)" != ACCEPTED ] || as school-review application review "$application" approve
    [ "$(application_state)" != REVIEWED ] || as school-decide application decide "$application" approve
}

# She insists on the same certificate: the bank says why not, and which application used it.
check_used_once()
{
    local said status=0

    said=$(as learner application create szpt "$rulebook" --outcome "$middle_certificate" 2>&1) || status=$?
    expect '再次申请的退出码' 'exit status of the second application' $status 1
    expect '原因' 'reason' "$(grep -c '\[OUTCOME_USED\]' <<<"$said")" 1
    grep -q "$(cat "$state/application")" <<<"$said" || {
        echo "the refusal does not name the application: $said" >&2
        return 1
    }
}

check_decision()
{
    local exemptions shown

    know_people
    signed_in
    exemptions=$(as learner --json account exemptions)
    shown=$(as learner --json application show "$(cat "$state/application")")
    expect '状态' 'state' "$(application_state)" APPROVED
    expect '免修课程' 'courses exempted' "$(pick "[e['courseCode'] for e in d['exemptions']]" <<<"$exemptions")" "['ZH01', 'ZH02']"
    expect '用语' 'word' "$(pick "{e['exemptionWord'] for e in d['exemptions']}" <<<"$exemptions")" "{'免修'}"
    expect '初审与认定的密钥数' 'keys that reviewed and decided' \
        "$(pick "len({m['keyId'] for m in d['application']['moves'][2:4]})" <<<"$shown")" 2
    check_used_once
    figure "免修 前端设计与开发、JavaScript程序设计，计 7 学分，认定在日志第 $(pick "d['exemptions'][0]['entryIndex']" <<<"$exemptions") 条；同一证书再申请：已被申请 $(cat "$state/application") 使用" \
        "exempted from ZH01 and ZH02, 7 credits, decided in entry $(pick "d['exemptions'][0]['entryIndex']" <<<"$exemptions"); the certificate again: used by application $(cat "$state/application")"
}
