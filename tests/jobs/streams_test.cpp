// Scripts that arrive while they run: what a session takes from them, and what stays of them.
#include "jobs/streams.hpp"

#include "jobs/kind.hpp"
#include "jobs/session.hpp"
#include "rt/line_reader.hpp"
#include "support/pipe.hpp"
#include "support/sessions.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <unistd.h>

using namespace arun;
using namespace arun::jobs;
using namespace arun::test;

namespace {

/// A stream of all of a text. Its writer is a thread, for it may be more than a pipe holds.
class TextStream {
public:
    explicit TextStream(std::string text, std::size_t longest = 1 << 20) : text_(std::move(text)) {
        reader = LineReader::make(ends_[0], FdWatch::Sharing::own, longest);
        writer_ = std::thread([this] {
            std::string_view rest = text_;
            while (!rest.empty()) {
                const auto written = ::write(ends_[1], rest.data(), rest.size());
                if (written <= 0) break;
                rest.remove_prefix(static_cast<std::size_t>(written));
            }
            ::close(ends_[1]);
        });
    }
    TextStream(const TextStream&) = delete;
    ~TextStream() { writer_.join(); }
    std::shared_ptr<LineReader> reader;

private:
    std::string text_;
    std::array<int, 2> ends_ = open_pipe();
    std::thread writer_;
};

/// A run of one stream.
template <class F>
struct StreamSession {
    template <class... A>
    explicit StreamSession(std::string text, A&&... more)
        : stream(std::move(text)),
          feed(stream.reader, "s", compilation.compilation(), std::forward<A>(more)...) {}

    void run() {
        ScriptSource* const feeds[] = {&feed};
        run_result = run_session(feeds, compilation.compilation(), options, output, observer);
    }

    /// Keeps what it is told about errors.
    class Listener final : public Observer {
    public:
        void diagnosed(const Diagnostics& diagnostics) override { messages += list_of(diagnostics) + "\n"; }
        void failed(const Failure& failure, FailureContext) override { messages += failure.message + "\n"; }
        std::string messages;
    };

    Compilation compilation;
    TextStream stream;
    F feed;
    SessionOptions options = virtual_session();
    MemoryOutput output;
    Listener observer;
    RunResult run_result;
};

using Lines = StreamSession<JsonLinesSource>;
using Documents = StreamSession<YamlDocumentsSource>;

}  // namespace

TEST_CASE("each line is a job, and a bad one ends the run") {
    Lines session("{\"print\": 1}\n\n{\"print\": 2}\n{\"prin\": 3}\n{\"print\": 4}");
    session.run();
    CHECK(session.output.out == "1\n2\n");
    CHECK(session.observer.messages == "4:2: unknown kind of job 'prin'; did you mean 'print'?\n");
    CHECK(session.run_result.rejected);
    CHECK(session.run_result.exit_status() == 2);
}

TEST_CASE("a value has a line of its own, also among many that are read at once") {
    std::string many;
    std::string printed;
    for (int i = 0; i < 100; ++i) {
        many += "{\"print\": \"" + std::to_string(i) + "\"}" + (i % 3 == 0 ? "\r\n" : "\n");
        if (i % 7 == 0) many += " \n\n";
        printed += std::to_string(i) + "\n";
    }
    const auto run = [&](const std::string& lines) {
        Lines session("\n\t\n" + many + lines + many);
        session.run();
        CHECK(session.output.out.starts_with(printed));
        return session.output.out.substr(printed.size()) + session.observer.messages;
    };
    CHECK(run("") == printed);
    CHECK(run("  {\"print\": {\"text\": \"a\\nb\"}} \n") == "a\nb\n" + printed);

    const std::string advice = "; in JSON Lines every job is on a line of its own (jq writes that with -c)\n";
    CHECK(run("{\"print\": 1} {\"print\": 2}\n") == "133:14: more text after the end of the job" + advice);
    CHECK(run("{\"print\": 1},{\"print\": 2}\n") == "133:13: more text after the end of the job" + advice);
    CHECK(run("{\"print\": 1},\n") == "133:13: more text after the end of the job" + advice);
    CHECK(run("{\"print\": 1,\n\"to\": \"stderr\"}\n") == "133:1: this '{' is never closed" + advice);
    // The comma that stands for the newline would be a part of the text.
    CHECK(run("{\"print\": \"1\n2\"}\n") == "133:11: this quote is never closed; a '\"' is missing\n");
    CHECK(run("{\"print\": \"1\n2\"},{\"print\": 3}\n") ==
          "133:11: this quote is never closed; a '\"' is missing\n");
    CHECK(run("{\"print\": 1, \"print\": 2}\n") ==
          "133:14: duplicate key 'print'; the first is in column 2\n");
    CHECK(run("{\"print\": 01}\n") == "133:11: malformed number '01'; remove the leading zeros\n");
    CHECK(run("{\"print\": 1}]\n[{\"print\": 2}\n") == "133:13: a ']' that closes nothing" + advice);
}

TEST_CASE("a failed line ends the stream, unless it is to be kept going") {
    for (const bool keep_going : {false, true}) {
        Lines session("{\"fail\": \"no\"}\n{\"if\": \"always()\", \"print\": 2}\n{\"prin\": 3}\n");
        session.options.keep_going = keep_going;
        session.run();
        CHECK(session.output.out == (keep_going ? "2\n" : ""));
        CHECK(session.run_result.exit_status() == (keep_going ? 2 : 1));
        CHECK(session.run_result.failure->message == "no");
        // Its line is gone but for this.
        CHECK(session.run_result.failure->chain.front().job->span().source->text().find("no") !=
              std::string_view::npos);
    }
}

TEST_CASE("a line that is longer than a script may be is no script") {
    Compilation compilation;
    TextStream stream("{\"print\": 1}\n{\"print\": \"" + std::string(6000, 'x') + "\"}\n", 5000);
    JsonLinesSource feed(stream.reader, "s", compilation.compilation());
    Diagnostics diagnostics;
    const auto script = feed.read_all(diagnostics);
    CHECK(list_of(diagnostics) == "line 2 of 's' is larger than a script may be, 1 GiB");
    CHECK(script->body.jobs.jobs.size() == 1);
}

TEST_CASE("what cannot be read is told of once") {
    Compilation compilation;
    JsonLinesSource feed(LineReader::make(::open("/", O_RDONLY | O_CLOEXEC), FdWatch::Sharing::own, 100), "/",
                         compilation.compilation());
    Diagnostics diagnostics;
    CHECK(feed.read_all(diagnostics)->body.jobs.empty());
    CHECK(list_of(diagnostics) == "cannot read '/': is a directory");
    CHECK(feed.next_job() == ScriptSource::Next::end);
}

TEST_CASE("all lines are one script for those who look only") {
    Compilation compilation;
    TextStream stream(
        "{\"set\": {\"x\": 1}}\n{\"print\": \"${{ x }} ${{ y }}\"}\n[]\n{\"prin\": 1}\n{\"print\": 2}");
    JsonLinesSource feed(stream.reader, "s", compilation.compilation());
    Diagnostics diagnostics;
    const auto script = feed.read_all(diagnostics);
    CHECK(script->body.jobs.jobs.size() == 2);
    CHECK(list_of(diagnostics) ==
          "2:25: unknown name 'y'; nothing in the script sets it; text in an expression needs quotes\n"
          "3:1: a line of JSON Lines is one job, not a list; write each job on its own line; --format "
          "json "
          "reads a list\n"
          "4:2: unknown kind of job 'prin'; did you mean 'print'?");
}

TEST_CASE("documents are scripts, each with its own line numbers") {
    Documents session(
        "- print: 1\n---\nvars: {x: 2}\njobs: [print: \"${{ x }}\"]\n...\n---\n---\n- prin: 3\n",
        script::GivenVariables());
    session.run();
    CHECK(session.output.out == "1\n2\n");
    CHECK(session.observer.messages == "8:3: unknown kind of job 'prin'; did you mean 'print'?\n");
    CHECK(session.run_result.exit_status() == 2);
}

TEST_CASE("a stream knows whether its first document is alone") {
    for (const auto& [text, more] :
         {std::pair("- print: 1\n", false), std::pair("# c\n---\n- a\n  b\n", false), std::pair("", false),
          std::pair("- a\n---\n", true), std::pair("- a\n...\n- b\n", true)}) {
        Compilation compilation;
        TextStream stream(text);
        YamlDocumentsSource feed(stream.reader, "s", compilation.compilation(), {});
        CHECK(feed.has_more_documents() == more);
        CHECK(feed.text() == text);
    }
}

TEST_CASE("names outlive the lines that define them, and nothing else does") {
    std::string text = "{\"set\": {\"x\": 1}}\n{\"do\": {\"set\": {\"y\": 2}}, \"context\": \"shared\"}\n";
    for (int i = 0; i < 1000; ++i)
        text +=
            "{\"for_each\": [1], \"do\": [{\"set\": {\"x\": 2}}, {\"print\": \"${{ x }}${{ item }}\", "
            "\"end\": \"\"}]}\n"
            "{\"print\": \"${{ y }}\", \"end\": \"\", \"context\": \"shared\", \"id\": \"i\"}\n";
    Lines session(text);
    session.run();
    CHECK(session.observer.messages.empty());
    CHECK(session.run_result.exit_status() == 0);
    CHECK(session.output.out.size() == 3000);
    CHECK(session.compilation.compilation().symbols.ids().size() == 1);
    CHECK(session.compilation.compilation().names.size() == 2);
}

TEST_CASE("what is set in a child stays unknown to later lines") {
    Lines session("{\"parallel\": [{\"print\": 1, \"capture\": \"x\"}]}\n{\"print\": \"${{ x }}\"}\n");
    session.run();
    CHECK(session.run_result.exit_status() == 2);
    CHECK(session.observer.messages ==
          "2:16: unknown name 'x'; nothing in the script sets it; text in an expression needs quotes\n");
}
