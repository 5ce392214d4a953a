#include "jobs/kind.hpp"
#include "jobs/process.hpp"

namespace arun::jobs {

namespace {

struct Exec {
    struct Arguments : ProcessArguments {
        Argv argv;
    };
    static constexpr std::string_view name = "exec";
    static constexpr std::string_view summary = "runs a program";
    static constexpr std::string_view result = "`{exit, signal, stdout, stderr, duration}`";
    static constexpr const script::ResultType& result_type = process_result_type;
    static constexpr std::string_view shorthand = "argv";
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "There is no shell: each item of the list is one argument, whatever it contains. The "
        "program is looked up in the PATH of its own environment; a name with a slash is "
        "relative to `dir`.\n\n"
        "The program runs in a process group of its own. The job ends when the program has "
        "exited and what it has left behind has ended too: a process of its group, or one "
        "that still holds a pipe of the job. After `kill_after`, what is left of the group is "
        "named on standard error and stopped; a program that goes on belongs in a job with "
        "`background: true`.\n\n"
        "To stop a group, as when the job is cancelled, is to send it `stop_signal`, and "
        "SIGKILL after `kill_after`. Its output is read until the end. Processes that have "
        "left the group are stopped when the Runner closes. If one signal ends both the "
        "program and the run, the job was cancelled.\n\n"
        "`terminal: true` gives the group the terminal: it is in the foreground, can read from "
        "the terminal and change its settings, and gets its signals. The settings are put back "
        "afterwards. Such jobs take turns. A program that needs the terminal without having it "
        "(a prompt for a password, a pager, an editor) fails the job. `stdin: inherit` gives a "
        "program the standard input of arun; write `${{ 'inherit' }}` for that text. Where "
        "there is no terminal, as in CI, `terminal: true` has no effect.\n\n"
        "A program that cannot start because too many descriptors are open, or too many "
        "processes exist, starts when another one of the run has ended.\n\n"
        "With `output: prefix`, output appears in whole lines, each after the job's label: "
        "`name | line`; a line that is unfinished for a while is shown as far as it goes. With "
        "`output: group`, all of it appears at once when the job ends. With `output: discard`, "
        "its last lines are shown if the job fails. With `output: {file: PATH}`, it goes to a "
        "file, relative to `dir`, which is emptied first unless `append: true` is there too; "
        "`stderr: inherit` leaves standard error out. What a program writes to a file is not "
        "masked.\n\n"
        "In the result, `exit` is the exit status, or 128 plus the signal's number, as `$?` "
        "in the shell; `signal` is the name of the signal that killed the program, or null; "
        "`duration` is in seconds. `stdout` and `stderr` are kept only where something can "
        "read them (`id`, `capture`, `retry`, `expect`), without trailing newlines; if one of "
        "them exceeds `max_output`, the job fails; a `background` job goes on, and that text is "
        "null in its result.\n\n"
        "Without `expect`, the exit status must be 0. `expect` compares `stdout` and `stderr` "
        "without trailing newlines. A death by signal is always a failure.";
    static constexpr std::string_view example =
        "- exec: [make, -s, all]\n  dir: build\n"
        "- exec: [git, rev-parse, --short, HEAD]\n  output: discard\n  capture: head\n"
        "- print: \"at ${{ head.stdout }}\"\n"
        "- exec: [grep, -c, ERROR, app.log]\n  expect: {exit: [0, 1], stdout: {lt: 10}, duration: {lt: "
        "2s}}\n";
    static constexpr auto fields = with_process_fields(std::array{
        script::field<&Arguments::argv>("argv", "the program and its arguments", {.required = true}),
    });

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node) {
        apply_defaults(compiler, arguments);
    }

    static Coro<script::Value> run(Scope& scope, const Arguments& arguments) {
        MakeArgv argv = [&arguments](const Scope& inside) { return texts_of(arguments.argv, inside); };
        return run_process(scope, arguments, std::move(argv));
    }
};

}  // namespace

ARUN_JOB_KIND(exec, Exec)

}  // namespace arun::jobs
