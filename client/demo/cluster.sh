# shellcheck shell=bash disable=SC2154 # state, build, run: set by ./demo and its pieces
# The demo's own PostgreSQL 15: found nowhere but under $state, listening on no network.
#
#   $state/cluster     the cluster, or a link to it: as root PostgreSQL runs as `postgres`, and where
#                      that user cannot come the cluster lives under /var/lib, named after this clone
#   $state/run         a link to a folder with a short name, for sockets: their paths end at 107 bytes
#
# Other clusters of this machine are not looked at.

pg_bin=/usr/lib/postgresql/15/bin
cluster=$state/cluster
run=$state/run
outside=/var/lib/creditbank-$(printf '%s' "$state" | sha256sum | cut -c1-12)

# as_owner COMMAND…: as who owns the cluster, from where that one may stand.
as_owner()
{
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

owner_name()
{
    if [ "$(id -u)" = 0 ]; then echo postgres; else id -un; fi
}

# Where the cluster really is; its owner cannot follow a link from inside the clone.
cluster_home()
{
    readlink -f "$cluster"
}

# Makes the cluster's folder where its owner can write.
cluster_place()
{
    mkdir -m 700 "$cluster"
    chown "$(owner_name)" "$cluster"
    if as_owner test -w "$cluster" 2>/dev/null; then
        return
    fi
    rmdir "$cluster"
    mkdir -m 700 "$outside"
    chown "$(owner_name)" "$outside"
    ln -s "$outside" "$cluster"
}

# Says where the cluster lives, if that is not here.
cluster_tell_place()
{
    [ -L "$cluster" ] || return 0
    say_under '      ' \
        "用户 postgres 进不了这个目录，数据库放在 $outside（--fresh 会删除它）" \
        "user postgres cannot come here, so the database lives in $outside (--fresh removes it)"
}

cluster_make()
{
    local home

    [ -d "$cluster" ] || rm -f "$cluster" # a link to what somebody removed
    # What a removed clone of this name left behind is nobody's any more.
    if [ "$(id -u)" = 0 ] && [ -d "$outside" ] && [ ! -L "$cluster" ]; then
        cluster_end "$outside"
        rm -rf "$outside"
    fi
    [ -d "$cluster" ] || cluster_place
    home=$(cluster_home)
    [ -f "$home/made" ] && return
    rm -rf "$home/data"
    as_owner "$pg_bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8
    as_owner tee -a "$home/data/postgresql.conf" >/dev/null <<'CONF'
listen_addresses = ''
unix_socket_permissions = 0700
CONF
    as_owner touch "$home/made"
}

# Makes the short folder for sockets anew where it is gone (/tmp does not survive a reboot).
run_make()
{
    local folder

    folder=$(readlink "$run" || true)
    if [ -n "$folder" ] && [ "$(stat -c '%U %a' "$folder" 2>/dev/null)" = "$(owner_name) 700" ]; then
        return
    fi
    folder=$(mktemp -d /tmp/creditbank.XXXXXX)
    chown "$(owner_name)" "$folder"
    ln -sfn "$folder" "$run"
}

cluster_is_up()
{
    [ -L "$run" ] && "$pg_bin/pg_isready" -q -h "$(readlink "$run")"
}

# Makes what is missing, and starts what is not running.
cluster_start()
{
    local home

    cluster_make
    ! cluster_is_up || return 0
    home=$(cluster_home)
    cluster_end "$home" # running, but without its sockets
    run_make
    as_owner "$pg_bin/pg_ctl" start -w -t 60 -D "$home/data" -l "$home/server.log" \
        -o "-k $(readlink "$run")" </dev/null || { tail -n 20 "$home/server.log"; return 1; }
}

# cluster_end HOME: stops the server over HOME, if one runs.
cluster_end()
{
    ! as_owner "$pg_bin/pg_ctl" status -D "$1/data" >/dev/null 2>&1 ||
        as_owner "$pg_bin/pg_ctl" stop -w -m fast -D "$1/data" >/dev/null
}

cluster_stop()
{
    [ ! -d "$cluster" ] || cluster_end "$(cluster_home)"
}

# Removes the cluster and its sockets, wherever they are.
cluster_remove()
{
    cluster_stop
    if [ -L "$run" ]; then
        rm -rf "$(readlink "$run")"
    fi
    if [ -L "$cluster" ]; then
        rm -rf "$(readlink "$cluster")"
    fi
}

# sql DATABASE STATEMENT: its rows, one a line.
sql()
{
    "$pg_bin/psql" -XqAt -v ON_ERROR_STOP=1 -h "$(readlink "$run")" -U postgres -d "$1" -c "$2"
}
