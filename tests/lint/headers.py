#!/usr/bin/python3
"""Every header is included by some source, compiles alone with that one's flags, and says #pragma once.

usage: headers.py BUILD
"""
import os
import sys

import tree

build = os.path.abspath(sys.argv[1])
command = ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"]


def flags_by_header():
    """The flags of a source that includes it: of its own folder if there is one, and of few flags."""
    made_of = tree.dependencies(build)
    found = {}
    for source, compiled in tree.compile_commands(build).items():
        for included in made_of.get(compiled["output"], []):
            header = os.path.relpath(os.path.join(build, included), tree.ROOT)
            given = tree.flags(compiled)
            rank = (os.path.dirname(source) != os.path.dirname(header), len(given), given)
            found[header] = min(rank, found.get(header, rank))
    return {header: rank[-1] for header, rank in found.items()}


flags_of = flags_by_header()


def check(path):
    if not any(line == "#pragma once" for line in tree.read(path).splitlines()):
        return [f"{path}: no #pragma once"]
    if path not in flags_of:
        return [f"{path}: no source includes it"]
    # Included, for as the main file #pragma once is a warning.
    status, output = tree.output_of(
        [*command, *flags_of[path], "-include", os.path.join(tree.ROOT, path), "-x", "c", "/dev/null"], cwd=build)
    return [f"{path} does not compile alone:\n{output}"] if status else []


tree.report(tree.in_parallel(check, tree.files(".h")))
