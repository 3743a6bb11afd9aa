# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 5. A certifying organisation posts certificates.

step certificates \
    '工业和信息化部教育与考试中心从 UTF-8 的 CSV 导入 300 张 Web前端开发证书（初级、中级），撤销一张，换发一张。' \
    'A certifying organisation posts 300 Web前端开发 certificates from a CSV in UTF-8, revokes one, replaces one.'

do_certificates()
{
    know_people
    import_partly as issuer import certificates "$data/certificates.csv"
    done_or OUTCOME_REVOKED as issuer outcome revoke "$revoked_certificate" --reason misconduct
    once replace as issuer outcome replace "$replaced_certificate" "$replacement_certificate" --issue-date 2026-03-01
}

# state_of NUMBER ACCOUNT: the newest version of a certificate, as its issuer sees it.
state_of()
{
    as issuer --json account versions miit-eec "$1" --account "$2" |
        pick "d['versions'][-1]['state'] + ' ' + d['versions'][-1].get('changeReason', '')"
}

check_certificates()
{
    local counts account codes revoked

    know_people
    counts=$(import_partly as issuer --json import certificates "$data/certificates.csv")
    account=$(account_of school "$replaced_no")
    codes=$(codes_of "$(pick "d['badFile']" <<<"$counts")" utf-8-sig)
    revoked=$(($(count_code OUTCOME_REVOKED <<<"$codes") - 2))
    expect '编码' 'encoding' "$(pick "d['encoding']" <<<"$counts")" 'UTF-8 BOM'
    expect '新入账、已有、出错' 'new, there and bad' "$(pick "(d['booked'], d['same'], d['bad'])" <<<"$counts")" \
        "(0, $((certificate_count - 2 - revoked)), $((2 + revoked)))"
    expect '已收回各张的代码' 'codes of those taken back' "$(without_code OUTCOME_REVOKED <<<"$codes")" ''
    tell_revoked $revoked
    expect '被换发的证书' 'the replaced one' "$(state_of "$replaced_certificate" "$account")" \
        'OUTCOME_STATE_REVOKED CHANGE_REASON_REPLACED'
    expect '换发的证书' 'its replacement' "$(state_of "$replacement_certificate" "$account")" 'OUTCOME_STATE_VALID '
    figure "$certificate_count 张证书在册；$revoked_certificate 已撤销，$replaced_certificate 换发为 $replacement_certificate，撤销和换下的仍可查" \
        "$certificate_count certificates; $revoked_certificate is revoked, $replaced_certificate replaced by $replacement_certificate; both stay visible"
}
