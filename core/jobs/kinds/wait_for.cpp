#include "jobs/kind.hpp"
#include "jobs/readiness.hpp"
#include "script/compiler.hpp"

namespace arun::jobs {

namespace {

using script::Value;

struct WaitFor {
    using Arguments = ReadinessArguments;
    static constexpr std::string_view name = "wait_for";
    static constexpr std::string_view summary = "waits for an answer, a file, a success, or words";
    static constexpr std::string_view result = "the seconds that it took";
    static constexpr const script::ResultType& result_type = script::result_types::number;
    static constexpr std::string_view shorthand = {};
    static constexpr bool effects = true;
    static constexpr std::string_view notes =
        "Exactly one of `tcp`, `http`, `file`, `run` and `exec` is tried, again and again "
        "with `interval` in between, until it succeeds: the port accepts a connection, the "
        "answer meets `expect` (by default, a status from 200 to 299), the file exists, the "
        "command exits with 0. With `invert`, it waits until that no longer holds.\n\n"
        "With `output` in place of these, it waits for words in the output of a background job, "
        "from the start of that job: `contains` is a text, and `matches` a regular expression that "
        "is searched in each line. It ends when the words arrive, and fails when the job ends without them; "
        "the "
        "failure shows the last lines. Of a job that has printed more than 8 MiB, the end is "
        "searched. With `file`, the words are looked for in the file.\n\n"
        "Without the modifier `timeout`, it waits 30 seconds; `timeout: 0` sets no limit. A "
        "single try may take 5 seconds, or `interval` if that is longer. The failure shows "
        "what the last try found.\n\n"
        "With `while`, the wait looks once more when that background job ends, and then fails: "
        "there is no point in waiting for a server that could not start. The failure says how "
        "the job ended.";
    static constexpr std::string_view example =
        "- exec: [python3, -m, http.server, \"8000\"]\n  id: server\n  background: true\n"
        "- wait_for: {tcp: \"127.0.0.1:8000\", while: server, timeout: 10s}\n"
        "- wait_for: {output: server, contains: Serving}\n"
        "- wait_for: {http: \"http://127.0.0.1:8000/\", interval: 1s}\n- cancel: server\n";
    static constexpr std::array fields{
        script::field<&Arguments::tcp>("tcp", "a port that accepts connections, as host:port"),
        script::field<&Arguments::http>("http", "a URL, or a mapping of the arguments of http"),
        script::field<&Arguments::file>("file", "a path that exists"),
        script::field<&Arguments::output>("output", "the background job whose output has the words"),
        script::field<&Arguments::contains>("contains", "the words, in the output or the file"),
        script::field<&Arguments::matches>("matches", "a regular expression for a line of it"),
        script::field<&Arguments::script>("run", "a shell script that exits with 0"),
        script::field<&Arguments::argv>("exec", "a program and its arguments, which exits with 0"),
        script::field<&Arguments::interval>("interval", "the pause between two tries", {.fallback = "200ms"}),
        script::field<&Arguments::invert>("invert", "waits until it no longer holds", {.fallback = "false"}),
        script::field<&Arguments::job>("while", "the background job that must stay alive"),
    };

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        check_readiness(compiler, arguments, key.span());
    }

    static Coro<Value> run(Scope& scope, const Arguments& arguments) {
        return with_default_timeout(scope, wait_until_ready(scope, arguments));
    }
};

}  // namespace

ARUN_JOB_KIND(wait_for, WaitFor)

}  // namespace arun::jobs
