#!/usr/bin/python3
"""Nothing in the tree names a machine it was written on, or a host that packages come from."""
import re

import tree

# One letter of each stands in brackets, so that this file passes its own check.
PLACE = re.compile(
    r"/[h]ome/\w|/[U]sers/\w|(?<![\w.])/[w]ork/|/[t]mp/b-"
    r"|[r]egistry\.\w+\.\w|[n]pmmirror\.|[f]iles\.pythonhosted|[p]ypi\.org|[d]eb\.debian\.org"
    r"|[s]napshot\.debian|[p]roxy\.golang|[d]ocker\.io|[g]hcr\.io")

findings = []
for path in tree.files():
    try:
        lines = tree.read(path).splitlines()
    except UnicodeDecodeError:
        continue
    findings += [f"{path}:{number}: {match[0]}" for number, line in enumerate(lines, 1)
                 for match in PLACE.finditer(line)]
tree.report(findings)
