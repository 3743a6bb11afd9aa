# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 5. A certifying organisation posts certificates.

step certificates \
    '工业和信息化部教育与考试中心从 UTF-8 的 CSV 导入 300 张 Web前端开发证书（初级、中级），撤销一张，换发一张。' \
    'A certifying organisation posts 300 Web前端开发 certificates from a CSV in UTF-8, revokes one, replaces one.'

do_certificates()
{
    know_people
    as issuer import certificates "$data/certificates.csv"
    done_or OUTCOME_REVOKED as issuer outcome revoke "$revoked_certificate" --reason misconduct
    once replace as issuer outcome replace "$replaced_certificate" "$replacement_certificate" --issue-date 2026-03-01
}

# state_of NUMBER: of a certificate, as its issuer sees it.
state_of()
{
    as issuer --json account versions miit-eec "$1" --account "$2" | pick "d['versions'][-1]['state'] + ' ' + d['versions'][-1].get('changeReason', '')"
}

check_certificates()
{
    local counts

    know_people
    counts=$(as issuer --json import certificates "$data/certificates.csv")
    expect 'encoding' "$(pick "d['encoding']" <<<"$counts")" 'UTF-8 BOM'
    expect 'certificates there' "$(pick "d['same']" <<<"$counts")" "$certificate_count"
    expect 'new or bad' "$(pick "(d['booked'], d['bad'])" <<<"$counts")" '(0, 0)'
    figure "$certificate_count 张证书在册；$revoked_certificate 已撤销，$replaced_certificate 换发为 $replacement_certificate，换下的仍可查" \
        "$certificate_count certificates; $revoked_certificate is revoked, $replaced_certificate replaced by $replacement_certificate, and stays visible"
}
