#!/usr/bin/env bash
# The steps of action.yml install a release and run a script, and refuse a changed archive; the template for GitLab and the hook of
# pre-commit run too. The releases are files here.
. "${BASH_SOURCE%/*}/../e2e/lib.sh"

out=$ARUN_SOURCE/build-dist/out
[ -d "$out" ] || skip 'no build-dist/out'
command -v curl >/dev/null || skip 'curl is missing'
python3 -c 'import yaml' 2>/dev/null || skip 'python3-yaml is missing'
version=$(sed -n "s/.*  arun-\(.*\)-linux-$(uname -m).tar.gz$/\1/p" "$out/SHA256SUMS")
step() { # NAME: runs that step as the runner does, with bash -eo pipefail.
    python3 -c 'import sys, yaml
steps = yaml.safe_load(open(sys.argv[1]))["runs"]["steps"]
print(next(step for step in steps if step["name"] == sys.argv[2])["run"])' "$ARUN_SOURCE/action.yml" "$1" >step.sh
    run_command bash -eo pipefail step.sh
}
mkdir -p "releases/v$version" temporary
cp "$out"/* "releases/v$version/"
export VERSION=$version RELEASES="file://${PWD// /%20}/releases" RUNNER_TEMP=$PWD/temporary GITHUB_PATH=$PWD/path
step 'Install arun'
assert_exit 0
PATH=$(<path):$PATH
write ok.yaml '- print: hello'
write bad.yaml '- fail: no'
export GITHUB_STEP_SUMMARY=$PWD/summary REPORT=report.xml OPTIONS='--timeout 1m' SCRIPTS=ok.yaml
step Run
assert_exit 0
[ -s report.xml ] && [ -s summary ] || fail 'no report or no summary'
SCRIPTS=bad.yaml REPORT='' step Run
assert_exit 1
assert_stdout_contains '::error file=bad.yaml'

echo x >>"releases/v$version/arun-$version-linux-$(uname -m).tar.gz"
step 'Install arun'
assert_exit 1

# GitLab's template, and the hook of pre-commit.
python3 -c 'import sys, yaml
print("\n".join(yaml.safe_load(open(sys.argv[1]))[".arun"]["script"]))' "$ARUN_SOURCE/packaging/gitlab-ci.yml" >script.sh
rm report.xml
ARUN_SCRIPTS=ok.yaml ARUN_OPTIONS='--timeout 1m' run_command bash -eo pipefail script.sh
assert_exit 0
[ -s arun-report.xml ] || fail 'no report'
hook=$(python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))[0]["entry"])' "$ARUN_SOURCE/.pre-commit-hooks.yaml")
# shellcheck disable=SC2086  # a command line
run_command $hook ok.yaml
assert_exit 0
write wrong.yaml '- prnt: hello'
run_command $hook wrong.yaml
assert_exit 2
