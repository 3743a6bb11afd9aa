#!/usr/bin/python3
"""Words that may not stand in the code, or only in the folders that own them."""
import re

import tree

CALL = r"\s*\("
ALWAYS = "server/ client/ tests/"
OURS = "server/ client/"
BANNED = [
    # word, where it is banned, where it is at home, what to use
    (r"\b(?:strcpy|strcat|sprintf|vsprintf|strtok|gets|alloca)" + CALL, ALWAYS, "",
     "it knows no length; use base/buffer or arena_printf"),
    (r"\b(?:atoi|atol|atoll)" + CALL, ALWAYS, "", "it tells no error; parse strictly"),
    (r"\blocaltime(?:_r)?" + CALL, ALWAYS, "", "calendars are Asia/Shanghai by rule; use base/date"),
    (r"\(struct step\)", ALWAYS, "server/flow/", "only flow makes a step"),
    (r"\b(?:time|gettimeofday|clock_gettime)" + CALL, OURS, "server/base/clock", "use base/clock"),
    (r"\bPQ[a-z]\w*" + CALL, OURS, "server/db/", "libpq ends at db"),
    (r"\b(?:SSL|EVP)_\w+" + CALL, OURS, "server/net/ server/crypto/ server/db/conn.c",
     "OpenSSL ends there (and SSL_pending() of libpq's connections)"),
    (r"\b(?:malloc|calloc|realloc|reallocarray)" + CALL, OURS, "server/base/", "use base/memory or an arena"),
]

findings = []
for path in tree.files(".c", ".h"):
    lines = tree.code_of(tree.read(path)).splitlines()
    for pattern, where, home, advice in BANNED:
        if not path.startswith(tuple(where.split())) or (home and path.startswith(tuple(home.split()))):
            continue
        findings += [f"{path}:{number}: {match[0].rstrip('( ')}: {advice}"
                     for number, line in enumerate(lines, 1) for match in re.finditer(pattern, line)]
tree.report(findings)
