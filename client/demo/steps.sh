# shellcheck shell=bash disable=SC2154 # state, build, run: set by ./demo and its pieces
# A story is a list of steps, one file each in client/demo/story, played in the order of their names.
#
# A step's file says `step ID ZH EN`, one sentence in both languages, and defines
#   do_ID      makes it so. Cut short, it is run again from its start, so it must bear that:
#              what was booked before is refused as done, and that is fine (cli.sh, done_or).
#   check_ID   looks at the result and fails unless it is as it must be, with `expect`;
#              shows figures with `figure`. It runs each time, also long after do_ID.
#
# Both run in a subshell: what a later step needs lies in files under $state.

step_ids=()
declare -A step_zh step_en

step()
{
    step_ids+=("$1")
    step_zh[$1]=$2
    step_en[$1]=$3
}

# figure ZH EN: a line with real figures under the step.
figure()
{
    say_under '      → ' "$1" "$2"
}

# expect ZH EN GOT WANTED: fails the check, in words, unless they are the same.
expect()
{
    [ "$3" = "$4" ] && return
    say "$1：应为 '$4'，实为 '$3'" "$2: expected '$4', got '$3'" >&2
    return 1
}

# run_part FUNCTION: runs it under `set -e`, and leaves its exit status in part_status.
# Never part of a condition: bash would switch `set -e` off in all that runs below one.
run_part()
{
    set +e
    (
        set -Eeuo pipefail
        "$1"
    )
    part_status=$?
    set -e
}

step_failed()
{
    tail -n 20 "$2" | sed 's/^/      | /' >&2
    die "步骤 $1 没有成功；记录在 $2。./demo --fresh 从头再来" \
        "step $1 did not succeed; its log is $2. ./demo --fresh starts from nothing"
}

# play_step ID NUMBER: plays it unless it was played, then checks it.
play_step()
{
    local id=$1 log=$state/log/$1.log start=$EPOCHREALTIME part_status zh en

    say_under "$(printf '%2d/%d ' "$2" ${#step_ids[@]})" "${step_zh[$id]}" "${step_en[$id]}"
    if [ -e "$state/steps/$id" ]; then
        zh='此前已完成，重新核对' en='done before, checked again'
    else
        zh='完成并已核对' en='done and checked'
        : >"$log"
        run_part "do_$id" >>"$log" 2>&1
        [ "$part_status" = 0 ] || step_failed "$id" "$log"
    fi
    run_part "check_$id" 2>>"$log"
    [ "$part_status" = 0 ] || step_failed "$id" "$log"
    touch "$state/steps/$id"
    say_under '      ✓ ' "$zh，$(tenths_since "$start") 秒" "$en, $(tenths_since "$start") s"
}

# Plays the whole story; it returns only when every step has been checked.
play_story()
{
    local id number=0

    mkdir -p "$state/steps" "$state/log"
    for id in "${step_ids[@]}"; do
        declare -F "do_$id" "check_$id" >/dev/null || die "步骤 $id 不完整" "step $id is incomplete"
    done
    for id in "${step_ids[@]}"; do
        number=$((number + 1))
        play_step "$id" $number
    done
    [ $number -gt 0 ]
}
