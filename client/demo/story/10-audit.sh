# shellcheck shell=bash disable=SC2154 # state, home, data …: set by ./demo and its pieces
# 10. The log is replayed.

step audit \
    '审计：从头重放日志，与各张表逐行比对，并核对身份表与账户承诺。' \
    'The audit replays the log and finds the projections equal to it.'

# It changes nothing: there is only something to check.
do_audit()
{
    :
}

check_audit()
{
    local said entries

    said=$(bank audit) || {
        echo "$said" >&2
        return 1
    }
    entries=$(as operator log checkpoint | sed -n 2p)
    figure "重放 $entries 条日志，各表与之相等" "$entries entries replayed, and the tables are equal to it"
    printf '%s\n' "$said" >"$state/audit.txt"
}
