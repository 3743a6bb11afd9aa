# shellcheck shell=bash disable=SC2154 # state, build: set by ./demo and its pieces
# The story's people at the command line: a profile each, in $state/home, as `creditbank` keeps them.
#
#   $state/data/          what they import, made by data.py
#   $state/keys/          their keys, encrypted; $state/passphrase opens them
#   $state/password       the learner's

creditbank=$build/client/creditbank
data=$state/data
home=$state/home
origin=demo.creditbank.example/log

# as PROFILE COMMAND…: who says it. Sentences in Chinese, so that checks know them.
as()
{
    local profile=$1

    shift
    CREDITBANK_HOME=$home CREDITBANK_PROFILE=$profile \
        "$creditbank" --lang zh --passphrase-file "$state/$(secret_of "$profile")" "$@"
}

secret_of()
{
    if [ "$1" = learner ]; then echo password; else echo passphrase; fi
}

# done_or CODE COMMAND…: fine too if the bank refuses with that code alone, for then it is done already.
done_or()
{
    local code=$1 said status=0

    shift
    said=$("$@" 2>&1) || status=$?
    printf '%s\n' "$said"
    [ $status = 0 ] || { [ $status = 1 ] && only_code "$code" <<<"$said"; }
}

# only_code CODE: whether what stands between brackets at the ends of lines is that code, at least once.
only_code()
{
    [ "$(sed -n 's/.*\[\([A-Z_]*\)\]$/\1/p' | sort -u)" = "$1" ]
}

# once NAME COMMAND…: runs it unless it has run to its end before.
once()
{
    local name=$1

    shift
    [ ! -e "$state/steps/part-$name" ] || return 0
    "$@"
    touch "$state/steps/part-$name"
}

# import_partly COMMAND…: an import of which some rows are bad.
import_partly()
{
    local status=0

    "$@" || status=$?
    [ $status = 0 ] || [ $status = 5 ]
}

# codes_of FILE ENCODING: the codes of bad rows that came back, each of which has a sentence and advice.
codes_of()
{
    /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding=sys.argv[2], newline="")))
assert rows[0][-3:] == ["code", "sentence", "advice"]
assert all(row[-2] and row[-1] for row in rows[1:])
print(*[row[-3] for row in rows[1:]])
PYTHON
}

# count_code CODE: how often it is among the codes on standard input; without_code CODE: the others.
count_code()
{
    { grep -ow "$1" || true; } | wc -l
}

without_code()
{
    sed "s/\\b$1\\b//g" | xargs
}

# tell_revoked COUNT: what somebody has revoked since is lawful, and told.
tell_revoked()
{
    [ "$1" = 0 ] || figure "另有 $1 条此后已被撤销，没有再入账" "$1 more were revoked since, and were not booked again"
}

# pick EXPRESSION: of the JSON on standard input, `d`, what a Python expression gives.
pick()
{
    /usr/bin/python3 -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# make_secret FILE: a random one, read by its owner alone.
make_secret()
{
    [ -s "$1" ] || (umask 077 && head -c 24 /dev/urandom | base64 >"$1")
}

# make_profile NAME INSTITUTION [ALGORITHM]: a profile with a key of its own.
make_profile()
{
    local name=$1 institution=$2 algorithm=${3:-Ed25519}

    (umask 077 && mkdir -p "$home" "$state/keys")
    [ -e "$state/keys/$name.pem" ] ||
        as "$name" key generate "$state/keys/$name.pem" --algorithm "$algorithm"
    as "$name" profile set "$name" --server "$(bank_address)" --ca "$state/bank/tls-cert.pem" \
        --origin "$origin" --institution "$institution" --key "$state/keys/$name.pem"
    [ ! -s "$state/bank.key" ] || as "$name" profile set "$name" --bank-key "$state/bank.key"
}

# give_key NAME INSTITUTION DUTIES [ALGORITHM]: its holder proves that it has it, the operator registers it.
give_key()
{
    make_profile "$1" "$2" "${4:-}"
    as "$1" key claim --duties "$3" >"$state/keys/$1.claim"
    done_or KEY_ALREADY_REGISTERED as operator key register "$state/keys/$1.claim"
}

# Reads what data.py says of the people in the story: variables such as $heroine_no.
know_people()
{
    # shellcheck source=/dev/null
    . "$data/people.sh"
}

# account_of SCHOOL_PROFILE STUDENT_NO
account_of()
{
    as "$1" --json enrolment list |
        pick "next(e['accountNo'] for e in d['enrolments'] if e['studentNo'] == '$2')"
}
