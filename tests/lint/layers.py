#!/usr/bin/python3
"""Each folder includes itself and the folders named on its line, nothing else.

"creditbank" and "google" are the headers made from proto/: only who turns messages into values sees them.
"""
import re

import tree

LAYERS = {
    "server/base": "",
    "server/flow": "base",
    "server/net": "base",
    "server/wire": "base",
    "server/crypto": "base",
    "server/combination": "base",
    "server/calculator": "base flow combination core",
    "server/db": "base flow",
    "server/core": "base crypto",
    "server/convert": "base crypto wire core creditbank google",
    "server/notary": "base flow crypto",
    "server/store": "base flow crypto db core",
    "server/ledger": "base flow db crypto core convert notary store",
    "server/rpc": "base flow net crypto wire creditbank google",
    "server/api": "base flow crypto core convert store ledger notary calculator combination creditbank google",
    "client/lib": "base crypto wire creditbank google",
    "client/cli": "base crypto wire lib creditbank google",
}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)

findings = []
for path in tree.files(".c", ".h", under="server") + tree.files(".c", ".h", under="client"):
    top, folder, *rest = path.split("/")
    if not rest:  # main and config see all
        continue
    layer = f"{top}/{folder}"
    if layer not in LAYERS:
        findings.append(f"{path}: {layer} stands in no line of tests/lint/layers.py")
        continue
    for included in INCLUDE.findall(tree.read(path)):
        if ".." in included.split("/"):
            findings.append(f"{path}: includes {included}, which hides the folder")
        elif "/" in included and included.split("/")[0] not in [folder, *LAYERS[layer].split()]:
            findings.append(f"{path}: {layer} must not include {included}")
tree.report(findings)
