# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 6. A rulebook is filed and published.

step rulebook \
    '学校备案学习成果转换办法，学分银行公布：Web前端开发中级、60 分及以上、6 年以内，免修两门课程。' \
    'The school files a rulebook, the operator publishes it: 中级 with 60 or more, not older than 6 years, exempts two courses.'

do_rulebook()
{
    know_people
    once file as school-rules rulebook file "$data/rulebook.json"
    done_or RULEBOOK_NOT_FILED as operator rulebook publish szpt "$rulebook" 1
}

check_rulebook()
{
    local found

    know_people
    found=$(as operator --json rulebook list szpt)
    expect '转换办法的状态' 'state of the rulebook' "$(pick "[(r['filed']['version'], r['state']) for r in d['rulebooks']]" <<<"$found")" \
        "[(1, 'RULEBOOK_STATE_PUBLISHED')]"
    figure "转换办法 $rulebook 第 1 版已公布：免修 前端设计与开发（ZH01，4 学分）、JavaScript程序设计（ZH02，3 学分）" \
        "rulebook $rulebook, version 1, is published: it exempts from ZH01 (4 credits) and ZH02 (3 credits)"
}
