# shellcheck shell=bash
# What the bank needs from Debian 12, and how it gets there. Sourced by ./demo and ./test.
#
# A need is told by what a build looks for, not by a package's name, so that a
# compiler or a library which came another way is as good:
#   c:NAME  a command      p:NAME  a pkg-config module
#   f:PATH  a file         y:NAME  a module of Debian's own Python

# shellcheck disable=SC2034 # the two lists are for those who source this
build_needs='
f:/usr/include/stdlib.h          libc6-dev
c:gcc                            gcc
c:meson                          meson
c:ninja                          ninja-build
c:ccache                         ccache
c:pkg-config                     pkg-config
c:protoc                         protobuf-compiler
c:protoc-c                       protobuf-c-compiler
f:/usr/bin/python3               python3
y:google.protobuf                python3-protobuf
p:libevent                       libevent-dev
p:libpq                          libpq-dev
p:openssl                        libssl-dev
p:libprotobuf-c                  libprotobuf-c-dev
p:protobuf                       libprotobuf-dev
p:libnghttp2                     libnghttp2-dev
p:jansson                        libjansson-dev
p:inih                           libinih-dev
p:libargon2                      libargon2-dev
p:libcurl                        libcurl4-openssl-dev
f:/usr/include/csv.h             libcsv-dev
p:libutf8proc                    libutf8proc-dev
p:libsystemd                     libsystemd-dev
f:/usr/bin/pg_createcluster      postgresql-common
f:/usr/lib/postgresql/15/bin/initdb  postgresql-15
f:/usr/lib/postgresql/15/bin/psql    postgresql-client-15
'

# shellcheck disable=SC2034
test_needs='
p:cmocka                         libcmocka-dev
y:grpc                           python3-grpcio
y:pytest                         python3-pytest
y:cryptography                   python3-cryptography
c:clang                          clang
f:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a  libclang-rt-14-dev
c:clang-format                   clang-format
c:clang-tidy                     clang-tidy
c:cppcheck                       cppcheck
c:curl                           curl
f:/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1  libfaketime
c:patch                          patch
c:shellcheck                     shellcheck
c:npm                            npm
f:/etc/ssl/certs/ca-certificates.crt  ca-certificates
'

# Is what a need names there?
is_there()
{
    case $1 in
    c:*) command -v "${1#c:}" >/dev/null ;;
    p:*) pkg-config --exists "${1#p:}" 2>/dev/null ;;
    f:*) [ -e "${1#f:}" ] ;;
    y:*) /usr/bin/python3 -c "import ${1#y:}" 2>/dev/null ;;
    esac
}

# missing NEEDS: the packages that bring what is not there, one a line.
missing()
{
    local need package

    while read -r need package; do
        [ -z "$need" ] || is_there "$need" || echo "$package"
    done <<<"$1" | sort -u
}

# as_root COMMAND…: runs it as root, by sudo where we are not.
as_root()
{
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "this needs root or sudo: $*" >&2
        return 1
    fi
}

# Debian's postgresql-15 makes and starts a cluster "main" when it is installed.
# We bring our own, so while we install, and only then, a drop-in says not to.
no_main_cluster=/etc/postgresql-common/createcluster.d/creditbank.conf

hold_main_cluster()
{
    as_root mkdir -p "${no_main_cluster%/*}" &&
        echo 'create_main_cluster = false' | as_root tee "$no_main_cluster" >/dev/null
}

release_main_cluster()
{
    as_root rm -f "$no_main_cluster"
    as_root rmdir --ignore-fail-on-non-empty "${no_main_cluster%/*}"
}

# install_packages PACKAGE…: one run of apt-get, which asks nothing.
install_packages()
{
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300
               -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
    local status=0

    # An unreachable third-party list is not our business; a package that cannot be had is.
    as_root "${apt[@]}" update </dev/null ||
        echo 'apt-get update had trouble; going on with the lists there are' >&2
    as_root "${apt[@]}" install -y --no-install-recommends "$@" </dev/null || status=$?
    return $status
}

# install_missing NEEDS LOG: installs what is not there, saying what; quiet when nothing is missing.
install_missing()
{
    local packages status=0

    mapfile -t packages < <(missing "$1")
    [ ${#packages[@]} -gt 0 ] || return 0
    echo "installing / 安装: ${packages[*]}"
    case " ${packages[*]} " in
    *' postgresql-15 '*)
        trap release_main_cluster EXIT
        hold_main_cluster ;;
    esac
    install_packages "${packages[@]}" >"$2" 2>&1 || status=$?
    case " ${packages[*]} " in
    *' postgresql-15 '*)
        release_main_cluster
        trap - EXIT ;;
    esac
    if [ $status != 0 ]; then
        tail -n 30 "$2" >&2
        echo "apt-get failed ($status); its whole log: $2" >&2
    fi
    return $status
}
