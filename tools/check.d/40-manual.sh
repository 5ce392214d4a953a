#!/usr/bin/env bash
# The manual pages are correct mdoc(7), their generated sections are up to date, they know all commands and options and
# no others, and their examples are good scripts; the README's table of kinds is what `arun kinds` says.
set -euo pipefail
shopt -s nullglob
pages=(man/*.[1-9])
if [ ${#pages[@]} = 0 ]; then
    echo "no manual pages"
    exit 77
fi

# A reference to a page of ours must lead somewhere; whether others are installed here is nobody's business.
manuals=$(mktemp -d)
trap 'rm -rf "$manuals"' EXIT
manual() { mkdir -p "$manuals/man$2" && : >"$manuals/man$2/$1.$2"; }
for page in "${pages[@]}"; do
    name=${page##*/}
    manual "${name%.*}" "${name##*.}"
done
while read -r name section; do
    [[ $name == arun* ]] || manual "$name" "$section"
done < <(sed -n 's/^\.Xr \([^ ]*\) \([1-9]\).*/\1 \2/p' "${pages[@]}")
# (It also says that those have no index.)
MANPATH=$manuals mandoc -Tlint -W style "${pages[@]}" 2> >(grep -v 'outdated mandoc\.db' >&2 || true)

tools/manual --check
"${PYTHON:-python3}" tools/check.d/manual.py
