#!/usr/bin/python3
"""No file over 800 lines; no Python function over 70. (C functions: clang-tidy.)"""
import ast

import tree

FILE_MAX = 800
FUNCTION_MAX = 70

findings = []
sources = set(tree.files(".c", ".h", ".py", ".sh", ".proto", ".sql"))
for path in sorted(sources | set(tree.scripts("bash")) | set(tree.scripts("sh")) | set(tree.scripts("python3"))):
    text = tree.read(path)
    if text.count("\n") > FILE_MAX:
        findings.append(f"{path}: {text.count(chr(10))} lines; {FILE_MAX} are the limit")
    if not path.endswith(".py"):
        continue
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_MAX:
            findings.append(f"{path}:{node.lineno}: {node.name} is over {FUNCTION_MAX} lines")
tree.report(findings)
