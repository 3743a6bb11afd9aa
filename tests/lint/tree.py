"""What the checks share: the tree's files, C without its comments, the build's flags."""
import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MADE = re.compile(r"(build.*|\..*|__pycache__|node_modules)$")
SHOWN_MAX = 200

# Comments and literals; a literal is kept by its quotes only, so that no word in it counts.
NOT_CODE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def files(*endings, under=""):
    """The tree's own files, sorted, as paths from its root; all endings when none is given."""
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = [f for f in folders if f == ".ci" or not MADE.match(f)]
        found += [os.path.relpath(os.path.join(folder, name), ROOT) for name in names
                  if (not endings or name.endswith(endings)) and not name.endswith(".pyc")]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def scripts(word):
    """The tree's files whose first line calls `word`, or that name it to shellcheck."""
    found = []
    for path in files():
        with open(os.path.join(ROOT, path), "rb") as file:
            first = file.readline(80).decode("utf-8", "replace")
        if re.match(rf"#!.*\b{word}\b|# shellcheck shell={word}\b", first):
            found.append(path)
    return found


def code_of(text):
    """C with comments blanked and literals emptied, line for line."""
    def blank(match):
        quote = match[0][0] if match[0][0] in "\"'" else ""
        return quote + re.sub(r"[^\n]", "", match[0]) + quote
    return NOT_CODE.sub(blank, text)


def compile_commands(build):
    """Each C source of the tree once: its path from the root, its command, its object."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    seen = {}
    for command in commands:
        path = os.path.relpath(os.path.join(build, command["file"]), ROOT)
        if path.endswith(".c") and not path.startswith("..") and not MADE.match(path):
            seen.setdefault(path, command)
    return dict(sorted(seen.items()))


def dependencies(build):
    """What ninja knows each object to be made of, as paths from the build."""
    _, output = output_of(["ninja", "-C", build, "-t", "deps"])
    found, current = {}, []
    for line in output.splitlines():
        if line.startswith("    "):
            current.append(line.strip())
        elif ": #deps" in line:
            current = found.setdefault(line.split(":")[0], [])
    return found


def flags(command):
    """What decides a source's meaning: folders, macros, standard; not warnings or code generation."""
    kept, words = [], iter(shlex.split(command["command"]))
    for word in words:
        if word in ("-I", "-D", "-isystem", "-include"):
            kept += [word, next(words)]
        elif re.match(r"-(I|D|isystem|std=)", word) and "FORTIFY" not in word:
            kept.append(word)
    return kept


def all_flags(build):
    """The flags of every source together, each once."""
    commands = compile_commands(build).values()
    return list(dict.fromkeys(flag for command in commands for flag in flags(command)))


def in_parallel(run, items):
    """Runs `run` over the items on all processors; the findings of all, in order."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [finding for found in pool.map(run, items) for finding in found]


def output_of(command, **options):
    """A command's exit status, and all it said."""
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, errors="replace", **options)
    return ran.returncode, ran.stdout


def report(findings):
    """Ends the check: prints what it found, and fails if that is anything."""
    print("\n".join(findings[:SHOWN_MAX]))
    if len(findings) > SHOWN_MAX:
        print(f"... and {len(findings) - SHOWN_MAX} more")
    sys.exit(1 if findings else 0)
