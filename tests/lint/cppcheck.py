#!/usr/bin/python3
"""cppcheck over every source; it keeps in the build folder what it has seen. usage: cppcheck.py BUILD"""
import os
import sys

import tree

build = sys.argv[1]
kept = os.path.join(build, "lint", "cppcheck")
os.makedirs(kept, exist_ok=True)
folders = [flag for flag in tree.all_flags(build)
           if flag.startswith("-I") and not flag.startswith("-I/usr/")]
status, output = tree.output_of(
    ["cppcheck", "-q", f"-j{os.cpu_count()}", "--std=c11", "--enable=warning,portability,performance",
     "--inline-suppr", "--error-exitcode=1", f"--cppcheck-build-dir={kept}",
     "-D_GNU_SOURCE", "-D__linux__", "-D__x86_64__", *folders,
     *[os.path.join(tree.ROOT, path) for path in tree.compile_commands(build)]], cwd=build)
tree.report([output] if status else [])
