#!/usr/bin/env bash
# `id` is literal and global to the Runner: jobs.ID.result, jobs.ID.outcome (before continue_on_error) and jobs.ID.error
# tell of the job; `name` is a label in messages.
. "${BASH_SOURCE%/*}/lib.sh"

tell='{"print": "${{ jobs.j.outcome }} ${{ jobs.j.result }} ${{ jobs.j.error }}|", "if": "always()"}'
script "[$tell, {\"print\": \"text\", \"id\": \"j\"}, $tell]"
assert_exit 0
assert_stdout '  |' text 'success text |'
script "[{\"fail\": \"why\", \"id\": \"j\", \"continue_on_error\": true}, $tell]"
assert_exit 0
assert_stdout 'failure  why|'
script "[{\"fail\": \"why\", \"id\": \"j\"}, $tell]"
assert_exit 1
assert_stdout 'failure  why|'
script "[{\"print\": \"x\", \"id\": \"j\", \"if\": \"false\"}, $tell]"
assert_stdout 'skipped  |'
script "[{\"fail\": \"before\"}, {\"print\": \"x\", \"id\": \"j\"}, $tell]"
assert_exit 1
assert_stdout 'skipped  |'
script "[{\"sleep\": 9, \"id\": \"j\", \"background\": true}, {\"sleep\": 1}, {\"cancel\": \"j\"}, $tell]"
assert_stdout 'cancelled  |'
script "[{\"race\": [{\"sleep\": 9, \"id\": \"j\"}, {\"sleep\": 1}]}, $tell]"
assert_stdout 'cancelled  |'
script "[{\"sleep\": 9, \"id\": \"j\", \"timeout\": 1, \"continue_on_error\": true}, $tell]"
assert_stdout 'failure  timed out after 1s|'
# While it runs, nothing is known; then the last one started tells.
script "[{\"do\": [{\"sleep\": 1}, {\"print\": \"done\"}],
  \"id\": \"j\", \"background\": true}, $tell, {\"wait\": \"j\"}, $tell]"
assert_stdout '  |' 'done' 'success done |'
script "[{\"for_each\": [1, 2], \"do\": {\"print\": \"p\${{ item }}\", \"id\": \"j\"}}, $tell]"
assert_stdout p1 p2 'success p2 |'
# It crosses contexts, groups and scripts.
script "[{\"parallel\": [{\"set\": {\"x\": 1}, \"id\": \"other\"},
  {\"print\": \"in the group\", \"id\": \"j\", \"context\": \"named\"}]}, $tell]"
assert_stdout 'in the group' 'success in the group |'
write one.json '[{"print": "first", "id": "j"}]'
write two.json "[$tell, {\"print\": \"\${{ jobs.j }}\"}]"
run one.json two.json
assert_exit 0
assert_stdout first 'success first |' '{"result":"first","outcome":"success","error":null}'

rejected '[{"print": "x", "id": »"${{ 1 }}"}]' id
rejected '[{"print": "x", "id": »"1a"}]' 1a
rejected '[{"print": "x", "id": »"all"}]' all
rejected '[{"print": "x", "id": »7}]' id
rejected '[{"print": "x", "id": "j"}, {"print": "y", "id": »"j"}]' "'j'"
rejected '[{"print": "x", "id": "job"}, {"print": "${{ jobs.»jib.result }}"}]' jib "did you mean 'job'"
rejected '[{"print": "x", "id": "job"}, {"print": "${{ jobs.job.»resutl }}"}]' resutl result

# name labels messages, and may be computed.
fails '[{"set": {"n": 3}}, {»"fail": "no", "name": "job number ${{ n }}"}]' "fail 'job number 3': no"
