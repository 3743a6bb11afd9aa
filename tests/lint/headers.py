#!/usr/bin/python3
"""Every header compiles alone, and says so with #pragma once. usage: headers.py BUILD"""
import os
import sys

import tree

build = sys.argv[1]
command = ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]
flags_of = {os.path.dirname(path): tree.flags(c) for path, c in tree.compile_commands(build).items()}


def check(path):
    if not any(line == "#pragma once" for line in tree.read(path).splitlines()):
        return [f"{path}: no #pragma once"]
    # As the sources beside it see it; and included, for as the main file #pragma once is a warning.
    flags = flags_of.get(os.path.dirname(path)) or tree.all_flags(build)
    status, output = tree.output_of(
        [*command, *flags, "-include", os.path.join(tree.ROOT, path), "-x", "c", "/dev/null"], cwd=build)
    return [f"{path} does not compile alone:\n{output}"] if status else []


tree.report(tree.in_parallel(check, tree.files(".h")))
