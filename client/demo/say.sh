# shellcheck shell=bash
# What the demo says: Chinese first, then English, or the one asked for by --lang.

lang=both

# say ZH EN: a sentence in what was asked for.
say()
{
    [ "$lang" = en ] || printf '%s\n' "$1"
    [ "$lang" = zh ] || printf '%s\n' "$2"
}

# say_under LEAD ZH EN: the same behind LEAD, further lines behind as much blank.
say_under()
{
    local lead=$1 line

    say "$2" "$3" | while IFS= read -r line; do
        printf '%s%s\n' "$lead" "$line"
        lead=${lead//?/ }
    done
}

# die ZH EN: the same, to standard error, as the last thing.
die()
{
    say "$1" "$2" >&2
    exit 1
}

# tenths_since START: what has passed since START, an earlier $EPOCHREALTIME, as "1.3".
tenths_since()
{
    local start=${1/[.,]/} now=${EPOCHREALTIME/[.,]/}
    local tenths=$(((now - start) / 100000))

    printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}
