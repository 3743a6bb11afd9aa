#!/bin/bash
# The contract as buf wants it: lint, format, and nothing broken since the last release.
# usage: buf.sh BUILD
set -euo pipefail
version=1.75.0
tool=$1/lint/buf
skipped=77

if ! command -v npm >/dev/null; then
    echo 'buf comes by npm, which is not on this machine'
    exit $skipped
fi
buf=$tool/node_modules/.bin/buf
if [ "$("$buf" --version 2>/dev/null)" != $version ]; then
    mkdir -p "$tool"
    if ! npm install --silent --no-save --no-audit --no-fund --prefix "$tool" \
        "@bufbuild/buf@$version" </dev/null >"$tool/install.log" 2>&1; then
        cat "$tool/install.log"
        echo 'buf could not be installed by npm'
        exit $skipped
    fi
fi
cd "$(dirname "$0")/../../proto"
"$buf" lint
"$buf" format --diff --exit-code
release=$(git describe --tags --abbrev=0 --match 'v*' 2>/dev/null) || release=
if [ -n "$release" ]; then
    "$buf" breaking --against "../.git#tag=$release,subdir=proto"
else
    echo 'no release yet that this could break'
fi
