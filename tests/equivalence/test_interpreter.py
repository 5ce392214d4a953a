"""Hand-computed scripts, a sentence of the contract each.   python3 -m unittest discover -s tests/equivalence"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from interpreter import interpret


def say(label):
    return {"print": label + " ${{ now() }}"}


def failing(after=0, message="broken"):
    return {"do": [{"sleep": after}, {"fail": message}]}


class ScriptTest(unittest.TestCase):
    def expect(self, script, lines, status=0, options=(), files=None, more=()):
        """`lines`: "label seconds" for say(label), anything else as it is. `more`: scripts that follow."""
        outcome = interpret([script, *more], options, files)
        found = [line.text.rstrip("\n") for line in outcome.lines]
        wanted = []
        for line in lines:
            label, _, seconds = line.rpartition(" ")
            try:
                wanted.append(f"{label} {float(seconds):.6f}" if label else line)
            except ValueError:
                wanted.append(line)
        self.assertEqual(found, wanted)
        self.assertEqual(outcome.status, status)
        return outcome


class ListsFailureAndSkipping(ScriptTest):
    def test_jobs_run_in_order(self):
        self.expect([{"sleep": 1}, say("a"), {"sleep": "500ms"}, say("b")], ["a 1", "b 1.5"])

    def test_later_jobs_of_a_failed_list_are_skipped(self):
        self.expect([say("a"), {"fail": "x"}, say("b")], ["a 0"], 1)

    def test_jobs_that_call_failure_always_or_cancelled_run_all_the_same(self):
        self.expect(
            [
                {"fail": "x"},
                {"if": "failure()", **say("failure")},
                {"if": "always()", **say("always")},
                {"if": "failure() && false", **say("no")},
                {"if": "cancelled()", **say("cancelled")},
                {"if": "true", **say("implied success")},
                {"if": "success()", **say("success")},
            ],
            ["failure 0", "always 0"],
            1,
        )

    def test_a_list_inside_fails_on_its_own(self):
        script = [{"do": [{"fail": "x"}, say("a")], "continue_on_error": True}, say("b")]
        self.expect(script, ["b 0"])

    def test_the_first_error_stays_primary(self):
        timed_out = {"sleep": 2, "timeout": 1}
        self.expect([timed_out, {"if": "always()", "fail": "x"}], [], 124)
        self.expect([{"fail": "x"}, {"if": "always()", **timed_out}], [], 1)

    def test_a_failing_finally_fails_a_job_that_was_well(self):
        self.expect([{"do": say("a"), "finally": {"fail": "x"}}, say("b")], ["a 0"], 1)

    def test_parallel_fails_fast(self):
        slow = {"do": [{"sleep": 2}, say("slow")], "finally": say("stopped")}
        self.expect([{"parallel": [slow, failing(1)]}], ["stopped 1"], 1)

    def test_parallel_that_does_not_fail_fast_lets_all_end_then_fails(self):
        script = [{"parallel": [{"do": [{"sleep": 2}, say("slow")]}, failing(1)], "fail_fast": False}, say("no")]
        self.expect(script, ["slow 2"], 1)

    def test_a_race_is_won_by_the_first_that_finishes_well_or_not(self):
        loser = {"sleep": 9, "finally": say("lost")}
        script = [{"race": [loser, {"do": [{"sleep": 1}, say("won")]}], "capture": "r"}, {"print": "${{ r.index }}"}]
        self.expect(script, ["won 1", "lost 1", "1"])
        self.expect([{"race": [loser, failing(1)]}], ["lost 1"], 1)

    def test_a_race_for_success_fails_when_all_have(self):
        self.expect([{"race": [failing(1), {"sleep": 2}], "first": "success"}, say("a")], ["a 2"])
        self.expect([{"race": [failing(1), failing(2)], "first": "success"}, say("a")], [], 1)

    def test_skipped_jobs_do_not_compete(self):
        script = [{"race": [{"if": "false", "sleep": 0}, {"sleep": 2}], "capture": "r"}, say("${{ r.index }}")]
        self.expect(script, ["1 2"])

    def test_an_empty_race_is_an_error_an_empty_parallel_is_well(self):
        self.expect([{"race": []}], [], 1)
        self.expect([{"parallel": []}, say("a")], ["a 0"])

    def test_keep_going_runs_the_rest_and_still_fails(self):
        self.expect([{"fail": "x"}, say("a")], ["a 0"], 1, ["-k"])

    def test_the_scripts_finally_runs_whatever_became_of_the_jobs(self):
        script = {"jobs": [failing(1)], "finally": [{"print": "${{ failure() }} ${{ error }}"}, say("end")]}
        self.expect(script, ["true broken", "end 1"], 1)
        self.expect({"jobs": [{"sleep": 1}], "finally": {"if": "failure()", **say("no")}}, [])

    def test_the_scripts_timeout_is_for_the_jobs_together(self):
        script = {"timeout": 3, "jobs": [{"sleep": 2}, say("a"), {"sleep": 2}, say("no")], "finally": say("end")}
        self.expect(script, ["a 2", "end 3"], 124)


class Background(ScriptTest):
    def test_it_starts_and_the_script_goes_on(self):
        self.expect([{"background": True, "id": "b", "do": [{"sleep": 1}, say("b")]}, say("a"), {"wait": "b"}], ["a 0", "b 1"])

    def test_its_failure_fails_the_script_at_its_wait_where_it_can_be_allowed(self):
        job = {"background": True, "id": "b", **failing(1)}
        self.expect([job, {"sleep": 2}, say("a"), {"wait": "b"}, say("no")], ["a 2"], 1)
        self.expect([job, {"wait": "b", "continue_on_error": True}, say("a")], ["a 1"])

    def test_or_else_when_the_runner_closes(self):
        self.expect([{"background": True, **failing(1)}, {"sleep": 2}, say("a")], ["a 2"], 1)

    def test_one_that_was_cancelled_has_not_failed(self):
        job = {"background": True, "id": "b", "sleep": 9}
        self.expect([job, {"sleep": 1}, {"cancel": "b"}, {"wait": "b"}, {"print": "${{ jobs.b.outcome }}"}], ["cancelled"])

    def test_closing_cancels_what_still_runs(self):
        self.expect([{"background": True, "sleep": 9, "finally": say("end")}, {"sleep": 1}], ["end 1"])

    def test_several_runs_of_one_id(self):
        start = {"background": True, "id": "b", "do": [{"sleep": "${{ loop.index }}"}, say("b")]}
        self.expect([{"repeat": 3, "do": start}, {"wait": "b"}, say("a")], ["b 1", "b 2", "b 3", "a 3"])
        self.expect([{"repeat": 3, "do": start}, {"sleep": 1.5}, {"cancel": "b"}, say("a")], ["b 1", "a 1.5"])

    def test_wait_before_the_start_and_after_the_end(self):
        start = {"background": True, "id": "b", "do": {"print": "x"}}
        wait = {"wait": "b", "capture": "r"}
        show = {"print": "r=${{ r }}"}
        self.expect([wait, show, start, {"sleep": 1}, {"cancel": "b"}, wait, show], ["r=", "x", "r=x"])

    def test_a_wait_that_times_out_leaves_its_jobs_running(self):
        start = {"background": True, "id": "b", "do": [{"sleep": 2}, say("b")]}
        wait = {"wait": "b", "timeout": 1, "continue_on_error": True}
        self.expect([start, wait, say("a"), {"wait": "b"}], ["a 1", "b 2"])

    def test_wait_all_excludes_the_caller(self):
        one = {"background": True, "do": [{"wait": "all"}, say("one")]}
        self.expect([{"background": True, "sleep": 2}, one, {"wait": "all"}], ["one 2"])

    def test_waiting_for_each_other_is_a_deadlock(self):
        def start(name, other):
            return {"background": True, "id": name, "do": [{"sleep": 1}, {"wait": other}]}

        self.expect([start("a", "b"), start("b", "a"), {"wait": "a"}], [], 125)


class Ticks(ScriptTest):
    def tick(self, lines, status=0, **fields):
        self.expect([{"tick": 1, **fields}, say("end")], lines, status)

    def test_ten_ticks_of_one_second_take_ten(self):
        self.tick([f"t {n}" for n in range(10)] + ["end 10"], count=10, do=say("t"))

    def test_no_drift_however_long_the_body_runs(self):
        self.tick(["t 0", "t 1", "t 2", "end 3"], count=3, do=[say("t"), {"sleep": 0.9}])

    def test_for_ends_exactly_there(self):
        self.tick(["t 0", "t 1", "t 2", "end 2.5"], **{"for": 2.5, "do": say("t")})

    def test_skip_drops_the_slots_and_they_use_up_count(self):
        body = [say("t"), {"sleep": 1.5, "if": "loop.index == 1"}]
        self.tick(["t 0", "t 2", "t 3", "end 4"], count=4, do=body)

    def test_a_body_that_ends_on_the_grid_is_in_time(self):
        self.tick(["t 0", "t 2", "end 4"], count=4, do=[say("t"), {"sleep": 2}])

    def test_burst_runs_them_at_once_until_it_has_caught_up(self):
        body = [say("t"), {"sleep": 2.5, "if": "loop.index == 1"}]
        self.tick(["t 0", "t 2.5", "t 2.5", "t 3", "end 4"], count=4, missed="burst", do=body)

    def test_delay_starts_a_new_grid_and_the_end_moves_with_it(self):
        body = [say("t"), {"sleep": 1.5, "if": "loop.index == 1"}]
        self.tick(["t 0", "t 1.5", "t 2.5", "end 3.5"], count=3, missed="delay", do=body)

    def test_until_ends_at_once_with_success(self):
        self.tick(["t 0", "t 1", "end 1.25"], count=9, until="loop.index == 2", do=[say("t"), {"sleep": 0.25}])

    def test_until_that_never_became_true_fails(self):
        self.tick(["t 0", "t 1"], 1, count=2, until="false", do=say("t"))

    def test_a_failing_body_ends_the_loop(self):
        self.tick(["t 0"], 1, count=5, do=[say("t"), {"fail": "x"}])

    def test_neither_count_nor_for_goes_on_until_it_is_cancelled(self):
        self.tick(["t 0", "t 1", "t 2"], 124, timeout=2.5, do=say("t"))

    def test_the_result_is_the_number_of_bodies(self):
        script = [{"tick": 1, "count": 4, "do": {"sleep": 1.5}, "capture": "r"}, {"print": "${{ r }}"}]
        self.expect(script, ["2"])

    def test_repeat_waits_between_rounds(self):
        script = [{"repeat": 3, "delay": 2, "do": say("r"), "capture": "n"}, say("${{ n }}")]
        self.expect(script, ["r 0", "r 2", "r 4", "3 4"])
        script = [{"repeat": 3, "delay": 2, "do": say("r"), "until": "loop.index == 2"}, say("a")]
        self.expect(script, ["r 0", "r 2", "a 2"])


class Cancellation(ScriptTest):
    def test_the_canceller_waits_for_the_finally(self):
        slow = {"sleep": 9, "finally": [{"sleep": 1}, say("f")]}
        self.expect([{"do": slow, "timeout": 2, "continue_on_error": True}, say("a")], ["f 3", "a 3"])
        self.expect([{"race": [slow, {"sleep": 2}]}, say("a")], ["f 3", "a 3"])
        self.expect([{"parallel": [slow, failing(2)], "continue_on_error": True}, say("a")], ["f 3", "a 3"])
        background = {"background": True, "id": "b", **slow}
        self.expect([background, {"sleep": 2}, {"cancel": "b"}, say("a")], ["f 3", "a 3"])

    def test_a_finally_sees_that_the_job_was_cancelled(self):
        show = {"print": "${{ success() }} ${{ failure() }} ${{ cancelled() }}"}
        self.expect([{"do": {"sleep": 9, "finally": show}, "timeout": 1}], ["false false true"], 124)
        self.expect([{"sleep": 9, "timeout": 1, "finally": show}], ["false true false"], 124)
        self.expect([{"sleep": 1, "finally": show}], ["true false false"])

    def test_it_ends_as_cancelled_whatever_its_finally_does(self):
        loser = {"sleep": 9, "retry": 3, "continue_on_error": True, "finally": {"fail": "x"}}
        self.expect([{"race": [loser, {"sleep": 1}]}, say("a")], ["a 1"])

    def test_finally_is_shielded_from_further_cancellation(self):
        inner = {"sleep": 9, "finally": [{"sleep": 2}, say("f")]}
        job = {"do": [{"do": inner, "timeout": 1, "continue_on_error": True}, say("no")], "timeout": 2}
        self.expect([job], ["f 3"], 124)

    def test_what_the_finally_delayed_arrives_at_its_end(self):
        job = {"do": [{"sleep": 1, "finally": [{"sleep": 2}, say("f")]}, say("no")], "timeout": 2}
        self.expect([job], ["f 3"], 124)

    def test_nested_losers_end_from_the_inside_out(self):
        inner = {"do": {"sleep": 9, "finally": [{"sleep": 1}, say("inner")]}, "finally": say("outer")}
        self.expect([{"race": [inner, {"sleep": 1}]}, say("a")], ["inner 2", "outer 2", "a 2"])

    def test_a_job_cancelled_before_its_first_step_never_starts(self):
        job = {"background": True, "id": "b", "do": say("no"), "finally": say("no")}
        self.expect([{"do": [job, {"cancel": "b"}, say("a")]}], ["a 0"])


class Modifiers(ScriptTest):
    """background(if(continue_on_error(finally(capture(timeout(retry(context(kind))))))))"""

    def test_background_is_outside_if(self):
        job = {"background": True, "id": "b", "if": "false", "do": say("no")}
        self.expect([job, {"wait": "b"}, {"print": "${{ jobs.b.outcome }}"}], ["skipped"])

    def test_if_is_outside_continue_on_error_and_finally(self):
        job = {"if": "missing > 1", "continue_on_error": True, "finally": say("no"), "do": say("no")}
        self.expect([job, say("no")], [], 1)
        self.expect([{"if": False, "finally": say("no"), "do": say("no")}, say("a")], ["a 0"])

    def test_continue_on_error_is_outside_finally(self):
        self.expect([{"do": [], "finally": {"fail": "x"}, "continue_on_error": True}, say("a")], ["a 0"])

    def test_finally_is_outside_capture(self):
        job = {"print": "x", "capture": "r", "finally": {"print": "r=${{ r }}"}}
        self.expect([job], ["x", "r=x"])

    def test_capture_is_outside_timeout_and_gives_null_for_a_failure(self):
        script = [
            {"set": {"r": 1}},
            {"sleep": 9, "timeout": 1, "capture": "r", "continue_on_error": True},
            {"print": "${{ r == null }}"},
        ]
        self.expect(script, ["true"])

    def test_timeout_is_for_all_retries(self):
        job = {"do": [say("t"), {"fail": "x"}], "retry": {"limit": 9, "interval": 1}, "timeout": 2.5}
        self.expect([job], ["t 0", "t 1", "t 2"], 124)

    def test_timeout_may_stand_inside_the_kinds_mapping_and_0_is_no_limit(self):
        self.expect([{"sleep": {"for": 9, "timeout": 1}}], [], 124)
        self.expect([{"sleep": 9, "timeout": 0}, say("a")], ["a 9"])

    def test_retry_makes_extra_attempts_and_waits_before_the_first_too(self):
        job = {"do": [say("t"), {"fail": "x"}], "retry": 2}
        self.expect([job], ["t 0", "t 1", "t 2"], 1)

    def test_retry_with_backoff_and_max_interval(self):
        retry = {"limit": 4, "interval": 1, "backoff": 2, "max_interval": 3}
        self.expect([{"do": [say("t"), {"fail": "x"}], "retry": retry}], ["t 0", "t 1", "t 3", "t 6", "t 9"], 1)

    def test_retrys_timeout_is_per_attempt(self):
        retry = {"limit": 1, "interval": 1, "timeout": 2}
        self.expect([{"do": [say("t"), {"sleep": 9}], "retry": retry}], ["t 0", "t 3"], 124)

    def test_retrys_if_sees_the_attempt(self):
        retry = {"limit": 9, "interval": 1, "if": "attempt < 3 && error == 'x'"}
        self.expect([{"do": [say("t"), {"fail": "x"}], "retry": retry}], ["t 0", "t 1", "t 2"], 1)

    def test_retry_is_outside_context_each_attempt_makes_it_afresh(self):
        body = [{"print": "${{ n }}"}, {"set": {"n": 2}}, {"fail": "x"}]
        job = {"context": {"n": 1}, "do": body, "retry": {"limit": 1}, "continue_on_error": True}
        self.expect({"vars": {"n": 0}, "jobs": [job, {"print": "${{ n }}"}]}, ["1", "1", "0"])

    def test_if_and_finally_do_not_see_the_context(self):
        job = {"context": {"n": 1}, "if": "n == 0", "print": "in-${{ n }}", "finally": {"print": "out-${{ n }}"}}
        self.expect({"vars": {"n": 0}, "jobs": [job]}, ["in-1", "out-0"])

    def test_a_named_context_is_shared_by_all_who_name_it(self):
        def job(*jobs):
            return {"context": "c", "do": list(jobs)}

        script = [job({"set": {"n": 1}}), {"print": "${{ n }}"}, job({"print": "${{ n }}"})]
        self.expect({"vars": {"n": 0}, "jobs": script}, ["0", "1"])

    def test_children_have_copies_lists_and_loops_do_not(self):
        count = {"set": {"n": "${{ loop.index }}"}}
        for job, left in (
            ({"repeat": 2, "do": count}, "2"),
            ({"tick": 1, "count": 2, "do": count}, "2"),
            ({"for_each": [1, 2], "do": count}, "0"),
            ({"parallel": [{"set": {"n": 7}}]}, "0"),
            ({"race": [{"set": {"n": 7}}]}, "0"),
            ({"do": [{"set": {"n": 7}}]}, "7"),
        ):
            self.expect({"vars": {"n": 0}, "jobs": [job, {"print": "${{ n }}"}]}, [left])


class Groups(ScriptTest):
    def test_max_concurrent(self):
        body = [{"sleep": 1}, {"print": "${{ item }} ${{ now() }}"}]
        self.expect([{"for_each": {"range": 3}, "do": body}], ["0 1", "1 2", "2 3"])
        self.expect([{"for_each": {"range": 3}, "max_concurrent": 2, "do": body}], ["0 1", "1 1", "2 2"])
        self.expect([{"for_each": {"range": 3}, "max_concurrent": 0, "do": body}], ["0 1", "1 1", "2 1"])

    def test_range_and_as(self):
        script = [{"for_each": {"range": [4, 0, -2]}, "as": "x", "do": {"print": "${{ x }}"}}]
        self.expect(script, ["4", "2"])

    def test_results_are_in_script_order(self):
        script = [
            {"parallel": [{"do": [{"sleep": 1}, {"print": "a"}]}, {"print": "b"}, {"if": False, "print": "c"}], "capture": "r"},
            {"print": "${{ r }}"},
        ]
        self.expect(script, ["b", "a", '["a","b",null]'])

    def test_what_comes_after_a_failed_item_does_not_start(self):
        body = [{"print": "${{ item }}"}, {"fail": "x", "if": "item == 2"}]
        self.expect([{"for_each": [1, 2, 3], "do": body}], ["1", "2"], 1)
        self.expect([{"for_each": [1, 2, 3], "fail_fast": False, "do": body}], ["1", "2", "3"], 1)


class CommandLines(ScriptTest):
    def test_timeout_is_for_the_whole_run(self):
        script = {"jobs": [{"sleep": 2}, say("a"), {"sleep": 2}, say("no")], "finally": flags("finally")}
        self.expect(script, ["a 2", "finally failure:true cancelled:true 3"], 124, ["--timeout=3"], more=[[say("no")]])

    def test_timeout_holds_in_the_finally_and_the_grace_period_begins_there(self):
        script = {"jobs": [say("a")], "finally": [{"sleep": 60}, say("no")]}
        self.expect(script, ["a 0"], 124, ["--timeout=1", "--grace=1"])

    def test_a_failure_before_the_timeout_stays_the_first(self):
        self.expect([{"fail": "x"}, {"if": "always()", "sleep": 9}], [], 1, ["--timeout=3"])

    def test_a_failed_script_stops_the_later_ones_unless_k(self):
        self.expect([{"fail": "x"}], [], 1, more=[[say("b")]])
        self.expect([{"fail": "x"}], ["b 0"], 1, ["-k"], more=[[say("b")]])

    def test_with_k_the_next_script_has_a_grace_period_of_its_own(self):
        slow = {"timeout": 1, "jobs": [{"sleep": 9}], "finally": [{"sleep": 30}, say("no")]}
        next_one = {"jobs": [say("b")], "finally": [{"sleep": 9}, say("c")]}
        self.expect(slow, ["b 6", "c 15"], 124, ["-k"], more=[next_one])

    def test_scripts_share_the_runner(self):
        background = {"background": True, "id": "b", "do": [{"sleep": 2}, say("b")]}
        self.expect([{"set": {"x": 7}}, background], ["b 2", "7 b success"], more=[[{"wait": "b"}, SHOW]])

    def test_isolated_jobs_start_anew_on_a_clock_of_their_own(self):
        script = {"vars": {"x": 1}, "jobs": [{"do": [{"set": {"x": 2}}, {"sleep": 1}, say("a")]}, SHOW, say("b")]}
        self.expect(script, ["a 1", "1 b ", "b 0"], options=["--isolated"])

    def test_an_include_has_parameters_and_sets_what_it_did_not_declare(self):
        part = {"vars": {"x": 5, "y": 6}, "jobs": [{"print": "${{ x }} ${{ y }} y"}, {"set": {"x": 8, "z": 9}}]}
        script = [{"set": {"x": 1, "y": 2, "z": 3}}, {"include": "part", "vars": {"x": 4}}]
        script += [{"print": "${{ x }} ${{ y }} ${{ z }} x"}]
        self.expect(script, ["4 6 y", "1 2 9 x"], files={"part": part})

    def test_a_deadlock_ends_the_jobs_before_the_finally(self):
        script = {
            "jobs": [
                {"background": True, "id": "a", "do": [{"sleep": 1}, {"wait": "b"}], "finally": [{"sleep": 1}, say("a")]},
                {"background": True, "id": "b", "do": {"wait": "a"}},
                {"wait": "a"},
            ],
            "finally": flags("finally"),
        }
        self.expect(script, ["a 2", "finally failure:false cancelled:true 2"], 125)

    def test_background_jobs_run_to_the_end_of_the_last_instant(self):
        script = [{"background": True, "do": [{"repeat": 3, "do": {"sleep": 0}}, say("a"), {"sleep": 1}, say("no")]}]
        self.expect(script, ["a 0"])
        self.expect([{"background": True, "do": [{"sleep": 0}, {"fail": "x"}]}], [], 1)

    def test_jobs_id_is_looked_up_inside_out(self):
        rounds = {"for_each": [1, 2], "as": "i", "max_concurrent": 0, "do": []}
        rounds["do"] = [{"id": "j", "print": "${{ i }}"}, {"sleep": "${{ i }}"}, {"print": "${{ jobs.j.result }}"}]
        self.expect([rounds], ["1", "2", "1", "2"])


SHOW = {"print": "${{ x }} b ${{ jobs.b.outcome }}"}


def flags(label):
    return say(label + " failure:${{ failure() }} cancelled:${{ cancelled() }}")


if __name__ == "__main__":
    unittest.main()
