#!/bin/bash
# Shell scripts as shellcheck wants them, Python that parses.
set -euo pipefail
cd "$(dirname "$0")"
listed()
{
    /usr/bin/python3 -c "import tree; print(*tree.scripts('$1'), sep='\n')"
}
mapfile -t shell < <(listed sh; listed bash)
mapfile -t python < <(/usr/bin/python3 -c "import tree; print(*sorted({*tree.scripts('python3'), *tree.files('.py')}), sep='\n')")
cd ../..
shellcheck --external-sources --source-path=SCRIPTDIR "${shell[@]}"
for file in "${python[@]}"; do
    /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1])' "$file"
done
