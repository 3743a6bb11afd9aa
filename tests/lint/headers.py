#!/usr/bin/python3
"""Every header compiles alone, and says so with #pragma once. usage: headers.py BUILD"""
import os
import sys

import tree

build = sys.argv[1]
command = ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *tree.all_flags(build)]


def check(path):
    if not any(line == "#pragma once" for line in tree.read(path).splitlines()):
        return [f"{path}: no #pragma once"]
    # Included from an empty source: as the main file #pragma once would be a warning.
    full = os.path.join(tree.ROOT, path)
    status, output = tree.output_of(
        [*command, f"-I{os.path.dirname(full)}", "-include", full, "-x", "c", "/dev/null"], cwd=build)
    return [f"{path} does not compile alone:\n{output}"] if status else []


tree.report(tree.in_parallel(check, tree.files(".h")))
