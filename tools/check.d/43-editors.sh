#!/usr/bin/env bash
# What editors make of `arun schema`: yaml-language-server completes, explains and checks scripts by it, and ajv accepts it in its
# strict mode. npm installs both, once, in the user's cache.
set -euo pipefail
packages=(yaml-language-server@1.25.0 ajv@8.20.0)
python=${PYTHON:-python3}

skip() { echo "$*" && exit 77; }
command -v node >/dev/null && command -v npm >/dev/null || skip "node or npm is missing"
"$python" -c 'import yaml' 2>/dev/null || skip "no yaml for $python"
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/arun
name=editors
for package in "${packages[@]}"; do name+=-$package; done
mkdir -p "$cache"
exec 9>"$cache/editors.lock"
flock 9
if [ ! -d "$cache/$name" ]; then
    rm -rf "$cache"/editors-*
    mkdir "$cache/editors-new"
    npm install --prefix "$cache/editors-new" --no-package-lock --ignore-scripts --no-audit --no-fund --no-update-notifier \
        "${packages[@]}" >"$cache/editors.log" 2>&1 ||
        { cat "$cache/editors.log" && skip "npm cannot install ${packages[*]}"; }
    mv "$cache/editors-new" "$cache/$name"
fi
schema=$(mktemp)
trap 'rm -f "$schema"' EXIT
"$ARUN" schema >"$schema"
NODE_PATH=$cache/$name/node_modules node tools/check.d/ajv.js "$schema"
"$python" tools/check.d/editors.py "$cache/$name/node_modules/yaml-language-server/bin/yaml-language-server" "$schema"
