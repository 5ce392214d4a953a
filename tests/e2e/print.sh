#!/usr/bin/env bash
# `print` writes its text and `end` to stdout or stderr; its result is the text; what was printed is visible before the
# loop waits.
. "${BASH_SOURCE%/*}/lib.sh"

script '[{"print": "plain"}, {"print": {"text": "mapping"}}, {"print": "no newline", "end": ""},
  {"print": "|", "end": "\r\n"},
  {"print": ""}, {"print": 1.10}, {"print": true}, {"print": "e", "to": "stderr"},
  {"print": "f", "to": "stderr", "end": "-"},
  {"print": "ä € 😀 \u0041"}, {"print": "two\nlines"}, {"print": "x", "end": "", "capture": "r"},
  {"print": "${{ r }}."}]'
assert_exit 0
printf 'plain\nmapping\nno newline|\r\n\n1.10\ntrue\nä € 😀 A\ntwo\nlines\nxx.\n' | assert_stdout -
printf 'e\nf-' | assert_stderr -

# stdout and stderr keep their order where they are the same file.
run_command sh -c '"$0" - 2>&1' "$ARUN" <<<'[{"print": "1"}, {"print": "2", "to": "stderr"}, {"print": "3"},
  {"fail": "4"}]'
assert_exit 1
[[ $stdout == $'1\n2\n3\n<stdin>:'*4* ]] || fail 'out of order'

# Visible before the loop waits: no newline, into a pipe and into a file.
mkfifo pipe
start - <<<'[{"print": "waiting", "end": ""}, {"sleep": 60}]'
until_stdout waiting
kill -TERM "$pid"
finish
assert_exit 143
printf waiting | assert_stdout -
"$ARUN" - <<<'[{"print": "through a pipe"}, {"print": "and on", "end": ""}, {"sleep": 60}]' >pipe &
pid=$!
exec 7<pipe
read -r line <&7
assert_eq "$line" 'through a pipe'
read -r -N 6 line <&7
assert_eq "$line" 'and on'
kill -TERM "$pid"
finish
exec 7<&-
assert_exit 143

# A large text arrives whole, through a pipe that is slow to read too.
head -c 3000000 /dev/zero | tr '\0' x >large
(printf '[{"print": "'; cat large; printf '", "end": ""}, {"print": "end"}]') >large.json
run large.json
assert_exit 0
(cat large; echo end) | cmp -s - "$T/io/stdout" || fail 'a large text was changed'
"$ARUN" large.json | { sleep 0.1; cat >slow; }
(cat large; echo end) | cmp -s - slow || fail 'a large text was changed on its way through a pipe'

# A NUL byte in a text is printed as it is.
script '[{"print": "a\u0000b"}]'
assert_exit 0
printf 'a\0b\n' | assert_stdout -
