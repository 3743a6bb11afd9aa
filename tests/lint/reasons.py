#!/usr/bin/python3
"""Every reason code of docs/errors.md is given by some line of the program."""
import re

import tree

codes = re.findall(r"^\| `([A-Z][A-Z0-9_]+)` \|", tree.read("docs/errors.md"), re.M)
sources = tree.files(".c", ".h", under="server") + tree.files(".c", ".h", under="client")
used = set(re.findall(r"\bREASON_([A-Z][A-Z0-9_]+)\b", "".join(map(tree.read, sources))))
tree.report([f"docs/errors.md: {code} is given nowhere" for code in codes if code not in used])
