/// Scripts that have a bit of everything, for tests that cut runs short wherever they can.
///
/// Every `finally` prints "+N" first and "-N" last, and needs less than the grace period unless `endless`
/// says otherwise. "@" stands for a directory with part.yaml.
#pragma once

#include <array>
#include <string_view>

namespace arun::test {

struct CutScript {
    std::string_view name;
    std::string_view text;
    int status = 0;        ///< exit status of the whole run
    bool endless = false;  ///< some finally takes longer than the grace period
};

inline constexpr std::string_view cut_part = R"(
vars: {who: nobody}
env: {PART: "1"}
timeout: 3s
jobs:
- print: part for ${{ who }}
- {sleep: 1, finally: [{print: +1}, {sleep: 10ms}, {print: -1}]}
- {do: [{sleep: 10}], if: who == 'late'}
finally: [{print: +2}, {sleep: 10ms}, {print: -2}]
)";

inline constexpr std::array cut_scripts{
    CutScript{"plain jobs", R"(
vars: {n: 1}
jobs:
- print: ${{ n }}
- set: {n: 2, m: "${{ n }}"}
- timestamp: unix
- assert: [n == 2, m == 2]
- do: [{print: a}, {sleep: 0}, {print: b, if: n == 3}, {timestamp: "%X", utc: true}]
- {sleep: 1, name: "sleep ${{ n }}", id: s}
- print: ${{ jobs.s.outcome }}
)"},
    CutScript{"finally within finally", R"(
jobs:
- do:
  - {sleep: 1, finally: [{print: +1}, {sleep: 1, finally: [{print: +2}, {sleep: 500ms}, {print: -2}]}, {print: -1}]}
  - print: between
  finally:
  - print: +3
  - parallel: [{sleep: 200ms}, {sleep: 300ms, finally: [{print: +4}, {print: -4}]}]
  - {sleep: 9, timeout: 100ms, continue_on_error: true}
  - race: [{sleep: 100ms}, {sleep: 9, finally: [{print: +5}, {sleep: 50ms}, {print: -5}]}]
  - print: -3
finally: [{print: +6}, {sleep: 100ms}, {print: -6}]
)"},
    CutScript{"parallel", R"(
- parallel:
  - {sleep: 1, finally: [{print: +1}, {sleep: 1}, {print: -1}]}
  - do: [{sleep: 500ms}, {print: x}, {set: {y: 1}}, {sleep: "${{ y }}"}]
  - {print: skipped, if: false}
  - print: now
  capture: r
- print: ${{ length(r) }}
- parallel: {jobs: [{sleep: 1}, {sleep: 1}, {sleep: 2}, {print: late}], max_concurrent: 2}
)"},
    CutScript{"a child that fails cancels the others", R"(
- parallel:
  - {sleep: 9, finally: [{print: +1}, {sleep: 1}, {print: -1}]}
  - do: [{sleep: 1}, {fail: broken}]
    finally: [{print: +2}, {sleep: 300ms}, {print: -2}]
  - {sleep: 9, finally: [{print: +3}, {sleep: 2}, {print: -3}]}
- print: not reached
- {print: failed, if: failure()}
)",
              1},
    CutScript{"parallel without fail_fast", R"(
- parallel: {jobs: [{fail: a}, {sleep: 1}, {do: [{sleep: 500ms}, {fail: b}]}], fail_fast: false}
  continue_on_error: true
- print: on
)"},
    CutScript{"race with finally in the losers", R"(
- race:
  - {sleep: 3, finally: [{print: +1}, {sleep: 1}, {print: -1}]}
  - do: [{sleep: 1}, {print: won}]
    finally: [{print: +2}, {sleep: 200ms}, {print: -2}]
  - do: [{sleep: 2, finally: [{print: +3}, {sleep: 500ms}, {print: -3}]}]
    finally: [{print: +4}, {sleep: 500ms}, {print: -4}]
  capture: w
- print: ${{ w.index }}
- race: {jobs: [{fail: a}, {do: [{sleep: 1}, {print: b}]}, {sleep: 2}], first: success}
- {race: [{fail: c}, {sleep: 1}], continue_on_error: true}
)"},
    CutScript{"timeout inside of parallel around finally", R"(
- parallel:
  - do: [{sleep: 9, finally: [{print: +1}, {sleep: 1}, {print: -1}]}]
    timeout: 1s
    continue_on_error: true
    finally: [{print: +2}, {sleep: 100ms}, {print: -2}]
  - do: [{sleep: 3}, {print: x}]
    timeout: 5s
- {sleep: 2, timeout: 2s, continue_on_error: true}
- do: {sleep: 9, timeout: 2s}
  timeout: 1s
)",
              124},
    CutScript{"retry with finally", R"(
- do:
  - {sleep: 100ms, finally: [{print: +1}, {sleep: 100ms}, {print: -1}]}
  - {fail: again, if: "n < 3"}
  - {print: "${{ n }}"}
  retry: {limit: 4, interval: 1s, backoff: 2, jitter: 0.5, timeout: 9s, if: error == 'again'}
  context: {n: 1}
  finally: [{print: +2}, {sleep: 100ms}, {print: -2}]
  continue_on_error: true
- {sleep: 9, retry: {limit: 2, interval: 100ms, timeout: 1s}, finally: [{print: +3}, {sleep: 1}, {print: -3}]}
)",
              124},
    CutScript{"tick", R"(
- {tick: 1s, count: 3, do: [{print: "${{ loop.index }}"}]}
- {tick: 100ms, for: 350ms, do: {sleep: 10ms, finally: [{print: +1}, {sleep: 5ms}, {print: -1}]}}
- {tick: 100ms, count: 6, missed: burst, do: [{sleep: 250ms, if: loop.index == 2}, {print: b}]}
- {tick: 100ms, count: 4, missed: delay, do: [{sleep: 150ms, if: loop.index == 2}]}
- {tick: 100ms, until: loop.index == 3, do: [{print: u}]}
- {tick: 1s, timeout: 2500ms, do: timestamp, finally: [{print: +2}, {sleep: 1}, {print: -2}]}
)",
              124},
    CutScript{"repeat", R"(
- {repeat: 3, do: [{print: r}, {set: {x: "${{ loop.index }}"}}]}
- {repeat: 3, delay: 1s, do: {sleep: 100ms, finally: [{print: +1}, {print: -1}]}}
- {repeat: null, until: loop.index == 3, do: []}
- {repeat: 2, until: x == 7, do: [{print: "${{ x }}"}]}
)",
              1},
    CutScript{"for_each in order", R"(
- for_each: [a, b]
  as: host
  capture: r
  do:
  - {do: [{sleep: 100ms}, {print: "${{ host }}"}], finally: [{print: +1}, {sleep: 100ms}, {print: -1}]}
  - {print: "${{ loop.index }} ${{ host }}"}
- print: ${{ r }}
- {for_each: {range: [1, 10, 4]}, do: {fail: "${{ item }}", if: item == 5}, finally: [{print: +2}, {print: -2}]}
)",
              1},
    CutScript{"for_each at the same time", R"(
- for_each: [3, 1, 2]
  max_concurrent: 2
  do: {sleep: "${{ item }}", finally: [{print: +1}, {sleep: 300ms}, {print: -1}]}
- {for_each: {range: 20}, max_concurrent: 0, do: {sleep: 1}}
- for_each: {range: 4}
  max_concurrent: 0
  do:
  - {sleep: 1, finally: [{print: +2}, {sleep: 1}, {print: -2}]}
  - {fail: no, if: item == 2}
  - {sleep: 9, finally: [{print: +3}, {sleep: 1}, {print: -3}]}
)",
              1},
    CutScript{"background jobs in loops", R"(
- repeat: 3
  do:
  - do: [{sleep: "${{ loop.index }}"}, {print: "b${{ loop.index }}"}]
    id: b
    background: true
    finally: [{print: +1}, {sleep: 100ms}, {print: -1}]
- {for_each: [x, y], do: {print: "${{ item }}", background: true}}
- wait: b
- print: ${{ jobs.b.outcome }}
- {tick: 1s, count: 2, do: {sleep: 9, background: true, finally: [{print: +2}, {sleep: 1}, {print: -2}]}}
)"},
    CutScript{"wait and cancel", R"(
- {tick: 1s, do: {print: t}, id: clock, background: true, finally: [{print: +1}, {sleep: 500ms}, {print: -1}]}
- {do: [{sleep: 2}, {print: worked}], id: work, background: true, capture: c}
- {sleep: 10, id: never, background: true, finally: [{print: +2}, {sleep: 1}, {print: -2}]}
- {wait: work, timeout: 1s, continue_on_error: true}
- wait: work
- cancel: [clock, never]
- print: ${{ jobs.clock.outcome }}
- {do: [{sleep: 1}, {fail: bad}], id: bad, background: true}
- {wait: bad, continue_on_error: true}
- do:
  - {do: [{sleep: 1}, {print: inner}], background: true}
  - {sleep: 3, background: true, finally: [{print: +3}, {sleep: 100ms}, {print: -3}]}
  background: true
- wait: all
- {fail: late, background: true}
- sleep: 1
)",
              1},
    CutScript{"background jobs that nobody waits for", R"(
jobs:
- do: [{sleep: 1, finally: [{print: +1}, {sleep: 1}, {print: -1}]}, {sleep: 9}]
  background: true
  finally: [{print: +2}, {sleep: 1}, {print: -2}]
- {do: [{do: [{sleep: 20, finally: [{print: +3}, {sleep: 1}, {print: -3}]}], background: true}], background: true}
- parallel: [{do: [{sleep: 15, background: true, finally: [{print: +4}, {print: -4}]}]}, {sleep: 500ms}]
- {tick: 200ms, do: {print: bg}, background: true}
- sleep: 2
finally: [{print: +5}, {sleep: 1}, {print: -5}]
)"},
    CutScript{"nested contexts", R"(
vars: {v: 0}
jobs:
- do:
  - set: {v: 2}
  - {do: [{set: {v: 3}}, {sleep: 1}, {print: "${{ v }}"}], context: {v: "${{ v }}"}}
  - print: ${{ v }}
  context: {v: 1}
  capture: got
- {do: [{set: {v: 7}}, {sleep: 100ms}], context: shared}
- {print: "${{ v }}", context: shared, finally: [{print: "+${{ v }}"}, {sleep: 10ms}, {print: "-${{ v }}"}]}
- parallel:
  - {do: [{sleep: 1}, {set: {v: 8}}], context: shared}
  - {do: [{sleep: 2}, {print: "${{ v }}"}], context: shared}
- {fail: "v is ${{ v }}", context: {v: 9}, retry: 1, continue_on_error: true}
- assert: v == 0
)"},
    CutScript{"include", R"(
jobs:
- {include: "@/part.yaml", vars: {who: me}}
- parallel:
  - {include: "@/part.yaml", finally: [{print: +3}, {sleep: 10ms}, {print: -3}]}
  - {include: {script: "@/part.yaml", vars: {who: late}}, continue_on_error: true}
- {for_each: [1, 2], max_concurrent: 2, do: {include: "@/part.yaml"}, timeout: 500ms}
)",
              124},
    CutScript{"a script's own timeout", R"(
name: limited
timeout: 2s
jobs:
- {sleep: 1, finally: [{print: +1}, {sleep: 100ms}, {print: -1}]}
- {sleep: 9, finally: [{print: +2}, {sleep: 1}, {print: -2}]}
- {print: not reached, if: always()}
finally: [{print: +3}, {sleep: 1}, {print: -3}]
)",
              124},
    CutScript{"failures, conditions and continue_on_error", R"(
jobs:
- {fail: one, continue_on_error: true, id: one}
- print: ${{ jobs.one.error }}
- do: [{fail: two}, {print: skipped}, {print: also, if: failure()}, {fail: second, if: always()}]
- print: skipped
- {sleep: 1, if: failure(), finally: [{print: +1}, {print: "${{ success() }}"}, {print: -1}]}
- {do: [{print: x}, {sleep: 1}], if: always()}
- {print: "${{ missing.x }}", if: failure(), context: {missing: null}}
finally: [{print: +2}, {print: "${{ error }}"}, {sleep: 100ms}, {print: -2}]
)",
              1},
    CutScript{"a finally that fails", R"(
- {sleep: 1, finally: [{print: +1}, {fail: in it, continue_on_error: true}, {print: -1}], continue_on_error: true}
- do: [{sleep: 1}]
  finally: [{print: +2}, {print: -2}, {fail: clean-up}]
)",
              1},
    CutScript{"everything inside of everything", R"(
- race:
  - parallel:
    - for_each: [1, 2, 3]
      max_concurrent: 2
      do:
      - do:
        - {tick: 300ms, count: 2, do: {sleep: 100ms, finally: [{print: +1}, {sleep: 50ms}, {print: -1}]}}
        - {fail: odd, if: item == 2}
        retry: {limit: 1, interval: 200ms, timeout: 500ms}
        finally: [{print: +2}, {sleep: 50ms}, {print: -2}]
        continue_on_error: true
    - {repeat: 2, delay: 100ms, do: {race: [{sleep: 1}, {sleep: 2, finally: [{print: +3}, {sleep: 50ms}, {print: -3}]}]}}
    timeout: 2s
    finally: [{print: +4}, {sleep: 50ms}, {print: -4}]
  - do: [{sleep: 9, background: true, finally: [{print: +5}, {sleep: 50ms}, {print: -5}]}, {sleep: 10}]
    finally: [{print: +6}, {sleep: 50ms}, {print: -6}]
)",
              124},
    CutScript{"a finally longer than the grace period", R"(
jobs:
- parallel:
  - {sleep: 1, finally: [{print: +1}, {sleep: 60, finally: [{print: +2}, {sleep: 60}, {print: -2}]}, {print: -1}]}
  - do: [{sleep: 2}]
    finally: [{print: +3}, {tick: 1s, count: 20, do: {print: t}}, {print: -3}]
- {sleep: 1, background: true, finally: [{print: +4}, {sleep: 30}, {print: -4}]}
- sleep: 1
finally: [{print: +5}, {sleep: 30}, {print: -5}]
)",
              0, true},
};

}  // namespace arun::test
