#!/usr/bin/python3
"""Every reason of docs/errors.md is given by some line of the program, and its sentences can be filled.

The detail of a refusal fills the one `{}` of its sentence, in both languages; advice is said as it stands.
"""
import re

import tree

rows = [[cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\| `[A-Z][A-Z0-9_]+` \|.*", tree.read("docs/errors.md"), re.M)]
sources = tree.files(".c", ".h", under="server") + tree.files(".c", ".h", under="client")
used = set(re.findall(r"\bREASON_([A-Z][A-Z0-9_]+)\b", "".join(map(tree.read, sources))))
findings = []
for code, _, chinese, english, *advice in rows:
    code = code.strip("`")
    if code not in used:
        findings.append(f"docs/errors.md: {code} is given nowhere")
    if chinese.count("{}") != english.count("{}") or chinese.count("{}") > 1:
        findings.append(f"docs/errors.md: {code} has not the same one {{}}, or none, in both sentences")
    if "{}" in "".join(advice):
        findings.append(f"docs/errors.md: {code} has a {{}} in its advice, which nothing fills")
tree.report(findings)
