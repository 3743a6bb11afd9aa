#!/usr/bin/python3
"""clang-tidy over every source; what has not changed since it was found clean is not looked at again.

usage: tidy.py BUILD
"Changed" is the content of the source, of every header it includes, of the flags and of .clang-tidy.
"""
import hashlib
import os
import re
import sys

import tree

build = os.path.abspath(sys.argv[1])
clean = os.path.join(build, "lint", "tidy")
os.makedirs(clean, exist_ok=True)
_, version = tree.output_of(["clang-tidy", "--version"])
rules = version + tree.read(".clang-tidy")


depends = tree.dependencies(build)


def fingerprint(path, command):
    """Names this state of a source; None if the build does not know what it includes."""
    headers = depends.get(command["output"])
    if not headers:
        return None
    digest = hashlib.sha256((path + rules + " ".join(tree.flags(command))).encode())
    for header in sorted(set(headers)):
        full = os.path.join(build, header)
        if full.startswith("/usr/"):  # comes with the versions of the packages
            digest.update(f"{full} {os.stat(full).st_mtime_ns}".encode())
            continue
        with open(full, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())
    return os.path.join(clean, digest.hexdigest())


def check(item):
    path, command = item
    mark = fingerprint(path, command)
    if mark and os.path.exists(mark):
        return []
    status, output = tree.output_of(
        ["clang-tidy", "--quiet", os.path.join(tree.ROOT, path), "--", *tree.flags(command)], cwd=build)
    if status == 0:
        if mark:
            open(mark, "w", encoding="utf-8").close()
        return []
    # One finding each, and by one spelling of its path: a header's come with every source.
    output = re.sub(r"^\d+ warnings? .*\n", "", output, flags=re.M)
    output = re.sub(r"^(?!/usr/)\S*?((?:server|client|tests)/\S+:\d+:\d+: )", r"\1", output, flags=re.M)
    return re.split(r"\n(?=\S+:\d+:\d+: (?:error|warning): )", output.strip())


findings = tree.in_parallel(check, tree.compile_commands(build).items())
tree.report(list(dict.fromkeys(findings)))
