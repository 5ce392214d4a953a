#!/usr/bin/env bash
# The tree knows nothing of the machine that it was made on, and nothing that a build makes is committed.
set -euo pipefail
if ! git rev-parse --git-dir >/dev/null 2>&1; then
    echo "not a git checkout"
    exit 77
fi
bad=0
# An absolute path into somebody's checkout; the host of a package registry. Classes keep this file from naming one.
path='(^|[^[:alnum:]_.$}~-])/(wor[k]|hom[e]/[a-z]+|roo[t])/'
host='(deb|security|ftp|snapshot)[.]debia[n][.]|registr[y][.]npm|pyp[i][.]org|file[s][.]pythonhosted|crate[s][.]io|prox[y][.]golang'
if git grep -nIE -e "$path" -e "$host" -- . ':!LICENSE'; then
    bad=1
fi
if git ls-files | grep -E '(^|/)(build(-[a-z]+)?|CMakeFiles|__pycache__)/|\.(o|a|so|pyc|orig|rej)$'; then
    bad=1
fi
if git grep -nIE '^(<<<<<<<|>>>>>>>) ' || git grep -nIE '[[:space:]]+$' -- '*.cpp' '*.hpp' '*.sh' '*.cmake' '*.txt'; then
    bad=1
fi
[ "$bad" = 0 ]
echo "$(git ls-files | wc -l) files"
