# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 3. A school publishes a plan.

step plan \
    '深圳职业技术学院公布计算机应用技术（510201）2025 级人才培养方案；广东轻工职业技术学院也公布一份。' \
    'A school publishes its plan of 计算机应用技术 510201, cohort 2025; so does the other school.'

do_plan()
{
    know_people
    done_or ALREADY_EXISTS as school-rules programme publish "$data/plan.csv" --id "$programme" \
        --major 510201 --name 计算机应用技术 --cohort 2025 --credits 140 | tee "$state/plan.txt"
    done_or ALREADY_EXISTS as other-rules programme publish "$data/other-plan.csv" --id "$other_programme" \
        --major 510203 --name 软件技术 --cohort 2025 --credits 17
}

check_plan()
{
    local plan hours practice

    know_people
    plan=$(as operator --json programme show szpt "$programme")
    hours=$(pick "sum(int(c['centihours']) for c in d['programme']['courses']) // 100" <<<"$plan")
    practice=$(pick "sum(int(c['centihours']) for c in d['programme']['courses'] if c['kind'] == 'COURSE_KIND_PRACTICE') // 100" <<<"$plan")
    expect '课程数' 'courses' "$(pick "len(d['programme']['courses'])" <<<"$plan")" "$course_count"
    expect '专业代码' 'major' "$(pick "d['programme']['majorCode']" <<<"$plan")" 510201
    expect '不得免修的课程' 'courses without exemption' \
        "$(pick "sum(c.get('excluded', False) for c in d['programme']['courses'])" <<<"$plan")" 10
    expect '学分与记录规则不同的课程' 'courses with other credits than the recording rule gives' "$(grep -c '^注意：' "$state/plan.txt")" 1
    figure "$course_count 门课程，$hours 学时（实践 $practice）；其中 10 门（思政、体育、军训、实习、毕业设计）不得免修；形势与政策的学分与记录规则不同，入账前已提示" \
        "$course_count courses, $hours hours ($practice of practice); from 10 of them there is no exemption; the bank noted one whose credits are not the recording rule's"
}
