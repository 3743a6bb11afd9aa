# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 1. The bank is founded.

step founding \
    '学分银行成立：定下日志名，生成运营机构、日志与服务密钥和 localhost 的 TLS 证书，建立数据库结构，写入日志第一条。' \
    'The bank is founded: a log origin, keys of operator, log and service, a TLS certificate, the schema, the first entry.'

do_founding()
{
    bank_configure
    bank init --self-signed-tls
    bank_start
    make_secret "$state/passphrase"
    make_secret "$state/password"
    (umask 077 && client/demo/data.py "$data")
    make_profile operator bank
    done_or LOG_ALREADY_FOUNDED as operator bank found "$state/bank/founding.json" \
        --name '职业教育国家学分银行（演示）' --name-en 'National Credit Bank (demonstration)'
    bank init | sed -n 's/^log verifier key: //p' >"$state/bank.key"
    make_profile operator bank
}

check_founding()
{
    local checkpoint size

    bank_start
    checkpoint=$(as operator log checkpoint)
    size=$(sed -n 2p <<<"$checkpoint")
    expect '日志名' 'origin of the log' "$(sed -n 1p <<<"$checkpoint")" "$origin"
    expect '日志第一条' 'first entry' "$(as operator --json receipt get 0 | pick "d['receipt']['entry'].get('entryIndex', '0')")" 0
    expect '运营机构' 'operator' "$(as operator --json institution show bank | pick "d['institution']['kind']")" \
        INSTITUTION_KIND_OPERATOR
    expect '日志密钥的权限' 'mode of the log key' "$(stat -c %a "$state/bank/log-key.pem")" 600
    expect '服务密钥的权限' 'mode of the service key' "$(stat -c %a "$state/bank/service-key.pem")" 600
    expect '服务进程不得有的权限' 'what the daemon may not do' \
        "$(sql creditbank "SELECT has_table_privilege('creditbank_daemon', 'log.entry', 'UPDATE, DELETE')")" f
    figure "日志 $origin 现在记到第 $size 条，检查点由日志密钥签名并已核验；服务在 $(bank_address)" \
        "log $origin stands at size $size; its checkpoint is signed and checked; served at $(bank_address)"
}
