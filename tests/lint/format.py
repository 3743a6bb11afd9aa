#!/usr/bin/python3
"""C as clang-format writes it."""
import tree

status, output = tree.output_of(
    ["clang-format", "--dry-run", "-Werror", *tree.files(".c", ".h")], cwd=tree.ROOT)
tree.report([output] if status else [])
