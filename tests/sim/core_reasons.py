#!/usr/bin/python3
"""Prints a C table of the reasons that execute() can refuse for: those named where it judges.

usage: core_reasons.py FOLDER
"""
import glob
import re
import sys

JUDGES = re.compile(r"struct context \*|check_list_add")

found = set()
for path in glob.glob(sys.argv[1] + "/*.c"):
    with open(path, encoding="utf-8") as source:
        text = source.read()
    if JUDGES.search(text):
        found.update(re.findall(r"\bREASON_[A-Z_]+\b", text))
found.discard("REASON_NONE")
print("/* Made by core_reasons.py. */")
print('#include "base/reason.h"\n')
print("static const enum reason core_reasons[] = {")
print("\n".join(f"    {reason}," for reason in sorted(found)))
print("};")
