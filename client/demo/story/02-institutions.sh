# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 2. Who takes part, which certificates there are, and how hours become credits.

step institutions \
    '登记主管部门、两所学校、两家培训评价组织及其密钥与职责；列入 1+X 前两批证书目录并授权颁发；定下学时学分记录规则。' \
    'A regulator, two schools and two certifying organisations with keys and duties; the 1+X catalogue; the recording rule.'

register()
{
    done_or ALREADY_EXISTS as operator institution register "$@"
}

register_all()
{
    register gd-edu --kind regulator --name 广东省教育厅 --region 440000
    register szpt --kind school --name 深圳职业技术学院 --school-code 4144011113 --region 440300
    register gdqy --kind school --name 广东轻工职业技术学院 --school-code 4144010833 --region 440100
    register miit-eec --kind issuer --name 工业和信息化部教育与考试中心
    register nj55 --kind issuer --name 南京第五十五所技术开发有限公司
}

# Three algorithms, for each is as good; the reviewer's and the decider's keys are two persons'.
give_keys()
{
    give_key regulator gd-edu admin
    give_key school szpt post
    give_key school-rules szpt rules
    give_key school-review szpt review P-256
    give_key school-decide szpt decide SM2
    give_key other-school gdqy post
    give_key other-rules gdqy rules
    give_key issuer miit-eec post
    give_key other-issuer nj55 post
}

do_institutions()
{
    local grade

    register_all
    give_keys
    done_or ALREADY_EXISTS as operator catalogue add "$data/catalogue.csv"
    for grade in 1 2 3; do
        done_or ALREADY_EXISTS as operator accreditation grant miit-eec "webfrontend-$grade" --from 2019-04-01
        done_or ALREADY_EXISTS as operator accreditation grant nj55 "cloud-platform-$grade" --from 2019-04-01
    done
    done_or ALREADY_EXISTS as operator recording-rule set theory --hours 16 --step 0.5 --from 2019-01-01
    done_or ALREADY_EXISTS as operator recording-rule set practice --hours 30 --step 0.5 --from 2019-01-01
}

check_institutions()
{
    local institutions rules

    institutions=$(as operator --json institution list)
    rules=$(as operator --json recording-rule list)
    expect '机构数' 'institutions' \
        "$(pick "sum(i['institutionId'] in ('gd-edu', 'szpt', 'gdqy', 'miit-eec', 'nj55') for i in d['institutions'])" <<<"$institutions")" 5
    expect '学校代码' 'school code' \
        "$(pick "[i['schoolCode'] for i in d['institutions'] if i['institutionId'] == 'szpt'][0]" <<<"$institutions")" 4144011113
    expect '学校密钥数' 'keys of the school' "$(as operator --json institution show szpt | pick "len(d['keys'])")" 4
    expect '证书项数' 'certificates' "$(as operator --json catalogue list | pick "len(d['certificates'])")" 48
    expect '每学分学时' 'hours a credit' \
        "$(pick "sorted(r['centihoursPerCredit'] for r in d['rules'])" <<<"$rules")" "['1600', '3000']"
    figure '6 家机构、10 把密钥（Ed25519、P-256、SM2）；目录 16 种证书各 3 级共 48 项，标识为演示自拟；理论 16 学时、实践 30 学时 1 学分，向下取整到 0.5' \
        '6 institutions, 10 keys (Ed25519, P-256, SM2); 16 certificates of 3 grades, their ids our own; 16 hours of theory or 30 of practice a credit, down to 0.5'
}
