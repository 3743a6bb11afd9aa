#!/usr/bin/python3
"""A mistake that the types must refuse, and for the reason its file names.

usage: must_not_compile.py BUILD FILE
The first line of FILE is a comment that ends in the warning, as in: ... -Wreturn-type */
"""
import re
import sys

import tree

build, path = sys.argv[1:]
with open(path, encoding="utf-8") as file:
    expected = re.search(r"-W([a-z-]+) \*/", file.readline())[1]
status, output = tree.output_of(
    ["gcc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-c", "-o", "/dev/null",
     *tree.all_flags(build), path], cwd=build)
reasons = set(re.findall(r"error: .*\[-Werror=([a-z-]+)\]", output))
others = re.findall(r"error: (?!.*\[-Werror=).*", output)
if status == 0 or reasons != {expected} or others:
    tree.report([f"{path}: expected the compiler to refuse it by -W{expected} alone; it said:\n{output}"])
