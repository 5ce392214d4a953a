#!/usr/bin/env bash
# The steps of action.yml, the template for GitLab and the commands in arun-ci(7) install a release and refuse a changed archive; the
# hook of pre-commit runs too. The releases are files here.
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
export GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_OUTPUT=$PWD/output GITHUB_JOB=smoke
export REPORT=report.xml OPTIONS='--timeout 1m' SCRIPTS=ok.yaml
step Run
assert_exit 0
[ -s report.xml ] && [ -s summary ] || fail 'no report or no summary'
SCRIPTS=bad.yaml REPORT='' step Run
assert_exit 1
assert_stdout_contains '::error file=bad.yaml'
# Artifacts of two jobs, or of one job's matrix, have different names; a workflow can give its own.
step Run
[[ $(<output) =~ ^artifact=(arun-smoke-[0-9a-f]{8})$'\n'.*artifact=(arun-smoke-[0-9a-f]{8})$ ]] || fail "artifacts: $(<output)"
[ "${BASH_REMATCH[1]}" != "${BASH_REMATCH[2]}" ] || fail "one name twice: $(<output)"
ARTIFACT=nightly step Run
assert_exit 0
[ "$(tail -n 1 output)" = artifact=nightly ] || fail "artifacts: $(<output)"

SCRIPTS=bad.yaml REPORT='' TAPE=run.tape step Run
assert_exit 1
run_command arun replay run.tape
assert_exit 1
assert_stderr_contains 'fail: no'

echo x >>"releases/v$version/arun-$version-linux-$(uname -m).tar.gz"
step 'Install arun'
assert_exit 1

# GitLab's template runs what the image has, or installs a release. It needs no bash.
python3 -c 'import sys, yaml
print("\n".join(yaml.safe_load(open(sys.argv[1]))[".arun"]["script"]))' "$ARUN_SOURCE/packaging/gitlab-ci.yml" >script.sh
template() { # VARIABLE=VALUE... SHELL...
    rm -f arun-report.xml
    run_command env ARUN_SCRIPTS=ok.yaml ARUN_OPTIONS='--timeout 1m' ARUN_VERSION='' "ARUN_RELEASES=$RELEASES" "$@" script.sh
}
template bash -eo pipefail
assert_exit 0
[ -s arun-report.xml ] || fail 'no report'
template ARUN_VERSION="$version" sh -e
assert_exit 1
cp "$out"/* "releases/v$version/"
mkdir old
write old/arun '#!/bin/sh' 'exit 99'
chmod +x old/arun
for shell in 'bash -eo pipefail' 'sh -e'; do
    # shellcheck disable=SC2086  # a shell and its options
    template ARUN_VERSION="$version" PATH="$PWD/old:$PATH" $shell
    assert_exit 0
    [ -s arun-report.xml ] || fail 'no report'
done

# The manual's way for other CI systems, into a prefix that is a folder here.
awk '/^version=/ { on = 1 } /^\.Ed/ { on = 0 } on' "$ARUN_SOURCE/man/arun-ci.7" >manual.sh
sed -e "s|^version=.*|version=$version|" -e "s|=https://.*/releases/download/|='$RELEASES'/|" -e 's|-C /usr/local|-C prefix|' \
    manual.sh >install.sh
mkdir prefix
run_command sh -e install.sh
assert_exit 0
run_command prefix/bin/arun --version
assert_stdout_contains "arun $version"
echo x >>"releases/v$version/arun-$version-linux-$(uname -m).tar.gz"
run_command sh -e install.sh
assert_exit 1

# The hook of pre-commit.
hook=$(python3 -c 'import sys, yaml
print(yaml.safe_load(open(sys.argv[1]))[0]["entry"])' "$ARUN_SOURCE/.pre-commit-hooks.yaml")
# shellcheck disable=SC2086  # a command line
run_command $hook ok.yaml
assert_exit 0
write wrong.yaml '- prnt: hello'
run_command $hook wrong.yaml
assert_exit 2
