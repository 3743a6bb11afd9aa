#!/usr/bin/python3
"""The manual pages name every command of the command line and every function of the library, and no other."""
import re

import tree


def compare(page, said, meant):
    return [f"{page}: lacks {name}" for name in sorted(meant - said)] + \
        [f"{page}: there is no {name}" for name in sorted(said - meant)]


def section(text, heading):
    return re.search(rf"^\.SH {heading}\n(.*?)(?=^\.SH |\Z)", text, re.M | re.S)[1]


pages = "client/man/"
commands = {name for path in tree.files(".c", under="client/cli")
            for name in re.findall(r'^    \.name = "([^"]+)",\n    \.summary', tree.read(path), re.M)}
shown = re.findall(r"^\.TP\n\\fB([^\\]+(?:\\-[^\\]+)*)\\fP",
                   section(tree.read(pages + "creditbank.1"), "COMMANDS"), re.M)
functions = re.findall(r"\b(creditbank_\w+)\(", tree.code_of(tree.read("client/lib/creditbank.h")))
described = re.findall(r"\b(creditbank_\w+) \(\)", tree.read(pages + "libcreditbank.3"))
tree.report(compare(pages + "creditbank.1", {name.replace("\\-", "-") for name in shown}, commands) +
            compare(pages + "libcreditbank.3", set(described), set(functions)))
