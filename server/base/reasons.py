#!/usr/bin/env python3
"""Makes the reason codes and their sentences from the tables of docs/errors.md.

usage: reasons.py errors.md reason_codes.h reason_texts.inc reason_words.inc
"""
import re
import sys

source, codes_path, texts_path, words_path = sys.argv[1:]
rows, words = [], []
for line in open(source, encoding="utf-8"):
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    if re.fullmatch(r"`[A-Z][A-Z0-9_]+`", cells[0]):
        {6: rows, 4: words}[len(cells)].append([cells[0].strip("`")] + cells[1:])
names = [row[0] for row in rows]
if len(set(names)) != len(names):
    sys.exit("docs/errors.md: a code stands twice: " + str({n for n in names if names.count(n) > 1}))


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


with open(codes_path, "w", encoding="utf-8") as out:
    out.write("/* Made from docs/errors.md. */\nenum reason {\n    REASON_NONE,\n")
    out.writelines(f"    REASON_{name},\n" for name in names)
    out.write("    REASON_COUNT,\n};\n")
with open(texts_path, "w", encoding="utf-8") as out:
    for name, status, *sentences in rows:
        out.write(f"[REASON_{name}] = {{{quote(name)}, STATUS_{status}, ")
        out.write(", ".join(quote(s) for s in sentences) + "},\n")
with open(words_path, "w", encoding="utf-8") as out:
    for name, *texts in words:
        out.write(f"{{REASON_{name}, " + ", ".join(quote(t) for t in texts) + "},\n")
