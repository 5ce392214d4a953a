#!/usr/bin/env bash
# In a pipeline: output is visible before the run waits, whole and in order; a reader or a writer that goes, a full
# disk, a stream that does not block, a terminal; the flags of what is shared stay as they were.
. "${BASH_SOURCE%/*}/lib.sh"

# flags FD: the O_ flags of a descriptor of this shell.
flags() { sed -n 's/^flags:\s*//p' "/proc/$$/fdinfo/$1"; }

# What was printed is visible before arun waits: for time, for a line.
stream -
printf '{"print": "a", "end": ""}\n{"print": "b", "end": ""}\n' >&9
until_stdout ab
say '{"do": [{"print": "c", "end": ""}, {"sleep": 60}]}'
until_stdout abc
kill "$pid"
end
assert_exit 143
[ "$stdout" = abc ] || fail "printed <$stdout>"

# Nothing is lost or torn, however much, in whatever pieces; all is written at the end.
run_command bash -c 'seq -f "{\"print\": \"%.0f\"}" 50000 | "$ARUN" | { sleep 0.1; dd bs=777 2>/dev/null; } | cmp - <(seq 50000)'
assert_exit 0
write lines.yaml '- for_each: {lines: stdin, do: {print: "${{ item }}"}}'
run_command bash -c 'seq 50000 | "$ARUN" lines.yaml | cmp - <(seq 50000)'
assert_exit 0
# Few writes: what is there already is not flushed for each job.
if [ -z "${ARUN_SANITIZED:-}" ] && command -v strace >/dev/null && strace -o trace true 2>/dev/null; then
    seq -f '{"print": "%.0f"}' 10000 >many.jsonl
    run_command strace -f -e trace=write,read,preadv2,poll -o trace "$ARUN" many.jsonl
    assert_exit 0
    (($(wc -l <trace) < 100)) || fail "$(wc -l <trace) system calls for 10000 lines"
fi

# A full disk: 125 and a message, from a stream that goes on as well; its jobs are cleaned up.
if [ -w /dev/full ]; then
    endless() { while echo '{"print": "line", "finally": {"print": "cleaned", "to": "stderr"}}'; do :; done; }
    export -f endless
    run_command bash -c 'endless 2>/dev/null | "$ARUN" >/dev/full; exit ${PIPESTATUS[1]}'
    assert_exit 125
    assert_stderr_contains 'standard output' 'no space left'
    run_command bash -c 'seq 5 | "$ARUN" lines.yaml >/dev/full; exit ${PIPESTATUS[1]}'
    assert_exit 125
    assert_stderr_contains 'standard output' 'no space left'
fi

# The reader goes: the run ends by SIGPIPE, without a word of its own, after the clean-up; and so do its writers.
run_command bash -c 'yes "{\"print\": \"line\"}" | "$ARUN" | head -n 1; echo ${PIPESTATUS[@]}'
assert_stderr
assert_stdout line '141 141 0'
run_command bash -c 'yes | "$ARUN" lines.yaml | head -n 1; echo ${PIPESTATUS[@]}'
assert_stderr
assert_stdout y '141 141 0'
write tick.yaml '- {tick: 1ms, background: true, id: t, do: {print: line}, finally: [{print: cleaned, to: stderr}]}' '- wait: t'
run_command bash -c '"$ARUN" tick.yaml | head -n 1; echo ${PIPESTATUS[0]}'
assert_stdout line 141
assert_stderr 'arun: cancelling a background job that still runs: tick '"'t'"' (tick.yaml:1:4)' cleaned
# Also while it waits for lines: at its next write.
run_command bash -c '{ echo "{\"tick\": \"1ms\", \"background\": true, \"do\": {\"print\": \"t\"}}"; sleep 5; } |
    "$ARUN" 2>/dev/null | head -n 1; echo ${PIPESTATUS[1]}'
assert_stdout t 141

# The flags of shared descriptors are as before: while it waits, after it, and after it was killed.
exec 8<> <(:)
before=$(flags 8)
printf '{"print": "x"}\n' >&8
"$ARUN" - <&8 >"$T/io/stdout" 2>"$T/io/stderr" &
pid=$!
until_stdout x
[ "$(flags 8)" = "$before" ] || fail 'the flags of standard input have changed'
kill -KILL "$pid"
finish
[ "$(flags 8)" = "$before" ] || fail 'the flags of standard input have changed after a crash'
exec 8>&-

# Descriptors that somebody else has made non-blocking are waited for, and stay so.
if command -v python3 >/dev/null; then
    write nonblock.py <<'P'
import fcntl, os, subprocess, sys, threading, time
arun = os.environ["ARUN"]
def pipe():
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends
lines = b"".join(b'{"print": "%0100d"}\n' % i for i in range(5000))
def write(end):
    for i in range(0, len(lines), 3000):
        part = lines[i:i + 3000]
        while part:
            try:
                part = part[os.write(end, part):]
            except BlockingIOError:
                time.sleep(0.001)
    os.close(end)
inner, outer = pipe(), pipe()
child = subprocess.Popen([arun, "-"], stdin=inner[0], stdout=outer[1])
os.close(outer[1])
threading.Thread(target=write, args=(inner[1],)).start()
got = b""
time.sleep(0.1)
while True:
    try:
        part = os.read(outer[0], 5000)
    except BlockingIOError:
        time.sleep(0.0005)
        continue
    if not part:
        break
    got += part
assert child.wait() == 0
assert got == b"".join(b"%0100d\n" % i for i in range(5000)), "output is torn"
assert not os.get_blocking(inner[0])
print("well")
P
    run_command python3 nonblock.py
    assert_stderr
    assert_stdout well

    # A terminal: line by line, to its end of file.
    write terminal.py <<'P'
import os, pty, sys
arun, = sys.argv[1:]
pid, fd = pty.fork()
if pid == 0:
    os.execv(arun, [arun, "--format", "jsonl", "-"])
def until(text):
    got = b""
    while text not in got:
        got += os.read(fd, 1000)
os.write(fd, b'{"print": "o" , "end": "ne!\\n"}\n')
until(b"\none!")
os.write(fd, b'{"print": "t" , "end": "wo!\\n"}\n')
until(b"\ntwo!")
os.write(fd, b"\x04")
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
P
    run_command python3 terminal.py "$ARUN"
    assert_stderr
    assert_stdout 0
fi

# With other tools.
: >log
tail -f log 2>/dev/null | "$ARUN" lines.yaml >"$T/io/stdout" &
pid=$!
echo first >>log
until_stdout first
echo second >>log
until_stdout second
for tail in $(left_processes); do
    ! grep -qx tail "/proc/$tail/comm" || kill "$tail"
done
finish
assert_exit 0
assert_stdout first second
run_command bash -c 'seq 3 | "$ARUN" lines.yaml | xargs echo'
assert_stdout '1 2 3'
run_command bash -c 'printf "%s\n" "- print: a" "- print: b" | xargs -d "\n" -n 1 sh -c "echo \"\$1\" | \"\$ARUN\"" -'
assert_stdout a b
if command -v jq >/dev/null; then
    run_command bash -c 'echo "[1, 2]" | jq -c ".[] | {print: \"n \(.)\"}" | "$ARUN"'
    assert_exit 0
    assert_stdout 'n 1' 'n 2'
fi
assert_no_processes
