#!/usr/bin/env bash
# A signal does not lose a report, whenever it comes after the first job: while the reports are made and written,
# between two scripts, while a stream is read. None leaves a file behind.
. "${BASH_SOURCE%/*}/lib.sh"

# whole FILE...: the reports are complete.
whole() {
    local file
    for file; do
        case $file in
        *.xml) tail -n 1 "$file" | grep -qx '</testsuites>' ;;
        *.json) jq -e '.scripts | length' "$file" >/dev/null ;;
        esac || fail "$file is not complete"
    done
    local left
    left=$(find . -name '*.xml.*' -o -name '*.json.*' -o -name '*.svg.*')
    assert_eq "$left" '' 'files left behind'
}

# After the last job, while a report is written: that goes to a pipe which nobody reads yet.
(printf '['; yes '{"print":"a"},' 2>/dev/null | head -n 5000; echo '{"run": "echo last"}]') >many.json
mkfifo pipe
# blocked OPTION...: starts arun, and returns when it writes its first report; descriptor 7 reads that.
blocked() {
    rm -f ./*.xml report.json
    exec 8<>pipe 7<pipe
    start many.json --report junit=pipe "$@"
    until_true read -r -t 0 -u 7
    exec 8>&-
}
for signal in INT TERM HUP; do
    blocked --report json=report.json
    kill -$signal "$pid"
    cat <&7 >a.xml
    exec 7<&-
    finish
    assert_exit $((128 + $(kill -l $signal)))
    whole a.xml report.json
done
# The second one ends arun at once, and leaves no piece of a report.
blocked --report junit=b.xml
kill -INT "$pid"
sleep 0.2 # signals within 0.1 s are one
kill -INT "$pid"
finish
exec 7<&-
assert_exit 130
[ ! -e b.xml ] || fail 'a report after the second signal'
assert_eq "$(find . -name '*.xml.*')" '' 'files left behind'

# At any moment from the start on.
write short.json '{"jobs": [{"print": "a"}, {"sleep": "3ms"}], "finally": {"print": "tidy"}}'
for delay in 0 0.001 0.002 0.003 0.004 0.005 0.006 0.008 0.01 0.02; do
    for signal in INT TERM; do
        rm -f ./*.xml
        start short.json --report junit=a.xml
        sleep $delay
        kill -$signal "$pid" 2>/dev/null
        finish
        case $status in
        0 | 130 | 143) ;;
        *) fail "after $delay s: exit status $status" ;;
        esac
        [ ! -e a.xml ] || whole a.xml
        case $stdout in
        '') ;;
        *tidy) whole a.xml ;;
        *) fail "after $delay s: finally did not run" ;;
        esac
        assert_eq "$(find . -name '*.xml.*')" '' "files left behind after $delay s"
    done
done

# In the system calls that make, rename and remove a file.
if [ -z "${ARUN_SANITIZED:-}" ] && command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
    for call in openat unlink rename fchmod; do
        rm -f a.xml
        run_command strace -f -o trace -e "trace=$call" -e "inject=$call:signal=SIGTERM:when=1" "$ARUN" short.json --report junit=a.xml
        assert_eq "$(find . -name 'a.xml.*')" '' "files left behind after a signal in $call"
    done
fi

# Between two scripts, and while the next document of a stream is read: what was begun is tidied up, the rest is not.
write first.yaml '- print: first' '- run: "kill -TERM $PPID; sleep 0.3"'
write next.yaml 'jobs: [{print: next}]' 'finally: {print: next finally}'
run first.yaml next.yaml --report junit=a.xml
assert_exit 143
assert_stdout first
whole a.xml
grep -q 'interrupted by SIGTERM' a.xml || fail 'the report does not name the signal'
grep -q 'testsuite name="next.yaml"' a.xml || fail 'the second script is not in the report'
stream --report json=report.json -
say 'jobs: [{print: one}]' 'finally: {print: tidy}' '---' '- prin'
until_stdout tidy
kill -INT "$pid"
finish
assert_exit 130
assert_stdout one tidy
whole report.json
exec 9>&-

# Two signals that one press or timeout(1) makes are one.
write slow.json '[{"do": [{"print": "begun"}, {"sleep": 60}], "finally": [{"sleep": "300ms"}, {"print": "whole"}]}]'
cat >press.py <<'END'
import os, signal, subprocess, sys, time
process = subprocess.Popen([os.environ["ARUN"], "slow.json", "--report", "junit=a.xml"], stdout=subprocess.PIPE)
process.stdout.readline()
process.send_signal(signal.SIGINT)
time.sleep(0.06)
process.send_signal(signal.SIGINT)
sys.stdout.buffer.write(process.stdout.read())
sys.exit(128 - process.wait())
END
for _ in {1..20}; do
    run_command python3 press.py
    [ "$stdout" != whole ] || break # else the machine was too busy to deliver the second one in time
done
assert_exit 130
assert_stdout whole
whole a.xml
