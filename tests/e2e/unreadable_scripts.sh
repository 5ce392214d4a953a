#!/usr/bin/env bash
# A script that cannot be read, is empty or is no text is told with its name, exit status 2, and nothing runs; a byte
# order mark, CRLF and a missing last newline are no mistakes.
. "${BASH_SOURCE%/*}/lib.sh"

write good.json '[{"print": "good"}]'

# refused FILE TEXT...: neither this file nor a good one before it is run.
refused() {
    local file=$1 command
    shift
    for command in run check; do
        run $command good.json "$file"
        assert_exit 2
        assert_stdout
        assert_stderr_contains "$file" 'error: ' "$@"
    done
}

refused missing.json 'no such file'
mkdir folder.yaml
refused folder.yaml directory
refused good.json/x 'not a directory'
: >empty.json
refused empty.json empty
: >empty.yaml
refused empty.yaml empty
printf ' \n\n' >blank.json
refused blank.json blank.json: empty
printf '# nothing\n\n' >comment.yaml
refused comment.yaml
head -c 4096 "$ARUN" >binary.json
refused binary.json binary.json:1:
head -c 4096 "$ARUN" >binary.yaml
refused binary.yaml binary.yaml:1:
printf '[{"print": "a\0b"}]' >nul.json
refused nul.json nul.json:1:14: NUL
printf '[{"print": "caf\xe9"}]' >latin1.json
refused latin1.json latin1.json:1:16: 0xE9 UTF-8
printf -- '- print: caf\xe9\n' >latin1.yaml
refused latin1.yaml latin1.yaml:1:13: 0xE9 UTF-8
printf '\xff\xfe[\0]\0' >utf16.json
refused utf16.json UTF-16 UTF-8

# All that cannot be read is told in one run.
run missing.json empty.json folder.yaml
assert_exit 2
assert_stderr_contains missing.json empty.json folder.yaml

# Standard input likewise.
run - </dev/null
assert_exit 2
assert_stderr_contains '<stdin>' empty
run </dev/null
assert_exit 2
assert_stderr_contains '<stdin>' empty
run - <folder.yaml
assert_exit 2
assert_stderr_contains '<stdin>' directory
run - <&-
assert_exit 2
assert_stderr_contains '<stdin>'

# A byte order mark, and line ends of another system: lines and columns stay right.
printf '\xef\xbb\xbf[{"print": "bom"}]' >bom.json
printf '\xef\xbb\xbf- print: bom' >bom.yaml
printf '[\r\n  {"print": "crlf"},\r\n  {"print": "again"}\r\n]\r\n' >crlf.json
printf -- '- print: crlf\r\n- print: again\r\n' >crlf.yaml
for form in json yaml; do
    run bom.$form
    assert_exit 0
    assert_stdout bom
    run - <bom.$form
    assert_exit 0
    assert_stdout bom
    run crlf.$form
    assert_exit 0
    assert_stdout crlf again
done
printf '\xef\xbb\xbf[{"prin": 1}]' >bom.json
run bom.json
assert_stderr_contains 'bom.json:1:3: error: '
printf '[\r\n  {"prin": 1}\r\n]\r\n' >crlf.json
run crlf.json
assert_stderr_contains 'crlf.json:2:4: error: '
printf -- '- print: a\r\n- prin: 1\r\n' >crlf.yaml
run crlf.yaml
assert_stderr_contains 'crlf.yaml:2:3: error: '
assert_stderr_lacks $'\r'

# A FIFO is read as a file is.
mkfifo fifo
printf '[{"print": "from a pipe"}]' >fifo &
run fifo
assert_exit 0
assert_stdout 'from a pipe'
# A terminal must not be driven by a file's name.
write $'\e[31m.json' '['
run $'\e[31m.json'
assert_exit 2
assert_stderr_lacks $'\e'
