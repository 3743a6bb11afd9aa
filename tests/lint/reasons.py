#!/usr/bin/python3
"""Every reason of docs/errors.md is given by some line of the program, and its sentences can be filled.

The detail of a refusal fills the one `{}` of its sentence, in both languages; advice is said as it stands.
Where nothing fills it, it has to stand last: then the sentence ends before it. What is said in words, has a `{}`.
"""
import re

import tree

rows = [[cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\| `[A-Z][A-Z0-9_]+` \|.*", tree.read("docs/errors.md"), re.M)]
rows, words = [row for row in rows if len(row) == 6], [row for row in rows if len(row) == 4]
sources = tree.files(".c", ".h", under="server") + tree.files(".c", ".h", under="client")
program = "".join(map(tree.read, sources))
used = set(re.findall(r"\bREASON_([A-Z][A-Z0-9_]+)\b", program))
without_detail = set(re.findall(r'\bREASON_([A-Z][A-Z0-9_]+),[^;"]*(?:"[^"]*",\s*)?(?:"%s",\s*)?""\)', program))
filled = {row[0] for row in rows if "{}" in row[2]}
findings = [f"docs/errors.md: {row[0]} has words for its {{}}, and no {{}}" for row in words if row[0] not in filled]
for code, _, chinese, english, *advice in rows:
    if code not in used:
        findings.append(f"docs/errors.md: {code} is given nowhere")
    if chinese.count("{}") != english.count("{}") or chinese.count("{}") > 1:
        findings.append(f"docs/errors.md: {code} has not the same one {{}}, or none, in both sentences")
    if code in without_detail and any(re.search(r"{}.", sentence) for sentence in (chinese, english)):
        findings.append(f"docs/errors.md: {code} has a {{}} within its sentence, which some line leaves empty")
    if "{}" in "".join(advice):
        findings.append(f"docs/errors.md: {code} has a {{}} in its advice, which nothing fills")
tree.report(findings)
