#!/usr/bin/python3
"""cppcheck over every source; it keeps in the build folder what it has seen. usage: cppcheck.py BUILD"""
import json
import os
import shlex
import sys

import tree

build = os.path.abspath(sys.argv[1])
kept = os.path.join(build, "lint", "cppcheck")
os.makedirs(kept, exist_ok=True)
NO_ATTRIBUTES = "-D__attribute__(words)="  # it stumbles over one behind a pointer to a function


def own_flags(command):
    """Without the system's headers, which it knows better than it reads."""
    return [flag for flag in tree.flags(command) if not flag.startswith(("-I/usr/", "-isystem"))]


project = [{"directory": build, "file": os.path.join(tree.ROOT, path),
            "command": shlex.join(["cc", *own_flags(command), "-c", path])}
           for path, command in tree.compile_commands(build).items()]
with open(os.path.join(kept, "project.json"), "w", encoding="utf-8") as file:
    json.dump(project, file)
status, output = tree.output_of(
    ["cppcheck", "-q", f"-j{os.cpu_count()}", "--std=c11", "--enable=warning,portability,performance",
     "--inline-suppr", "--error-exitcode=1", f"--cppcheck-build-dir={kept}",
     NO_ATTRIBUTES, "--suppress=preprocessorErrorDirective",  # generated headers ask for what is not read
     f"--project={os.path.join(kept, 'project.json')}"], cwd=build)
tree.report([output] if status else [])
