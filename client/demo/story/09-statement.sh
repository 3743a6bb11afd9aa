# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 9. She carries away what proves itself.

step statement \
    '她导出成绩单；银行停机时离线逐条验证；改动一个字节，指出是哪一条；没有银行公钥时，说明出具行未确认。' \
    'She exports a statement that verifies line by line with the daemon stopped; one changed byte is found and named.'

do_statement()
{
    signed_in
    rm -f "$state/statement.json"
    as learner statement get "$state/statement.json" --disclose-identity
}

# tamper LINE: changes the last byte of what is signed in that line, a copy of the statement.
tamper()
{
    /usr/bin/python3 - "$state/statement.json" "$state/tampered.json" "$1" <<'PYTHON'
import base64, json, sys
statement = json.load(open(sys.argv[1], encoding="utf-8"))
line = statement["lines"][int(sys.argv[3]) - 1]
item = bytearray(base64.b64decode(line["item"]))
item[-1] ^= 1
line["item"] = base64.b64encode(item).decode()
json.dump(statement, open(sys.argv[2], "w", encoding="utf-8"))
PYTHON
}

# verify FILE…: offline; a finding, or a bank that is unconfirmed, is no failure of the program.
verify()
{
    local status=0

    as nobody --json verify "$@" || status=$?
    [ $status = 0 ] || [ $status = 4 ] || [ $status = 6 ]
}

verify_offline()
{
    local good changed line=3

    good=$(verify "$state/statement.json" --bank-key "$state/bank.key")
    expect '结论' 'verdict' "$(pick "d['verdict']" <<<"$good")" verified
    expect '记录条数' 'lines' "$(pick "d['lines']" <<<"$good")" "$(pick "len(d['lines'])" <"$state/statement.json")"
    expect '没有银行公钥时的结论' 'verdict without the key of the bank' "$(verify "$state/statement.json" | pick "d['verdict']")" consistent
    expect '没有银行公钥时的说明' 'sentence without the key of the bank' \
        "$(CREDITBANK_HOME=$home "$creditbank" --lang en verify "$state/statement.json" | grep -c 'internally consistent, bank unconfirmed')" 1
    tamper $line
    changed=$(verify "$state/tampered.json" --bank-key "$state/bank.key")
    expect '改动一个字节后的结论' 'verdict on a changed byte' "$(pick "d['verdict']" <<<"$changed")" failed
    expect '被改字节所在' 'place of the changed byte' "$(pick "[(f['place'], f['number']) for f in d['findings']]" <<<"$changed")" "[('line', $line)]"
}

check_statement()
{
    bank_stop
    verify_offline
    bank_start
    figure "停机验证 $(pick "len(d['lines'])" <"$state/statement.json") 条记录全部通过；改动一个字节，指出第 3 条；没有银行公钥：仅内部一致，出具行未确认" \
        "$(pick "len(d['lines'])" <"$state/statement.json") lines verified offline; one changed byte: line 3 fails; without the bank's key: consistent, bank unconfirmed"
}
