#!/usr/bin/python3
"""What a page refers to is there, and so is what a source refers to in the pages, with its heading."""
import glob
import os
import re

import tree

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
MENTION = re.compile(r"\b(docs/[\w/-]+\.md)(?:#([\w-]+))?")
SOURCES = ("client", "migrations", "proto", "server")
FENCE = re.compile(r"^```.*?^```", re.M | re.S)
FOLDERS = {path.split(os.sep)[0] for path in tree.files() if os.sep in path}
PATH = re.compile(rf"(?:\.?/)?((?:{'|'.join(map(re.escape, sorted(FOLDERS)))})/[\w./*-]*)\Z")
PLACEHOLDER = re.compile(r"[A-Z]{3,}")  # SERVICE_METHOD.c: a name to be filled in


def anchors(text):
    """The headings as GitHub and its like make them into anchors."""
    headings = re.findall(r"^#+ +(.+?) *$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_link(page, target, anchor):
    path = os.path.normpath(os.path.join(os.path.dirname(page), target)) if target else page
    if not os.path.exists(os.path.join(tree.ROOT, path)):
        return f"there is no {path}"
    if anchor and anchor not in anchors(tree.read(path)):
        return f"{path} has no heading {anchor}"
    return None


def is_there(name):
    """A file, a folder, or a program by its source; * stands for anything."""
    return any(glob.glob(os.path.join(tree.ROOT, name + ending)) for ending in ("", ".c"))


def broken_name(word):
    """Of a word in a code span, if it names something of the tree."""
    named = PATH.match(word.partition("#")[0])
    if named is None or PLACEHOLDER.search(named[1]) or is_there(named[1]):
        return None
    return f"there is no {named[1]}"


findings = []
for page in tree.files(".md"):
    text = FENCE.sub("", tree.read(page))
    found = [broken_link(page, *link) for link in LINK.findall(text)]
    found += [broken_name(word) for span in SPAN.findall(text) for word in span.split()]
    findings += [f"{page}: {what}" for what in found if what]
for source in [path for folder in SOURCES for path in tree.files(under=folder)]:
    found = [broken_link("", *mention) for mention in MENTION.findall(tree.read(source))]
    findings += [f"{source}: {what}" for what in found if what]
tree.report(findings)
