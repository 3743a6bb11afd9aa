#!/usr/bin/python3
"""What crypto says of a file, a key, a note or a proof stands in client/lib/why.c in Chinese, and nothing else does."""
import re

import tree

TABLE = "client/lib/why.c"
SOURCES = [f"server/crypto/{name}.c" for name in ("checkpoint", "key_file", "note", "private_key", "tlog_proof")]
PHRASE = r'"((?:the|a|no) [^"%]+)"'

said = {phrase: path for path in SOURCES for phrase in re.findall(PHRASE, tree.read(path))}
translated = set(re.findall(r"\{" + PHRASE, tree.read(TABLE)))
tree.report([f'{path}: "{phrase}" is not in {TABLE}' for phrase, path in said.items() if phrase not in translated] +
            [f'{TABLE}: nobody says "{phrase}"' for phrase in sorted(translated - set(said))])
