# shellcheck shell=bash disable=SC2154 # state, build, run: set by ./demo and its pieces
# The daemon of the demo: its configuration, and that it runs.
#
#   $state/creditbankd.conf    made from the template beside this file, once
#   $state/bank/               what the daemon keeps outside the database: keys, certificate, anchor
#   $state/creditbankd.log     what it says

creditbankd=$build/server/creditbankd
bank_conf=$state/creditbankd.conf
bank_log=$state/creditbankd.log
bank_pid=$state/creditbankd.pid

# Writes the configuration unless there is one; the port is free now and kept from then on.
bank_configure()
{
    local port

    [ ! -f "$bank_conf" ] || return 0
    port=$(/usr/bin/python3 tests/lib/daemon.py port)
    (umask 077 && mkdir -p "$state/bank")
    sed -e "s|@STATE@|$state|g" -e "s|@PORT@|$port|g" -e "s|@SOURCE@|$PWD|g" \
        -e "s|@DATABASE@|host=$(readlink "$run") dbname=creditbank user=postgres|g" \
        client/demo/creditbankd.conf.in >"$bank_conf.new"
    mv "$bank_conf.new" "$bank_conf"
}

# Starts the daemon unless it runs, and returns when it serves.
bank_start()
{
    /usr/bin/python3 tests/lib/daemon.py start "$bank_pid" "$bank_log" \
        "$creditbankd" --config "$bank_conf" run
}

bank_stop()
{
    [ ! -f "$bank_pid" ] || /usr/bin/python3 tests/lib/daemon.py stop "$bank_pid"
}
