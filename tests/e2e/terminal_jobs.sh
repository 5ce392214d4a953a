#!/usr/bin/env bash
# Jobs on a terminal: one that wants it without having it fails at once, `terminal: true` gives it the terminal, Ctrl-C and
# Ctrl-Z reach all.
. "${BASH_SOURCE%/*}/lib.sh"

# Drives an interactive shell on a terminal of its own. Each argument is a step: `see:TEXT` waits for TEXT, `type:TEXT`
# types it, `wait` waits a little for what gives no sign.
write drive.py <<'PY'
import os, pty, select, sys, time

pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(PS1="READY> ", TERM="dumb")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
seen, mark = "", 0

def read(seconds):
    global seen
    if not select.select([terminal], [], [], seconds)[0]:
        return False
    try:
        data = os.read(terminal, 65536)
    except OSError:
        return False
    seen += data.decode(errors="replace").replace("\r\n", "\n")
    return bool(data)

def steps():
    global mark
    for step in sys.argv[1:]:
        what, _, text = step.partition(":")
        text = text.encode().decode("unicode_escape")
        if what == "type":
            os.write(terminal, text.encode())
            continue
        end = time.monotonic() + (0.3 if what == "wait" else 20)
        while what == "wait" or text not in seen[mark:]:
            if time.monotonic() > end:
                if what == "wait":
                    break
                return f"waited in vain for {text!r}"
            read(0.05)
        else:
            mark = seen.index(text, mark) + len(text)

error = steps()
os.write(terminal, b"\nexit\n")
end = time.monotonic() + 5
while time.monotonic() < end and read(0.5):
    pass
print(seen)
sys.exit(error)
PY
on_terminal() {
    run_command python3 drive.py see:'READY> ' "$@"
    [ "$status" = 0 ] || fail "$stderr"
}

# Without it: at once, with a message.
write read.yaml "- run: 'read -r x </dev/tty; echo got \$x'"
write stty.yaml "- {exec: [stty, -echo], stdin: inherit}"
for script in read stty; do
    on_terminal type:"\"\$ARUN\" $script.yaml; echo status=\$?\n" see:status=1 see:'READY> '
    assert_stdout_contains 'it wants the terminal' "'terminal: true'"
done

# With it: the line is read, by the device and by the standard input; several such jobs take turns.
write have.yaml "- {run: 'read -r x </dev/tty; echo got \$x', terminal: true}" \
    "- {run: 'read -r x; echo in \$x', terminal: true, stdin: inherit}" \
    '- parallel:' "  - {run: 'read -r x </dev/tty; echo turn \$x', terminal: true}" \
    "  - {run: 'read -r x </dev/tty; echo turn \$x', terminal: true}"
on_terminal type:'"$ARUN" have.yaml; echo status=$?\n' wait type:'one\n' see:'got one' wait type:'two\n' see:'in two' \
    wait type:'three\n' see:'turn three' wait type:'four\n' see:'turn four' see:status=0 see:'READY> '

# The settings of the terminal are put back, whatever ends the job; and so is the foreground.
write raw.yaml '- run: "stty raw -echo </dev/tty; kill -KILL $$"' '  terminal: true'
on_terminal type:'stty -a >before; "$ARUN" raw.yaml; echo status=$?; stty -a >after\n' see:status=1 see:'READY> '
assert_stdout_contains 'killed by signal KILL'
cmp before after || fail 'the settings of the terminal have changed'

# Ctrl-C is for all: the job is cancelled, the clean-up runs, and the shell sees the signal.
write cut.yaml 'jobs:' "- {run: 'echo begun; exec sleep 600', terminal: TERMINAL}" \
    'finally: {print: "tidy ${{ cancelled() }}"}'
for terminal in true false; do
    sed "s/TERMINAL/$terminal/" cut.yaml >now.yaml
    on_terminal type:'"$ARUN" now.yaml\n' see:begun wait type:'\x03' see:'tidy true' see:'READY> ' \
        type:'echo status=$?\n' see:status=130
done
assert_no_processes

# Ctrl-Z stops all, and fg continues all.
write stop.yaml "- run: 'for i in 1 2 3 4 5 6 7 8 9; do echo line\$i; sleep 0.1; done'"
on_terminal type:'"$ARUN" stop.yaml; echo status=$?\n' see:line3 type:'\x1a' see:Stopped see:'READY> ' \
    type:'ps -o stat=,comm= -t "$(tty)"; echo lis""ted\n' see:listed type:'fg\n' see:line9
assert_eq "$(grep -cE '^T[^ ]* +(sh|arun)$' <<<"$stdout")" 2 'stopped processes'
write stop.yaml "- {run: 'echo begun; read -r x </dev/tty; echo got \$x; read -r x </dev/tty; echo got \$x', terminal: true}"
on_terminal type:'"$ARUN" stop.yaml\n' see:begun wait type:'one\n' see:'got one' type:'\x1a' see:Stopped see:'READY> ' wait \
    type:'fg\n' wait type:'two\n' see:'got two' see:'READY> '
assert_no_processes

# In the background there is no terminal to give.
on_terminal type:'"$ARUN" have.yaml &\n' see:'in the background'

# Where there is no terminal, as in CI, `terminal: true` changes nothing.
run_command setsid --wait "$ARUN" - <<<'[{"run": "echo fine", "terminal": true}]'
assert_exit 0
assert_stdout fine

# `stdin: inherit` is the standard input of arun, unless the script comes from there.
write cat.yaml '- {run: cat, stdin: inherit}'
run cat.yaml <<<'from outside'
assert_stdout 'from outside'
run - <cat.yaml
assert_exit 1
assert_stderr_contains 'the script is read from there'
