# shellcheck shell=bash disable=SC2154 # state, build, run: set by ./demo and its pieces
# The daemon of the demo: its configuration, and that it runs.
#
#   $state/creditbankd.conf    made from the template beside this file, each time it starts
#   $state/port                its port, free when it was chosen and kept from then on
#   $state/bank/               what the daemon keeps outside the database: keys, certificate, anchor
#   $state/creditbankd.log     what it says

creditbankd=$build/server/creditbankd
bank_conf=$state/creditbankd.conf
bank_log=$state/creditbankd.log
bank_pid=$state/creditbankd.pid

# Sockets of the database may have moved since last time, all else stays.
bank_configure()
{
    [ -s "$state/port" ] || /usr/bin/python3 tests/lib/daemon.py port >"$state/port"
    sed -e "s|@STATE@|$state|g" -e "s|@PORT@|$(cat "$state/port")|g" \
        -e "s|@SOCKET@|$(readlink "$run")|g" -e "s|@MIGRATIONS@|$PWD/migrations|g" \
        -e "s|@ORIGIN@|$origin|g" client/demo/creditbankd.conf.in >"$bank_conf.new"
    mv "$bank_conf.new" "$bank_conf"
}

bank_address()
{
    echo "https://localhost:$(cat "$state/port")"
}

# creditbankd COMMAND: with the demo's configuration.
bank()
{
    "$creditbankd" --config "$bank_conf" "$@"
}

# Whether what runs is a program that was built anew since.
bank_is_stale()
{
    [ -f "$bank_pid" ] && [[ $(readlink "/proc/$(cut -d' ' -f1 "$bank_pid")/exe") == *' (deleted)' ]]
}

# Starts the daemon unless it runs, and returns when it serves.
bank_start()
{
    ! bank_is_stale || bank_stop
    bank_configure
    /usr/bin/python3 tests/lib/daemon.py start "$bank_pid" "$bank_log" \
        "$creditbankd" --config "$bank_conf" run
}

bank_stop()
{
    [ ! -f "$bank_pid" ] || /usr/bin/python3 tests/lib/daemon.py stop "$bank_pid"
}
