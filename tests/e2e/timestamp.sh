#!/usr/bin/env bash
# `timestamp` prints the time of day: strftime plus %f and %3f, or iso8601, unix, unix_ms; default %X; C locale; on the
# virtual clock it follows it.
. "${BASH_SOURCE%/*}/lib.sh"

at=2024-03-05T07:08:09.123456Z
script '["timestamp", {"timestamp": "%H:%M:%S.%f"}, {"timestamp": "%S.%3f"}, {"timestamp": "iso8601"},
  {"timestamp": "unix"},
  {"timestamp": "unix_ms"}, {"timestamp": "%Y-%m-%d %a %b %p %j%%f"}, {"timestamp": {"format": "%s"}},
  {"timestamp": "one %% percent"},
  {"timestamp": "%H", "end": "h "}, {"timestamp": "%M", "end": "", "capture": "m"}, {"print": "=${{ m }}"},
  {"timestamp": "%x", "to": "stderr"}]' --start-time $at
assert_exit 0
assert_stdout 07:08:09 07:08:09.123456 09.123 2024-03-05T07:08:09.123+00:00 1709622489 1709622489123 \
    '2024-03-05 Tue Mar AM 065%f' 1709622489 'one % percent' '07h 08=08'
assert_stderr 03/05/24

# It moves with the virtual clock: a day, a leap day, a second.
script '["timestamp", {"sleep": "1d"}, {"timestamp": "%F %X"}, {"sleep": "16h51m50.5s"}, {"timestamp": "%F %X.%3f"}]' \
    --start-time 2024-02-28T07:08:09.500Z
assert_exit 0
assert_stdout 07:08:09 '2024-02-29 07:08:09' '2024-03-01 00:00:00.000'

# Local time and UTC.
TZ=Asia/Kathmandu script '[{"timestamp": "%H:%M %z"}, {"timestamp": "%H:%M %z", "utc": true}, {"timestamp": "iso8601"},
  {"timestamp": "iso8601", "utc": true}]' --start-time 2024-01-01T12:00:00Z
assert_stdout '17:45 +0545' '12:00 +0000' 2024-01-01T17:45:00.000+05:45 2024-01-01T12:00:00.000+00:00

# The C locale, whatever the environment says.
run_command LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 LC_TIME=de_DE.UTF-8 "$ARUN" --virtual \
    --start-time 2024-03-05T00:00:00Z - <<<'[{"timestamp": "%A %B %c"}]'
assert_stdout 'Tuesday March Tue Mar  5 00:00:00 2024'

# On the real clock it is the time of day; the start time's forms.
before=$(date -u +%s)
run - <<<'[{"timestamp": "unix"}]'
after=$(date -u +%s)
((stdout >= before && stdout <= after)) || fail "$stdout is not between $before and $after"
for time in 2024-01-01T12:00:00Z @1704110400 2024-01-01T14:00:00+02:00 2024-01-01T12:00:00; do
    script '[{"timestamp": "unix"}]' --start-time "$time"
    assert_exit 0
    assert_stdout 1704110400
done
for time in yesterday 12:00 2024-13-01T00:00:00Z 2024-02-30T00:00:00Z 2024-01-01T25:00:00Z ''; do
    script '["timestamp"]' --start-time "$time"
    assert_exit 2
    assert_stdout
    assert_stderr_contains --start-time
done
run --start-time 2024-01-01T12:00:00Z - <<<'["timestamp"]'
assert_exit 2
assert_stderr_contains --start-time --virtual
