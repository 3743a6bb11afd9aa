# shellcheck shell=bash disable=SC2154 # state, build, run: set by ./demo and its pieces
# The database that the bank will stand on.

step cluster \
    '为银行准备一个私有的 PostgreSQL 15 集群，只开本地套接字，与本机其他集群互不相干。' \
    'The bank gets a private PostgreSQL 15 cluster, on a local socket only, apart from any other here.'

do_cluster()
{
    cluster_start
    [ "$(sql postgres "SELECT count(*) FROM pg_database WHERE datname = 'creditbank'")" = 1 ] ||
        sql postgres 'CREATE DATABASE creditbank'
}

check_cluster()
{
    local version

    cluster_start >/dev/null
    expect 'SELECT 1' 'SELECT 1' "$(sql creditbank 'SELECT 1')" 1
    expect '监听地址' 'network addresses' "$(sql creditbank 'SHOW listen_addresses')" ''
    expect 'fsync' 'fsync' "$(sql creditbank 'SHOW fsync')" on
    version=$(sql creditbank 'SHOW server_version')
    figure "PostgreSQL ${version%% *}，套接字在 $(readlink "$run")" \
        "PostgreSQL ${version%% *}, its socket in $(readlink "$run")"
    cluster_tell_place
}
