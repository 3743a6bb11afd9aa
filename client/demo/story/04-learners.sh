# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 4. Learners and their results, from the files that schools have.

step learners \
    '学校从 GB18030 的 CSV 为 500 名学生开户、登记学籍，再按学号导入 5000 条成绩：坏行原样退回，重导不变，撤销一次导入，更正一个分数。' \
    'From CSV files in GB18030 the school enrols 500 learners and posts 5,000 results; bad rows come back; one import is undone, one mark corrected.'

# What the school can put right among the rows that came back is sent again, in the file as it came back.
mend_results()
{
    import_partly as school import results "$data/results.csv"
    /usr/bin/python3 - "$data/results.bad.csv" "$data/results.mended.csv" <<'PYTHON'
import csv, sys
mends = {"105": "95", "六十四": "48", "2026/2/30": "2026/1/6"}
heading, *rows = csv.reader(open(sys.argv[1], encoding="gb18030", newline=""))
mended = [[mends.get(cell, cell) for cell in row] for row in rows if mends.keys() & set(row)]
csv.writer(open(sys.argv[2], "w", encoding="gb18030", newline="")).writerows([heading, *mended])
PYTHON
    as school import results "$data/results.mended.csv"
}

# The first run of an undo only says what it would do.
undo_wrong_import()
{
    local id=$state/undone-import

    [ -s "$id" ] || as school --json import results "$data/results-wrong.csv" | pick "d['import']" >"$id"
    as school import undo "$(cat "$id")"
    as school import undo "$(cat "$id")" --yes
}

do_learners()
{
    know_people
    as other-school import learners "$data/other-learners.csv"
    as other-school import results "$data/other-results.csv"
    as school import learners "$data/learners.csv"
    mend_results
    once undo undo_wrong_import
    done_or NOTHING_CHANGED as school outcome correct "$corrected_no/ZJ02/20260112" \
        --score 85 --reason mark-reviewed
}

# The same file again changes nothing; its bad rows are as they were, in its encoding and order. Who
# tries the bank out may have revoked some of its results since: those come back too.
check_results_again()
{
    local sum codes revoked

    sum=$(import_partly as school --json import results "$data/results.csv")
    codes=$(codes_of "$(pick "d['badFile']" <<<"$sum")" gb18030)
    revoked=$(count_code ROW_REVOKED <<<"$codes")
    expect '重导同一文件新入账的行' 'rows booked by the same file again' "$(pick "d['booked']" <<<"$sum")" 0
    expect '已有的行' 'rows that were there' "$(pick "d['same']" <<<"$sum")" $((good_count - revoked))
    expect '出错的行' 'bad rows' "$(pick "d['bad']" <<<"$sum")" $((bad_count + revoked))
    expect '编码' 'encoding' "$(pick "d['encoding']" <<<"$sum")" GB18030
    expect '出错各行的代码' 'codes of the bad rows' "$(without_code ROW_REVOKED <<<"$codes")" "$bad_codes"
    tell_revoked "$revoked"
}

check_mended()
{
    local sum

    sum=$(import_partly as school --json import results "$data/results.mended.csv")
    expect '改好的行' 'mended rows' "$(pick "(d['booked'], d['same'] + d['bad'])" <<<"$sum")" '(0, 3)'
    tell_revoked "$(pick "d['bad']" <<<"$sum")"
}

# The student numbers in the school's file: who tries the bank out may have enrolled others since.
learner_nos()
{
    iconv -f gb18030 "$data/learners.csv" | tail -n +2 | cut -d, -f1
}

check_special_learners()
{
    local enrolments number other

    enrolments=$(as school --json enrolment list)
    expect '在读人数' 'enrolled' "$(pick "sum(e['state'] == 'ENROLMENT_STATE_ACTIVE' and e['studentNo'] in '''$(learner_nos)'''.split() for e in d['enrolments'])" <<<"$enrolments")" \
        "$learner_count"
    for number in $special_nos; do
        expect "$number 的账号" "account of $number" \
            "$(pick "sum(e['studentNo'] == '$number' and len(e['accountNo']) == 14 for e in d['enrolments'])" <<<"$enrolments")" 1
    done
    other=$(account_of other-school Q2025001)
    expect "$shared_name 在两所学校的同一账号" "one account of $shared_name at both schools" \
        "$(pick "next(e['accountNo'] for e in d['enrolments'] if e['studentNo'] == '$shared_no')" <<<"$enrolments")" "$other"
}

check_undone()
{
    local account

    account=$(account_of school "$wrong_no")
    expect '已撤销的成绩' 'result that was undone' \
        "$(as school --json account outcomes "$account" |
            pick "[o['state'] for o in d['outcomes'] if o['courseCode'] == 'ZJ05']")" "['OUTCOME_STATE_REVOKED']"
    expect '该次导入的行数' 'rows of that import' \
        "$(as school --json import show "$(cat "$state/undone-import")" | pick "d['totals']['undone']")" \
        "$wrong_count"
}

check_learners()
{
    local account versions

    know_people
    check_special_learners
    check_results_again
    check_mended
    check_undone
    account=$(account_of school "$corrected_no")
    versions=$(as school --json account versions szpt "$corrected_no/ZJ02/20260112" --account "$account")
    expect '新旧成绩' 'scores, old and new' "$(pick "[v['centiscore'] for v in d['versions']]" <<<"$versions")" "['5800', '8500']"
    expect '新旧学分' 'credits, old and new' "$(pick "[v.get('centicredits', '0') for v in d['versions']]" <<<"$versions")" "['0', '400']"
    figure "$learner_count 人在读（含护照、两种居住证件、临时学籍号、同名、闰日出生者），$shared_name 与另一所学校是同一账户" \
        "$learner_count enrolled, with a passport, two residence cards, a temporary number; $shared_name has one account at both schools"
    figure "$row_count 条成绩入账 $good_count 条，$bad_count 条退回 results.bad.csv（GB18030，附代码、说明、建议），改好 3 条再导即入账；原文件重导：新入账 0 条" \
        "$good_count of $row_count results booked, $bad_count came back in results.bad.csv with code, sentence, advice, and 3 of them mended went in; the first file again: 0 new"
    figure "误导的 $wrong_count 条已撤销；$corrected_name 的程序设计基础 58 分复核为 85 分，新旧都在" \
        "a wrong import of $wrong_count rows is undone; a mark of 58 was reviewed to 85, and both stay visible"
}
