#!/usr/bin/python3
"""What crypto says in English stands in a table in Chinese too, and nothing else does.

Of a file, a key, a note or a proof that is client/lib/why.c; of a token it is docs/errors.md.
"""
import re

import tree

TABLE = "client/lib/why.c"
TOKENS, TOKEN_TABLE = "server/crypto/jwt.c", "docs/errors.md"
SOURCES = [f"server/crypto/{name}.c" for name in ("checkpoint", "key_file", "note", "private_key", "tlog_proof")]
PHRASE = r'"((?:the|a|no) [^"%]+)"'

said = {phrase: path for path in SOURCES for phrase in re.findall(PHRASE, tree.read(path))}
translated = set(re.findall(r"\{" + PHRASE, tree.read(TABLE)))
of_tokens = set(re.findall(PHRASE, tree.read(TOKENS)))
in_words = set(re.findall(r"^\| `CREDENTIAL_INVALID` \| (the [^|]+) \|", tree.read(TOKEN_TABLE), re.M))
tree.report([f'{TOKENS}: "{phrase}" is not in {TOKEN_TABLE}' for phrase in sorted(of_tokens - in_words)] +
            [f'{TOKEN_TABLE}: no token is told "{phrase}"' for phrase in sorted(in_words - of_tokens)] +
            [f'{path}: "{phrase}" is not in {TABLE}' for phrase, path in said.items() if phrase not in translated] +
            [f'{TABLE}: nobody says "{phrase}"' for phrase in sorted(translated - set(said))])
