#include "trials/test_file.hpp"

#include "base/suggestion.hpp"
#include "base/text.hpp"
#include "base/time_format.hpp"
#include "cli/options.hpp"
#include "jobs/kind.hpp"
#include "jobs/process_arguments.hpp"
#include "rt/signals.hpp"
#include "script/template.hpp"
#include "syntax/load.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <set>
#include <utility>

namespace arun::app {
namespace {

using script::Compiler;
using script::Value;
using syntax::Node;
using syntax::Type;
using tape::GivenAnswer;
using Pieces = std::vector<GivenAnswer::Piece>;

/// Has no values: only literals and constant expressions can be evaluated.
class NoContext final : public script::EvalContext {
public:
    const Value* variable(const script::Symbol&) const override { return nullptr; }
    Value environment(std::string_view) const override { return {}; }
    Value environment() const override { return {}; }
    Value job(const script::JobId&, script::JobProperty) const override { return {}; }
    Value loop_index() const override { return {}; }
    bool status(script::Status) const override { return true; }
    Duration now() const override { return {}; }
    Value run_property(std::string_view) const override { return {}; }
    std::chrono::system_clock::time_point wall_time() const override { return {}; }
    std::optional<double> random() const override { return std::nullopt; }
};

/// What the keys of a mapping do with their values.
using Keys = std::vector<std::pair<std::string_view, std::function<void(Node)>>>;

/// What other tools call the keys of a test.
constexpr std::array synonyms{
    Synonym{"mocks", "answers"},     Synonym{"mock", "answers"},      Synonym{"stubs", "answers"},
    Synonym{"responses", "answers"}, Synonym{"given", "answers"},     Synonym{"inputs", "vars"},
    Synonym{"variables", "vars"},    Synonym{"input", "stdin"},       Synonym{"assert", "expect"},
    Synonym{"expected", "expect"},   Synonym{"assertions", "expect"}, Synonym{"then", "expect"},
    Synonym{"cases", "tests"},       Synonym{"testcases", "tests"},   Synonym{"environment", "env"},
    Synonym{"file", "script"},       Synonym{"scripts", "script"},    Synonym{"code", "exit"},
    Synonym{"exit_code", "exit"},    Synonym{"exitcode", "exit"},     Synonym{"status", "exit"},
    Synonym{"delay", "after"},       Synonym{"repeat", "times"},      Synonym{"count", "times"},
    Synonym{"url", "http"},          Synonym{"request", "http"},      Synonym{"command", "run"},
    Synonym{"cmd", "run"},           Synonym{"port", "tcp"},          Synonym{"path", "file"},
    Synonym{"out", "stdout"},        Synonym{"err", "stderr"},        Synonym{"content", "text"},
    Synonym{"contents", "text"},     Synonym{"hangs", "never"},       Synonym{"signal", "signals"},
    Synonym{"title", "name"},        Synonym{"description", "name"},  Synonym{"result", "outcome"},
};

class FileReader {
public:
    FileReader(TestFile& file, Compiler& compiler, Diagnostics& diagnostics)
        : file_(file),
          folder_(std::filesystem::path(file.path).parent_path()),
          compiler_(compiler),
          diagnostics_(diagnostics) {}

    void read(Node root) {
        if (!root.is(Type::map) || (root.find("jobs") && !root.find("tests")))
            return error(root.span(), root.is(Type::map) ? "this is a script, not a file of tests"
                                                         : "a file of tests is a mapping with 'tests', not " +
                                                               std::string(type_name(root.type())));
        Keys keys = setting_keys(file_.setting);
        std::optional<Node> tests;
        keys.emplace_back("tests", [&](Node node) { tests = node; });
        read_mapping(root, "a file of tests", keys);
        if (tests) for_each_item(*tests, "'tests'", "a list of tests", [&](Node test) { read_test(test); });
        if (file_.tests.empty() && !diagnostics_.has_errors())
            error(root.span(), tests ? "there are no tests in it" : "a file of tests has 'tests': a list");
    }

private:
    void error(Span where, std::string message, std::string hint = {}) {
        diagnostics_.error(where, std::move(message), std::move(hint));
    }
    std::string place_of(Node node) const {
        const auto at = node.span();
        return at.source->name() + ':' + std::to_string(at.source->position(at.begin).line);
    }
    /// The same for all names of a file, as far as they can be resolved.
    static std::string normal(const std::string& path) {
        std::error_code error;
        const auto absolute = std::filesystem::absolute(path, error);
        if (error) return path;
        const auto found = std::filesystem::weakly_canonical(absolute, error);
        return error ? absolute.lexically_normal().string() : found.string();
    }

    /// `of_expect`: keys that belong below 'expect' here.
    void read_mapping(Node node, std::string_view what, const Keys& keys,
                      std::initializer_list<std::string_view> of_expect = {}) {
        if (!node.is(Type::map))
            return error(node.span(),
                         std::string(what) + " is a mapping, not " + std::string(type_name(node.type())));
        node.for_each_entry([&](Node key, Node value) {
            const auto found = std::ranges::find(keys, key.text(), [](const auto& k) { return k.first; });
            if (found != keys.end()) {
                if (found->second && !value.is(Type::null)) found->second(value);
                return;
            }
            if (key.text().starts_with("x-")) return;
            std::vector<std::string_view> names;
            for (const auto& [name, read] : keys)
                if (read) names.push_back(name);
            const bool is_of_expect = std::ranges::find(of_expect, key.text()) != of_expect.end();
            error(key.span(), "unknown key " + quote_whole(key.text()) + " of " + std::string(what),
                  is_of_expect ? "put it under 'expect'"
                               : did_you_mean(key.text(), names, "it takes " + join(names, ", "), synonyms));
        });
    }

    template <class F>
    void for_each_item(Node node, std::string_view what, std::string_view wanted, F f) {
        if (node.is(Type::list)) return node.for_each_item(f);
        error(node.span(), std::string(what) + ": expected " + std::string(wanted) + ", not " +
                               std::string(type_name(node.type())));
    }
    /// A list, or one item.
    template <class F>
    void for_one_or_more(Node node, F f) {
        if (node.is(Type::list)) return node.for_each_item(f);
        f(node);
    }

    std::string text(Node node, std::string_view what) {
        std::string_view text;
        if (node.is(Type::null)) error(node.span(), std::string(what) + ": expected text, not null");
        if (!node.is(Type::null) && !script::read(compiler_, node, what, text)) return {};
        return std::string(text);
    }
    template <class T>
    T literal(Node node, std::string_view what, T fallback = {}) {
        script::Dyn<T> value(fallback);
        if (!script::read(compiler_, node, what, value)) return fallback;
        if (value.computed != nullptr)
            error(node.span(), std::string(what) + " cannot be computed", "write it out");
        return value.literal;
    }
    template <class T>
    std::function<void(Node)> expect(T& out, std::string_view what) {
        return [this, &out, what](Node node) { script::read(compiler_, node, what, out); };
    }
    /// With a line feed at the end, as programs print it.
    static std::string in_lines(std::string text) {
        if (!text.empty() && text.back() != '\n') text += '\n';
        return text;
    }
    PlacedText placed(Node node, std::string_view what) { return {text(node, what), node.span()}; }
    /// A path, relative to the folder of this file. Empty after an error.
    PlacedText path(Node node, std::string_view what) {
        const auto before = diagnostics_.errors();
        auto placed_text = placed(node, what);
        if (placed_text.text.empty() && diagnostics_.errors() == before)
            error(node.span(), std::string(what) + ": expected the path of a file");
        if (diagnostics_.errors() != before) return {{}, node.span()};
        // '-' is a file like any other.
        const bool is_dash = placed_text.text == "-" && folder_.empty();
        placed_text.text = is_dash ? "./-" : (folder_ / placed_text.text).string();
        return placed_text;
    }

    Keys setting_keys(Setting& setting) {
        Keys keys;
        keys.emplace_back("script", [&](Node node) {
            for_one_or_more(node, [&](Node item) {
                const auto script = path(item, "'script'");
                setting.scripts.push_back(script.text);
                if (script.text.empty()) return;
                std::error_code ignored;
                if (!std::filesystem::exists(script.text, ignored))
                    error(item.span(), "there is no script " + quote_whole(script.text));
                if (std::filesystem::is_directory(script.text, ignored))
                    error(item.span(), quote_whole(script.text) + " is a directory");
            });
        });
        keys.emplace_back("tape", [&](Node node) { setting.tape = path(node, "'tape'"); });
        keys.emplace_back("vars", [&](Node node) { read_variables(node, setting); });
        keys.emplace_back("env", [&](Node node) { read_environment(node, setting); });
        keys.emplace_back("stdin", [&](Node node) { setting.standard_input = read_input(node); });
        keys.emplace_back("answers", [&](Node node) {
            for_each_item(node, "'answers'", "a list of answers",
                          [&](Node item) { setting.answers.push_back(read_answer(item)); });
        });
        keys.emplace_back("signals", [&](Node node) { read_signals(node, setting); });
        keys.emplace_back("start_time", [&](Node node) {
            setting.start_time = text(node, "'start_time'");
            const auto time = parse_time(*setting.start_time);
            if (!time && !setting.start_time->empty())
                error(node.span(), "'start_time': " + time.error().message);
        });
        return keys;
    }

    void read_variables(Node node, Setting& setting) {
        if (!node.is(Type::map)) return error(node.span(), "'vars': expected a mapping of names and values");
        node.for_each_entry([&](Node key, Node value) {
            if (const auto wrong = variable_name_error(key.text()); !wrong.empty())
                return error(key.span(), wrong);
            setting.variables.push_back({std::string(key.text()), script::literal_value(value),
                                         script::Spelling::value, quote_whole(key.text()), key.span()});
        });
    }

    void read_environment(Node node, Setting& setting) {
        if (!node.is(Type::map)) return error(node.span(), "'env': expected a mapping of names and texts");
        node.for_each_entry([&](Node key, Node value) {
            if (key.text().empty() || key.text().find('=') != std::string_view::npos)
                return error(key.span(),
                             quote_whole(key.text()) + " is not the name of an environment variable");
            if (value.is(Type::null)) return;
            setting.environment[std::string(key.text())] = text(value, "'env'");
        });
    }

    void read_signals(Node node, Setting& setting) {
        setting.signals.emplace();
        if (!node.is(Type::map))
            return error(node.span(), "'signals': expected a mapping of signals and times",
                         "for example: {INT: 2s}");
        node.for_each_entry([&](Node key, Node value) {
            const int signo = signal_named(key.text());
            const auto& caught = terminating_signals();
            if (std::ranges::find(caught, signo) == caught.end())
                return error(key.span(), quote_whole(key.text()) + " is not a signal that interrupts a run",
                             "for example: {INT: 2s}");
            const auto add = [&](Node time) {
                setting.signals->push_back(
                    tape::signal_at(literal<Duration>(time, "the time of a signal"), signo, place_of(key)));
            };
            if (value.is(Type::list)) {
                value.for_each_item(add);
            } else {
                add(value);
            }
        });
    }

    /// A text, or a list of lines with their times.
    Pieces read_input(Node node) {
        Pieces pieces;
        if (!node.is(Type::list)) {
            if (auto all = text(node, "'stdin'"); !all.empty()) pieces.push_back({{}, {}, std::move(all)});
            return pieces;
        }
        node.for_each_item([&](Node item) {
            GivenAnswer::Piece piece;
            if (!item.is(Type::map)) {
                piece.text = text(item, "a line of 'stdin'") + '\n';
            } else {
                if (!item.find("line")) error(item.span(), "a line of 'stdin' has a 'line'");
                read_mapping(
                    item, "a line of 'stdin'",
                    {{"after", [&](Node n) { piece.after = literal<Duration>(n, "'after' of a line"); }},
                     {"line", [&](Node n) { piece.text = text(n, "'line'") + '\n'; }}});
            }
            pieces.push_back(std::move(piece));
        });
        std::ranges::stable_sort(pieces, {}, &GivenAnswer::Piece::after);
        return pieces;
    }

    /// The question that an answer is for.
    void set_question(GivenAnswer& answer, GivenAnswer::Kind kind, Node key, Node value) {
        if (!answer.title.empty()) {
            error(key.span(), "an answer has one question, and " + answer.title + " is given already");
            return;
        }
        answer.kind = kind;
        if (kind == GivenAnswer::Kind::exec && value.is(Type::list)) {
            answer.has_arguments = true;
            if (value.size() == 0) error(value.span(), "'exec' of an answer: there is no program");
            value.for_each_item(
                [&](Node item) { answer.patterns.push_back(text(item, "'exec' of an answer")); });
        } else {
            answer.patterns.push_back(text(value, quote_whole(key.text()) + " of an answer"));
        }
        answer.where = place_of(key);
        answer.span = key.span();
        answer.title = std::string(key.text()) + ' ' + quote_ends(first_line(join(answer.patterns, " ")));
        if (answer.patterns.empty()) answer.patterns.emplace_back();
    }

    GivenAnswer read_answer(Node node) {
        using Kind = GivenAnswer::Kind;
        static constexpr std::array<std::string_view, 5> names{"run", "exec", "http", "tcp", "file"};
        GivenAnswer answer;
        answer.where = place_of(node);
        if (!node.is(Type::map)) {
            error(node.span(), "an answer is a mapping, such as {run: make, exit: 2}");
            return answer;
        }
        node.for_each_entry([&](Node key, Node value) {
            const auto name = std::ranges::find(names, key.text());
            if (name != names.end())
                set_question(answer, static_cast<Kind>(name - names.begin()), key, value);
        });
        if (answer.title.empty())
            error(node.span(), "an answer needs its question",
                  "it has 'run', 'exec', 'http', 'tcp' or 'file'");
        answer.status = answer.kind == Kind::http ? 200 : 0;
        Keys keys;
        for (const auto name : names) keys.emplace_back(name, nullptr);
        keys.emplace_back("times",
                          [&](Node n) { answer.times = literal<script::Count>(n, "'times'").value; });
        keys.emplace_back("after",
                          [&](Node n) { answer.after = literal<Duration>(n, "'after' of an answer"); });
        keys.emplace_back("never", [&](Node n) { script::read(compiler_, n, "'never'", answer.never); });
        keys.emplace_back("error", [&](Node n) { answer.error = text(n, "'error'"); });
        if (answer.kind != Kind::tcp && answer.kind != Kind::file)
            keys.emplace_back("with", [&](Node n) { read_conditions(n, answer); });
        if (answer.kind == Kind::run || answer.kind == Kind::exec) add_process_keys(answer, keys);
        if (answer.kind == Kind::http) add_response_keys(answer, keys);
        if (answer.kind == Kind::file)
            keys.emplace_back("text", [&](Node n) { answer.text = text(n, "'text' of a file"); });
        const auto what = answer.title.empty() ? "an answer" : "an answer to " + answer.title;
        read_mapping(node, what, keys);
        check_combinations(node);
        if (answer.error && is_given(node, "after") &&
            (answer.kind == Kind::run || answer.kind == Kind::exec))
            error(node.find("after").span(),
                  "a command that cannot be started fails at once, without 'after'");
        std::ranges::stable_sort(answer.pieces, {}, &GivenAnswer::Piece::after);
        return answer;
    }

    /// `with`
    void read_conditions(Node node, GivenAnswer& answer) {
        using Condition = GivenAnswer::Condition;
        const auto add = [&](Condition::Of of, std::string_view what) {
            return [this, &answer, of, what](Node n) { answer.with.push_back({of, {}, text(n, what), {}}); };
        };
        const auto add_each = [&](Condition::Of of, std::string_view what) {
            return [this, &answer, of, what](Node n) {
                if (!n.is(Type::map))
                    return error(n.span(), std::string(what) + " of 'with': expected a mapping");
                n.for_each_entry([&](Node key, Node value) {
                    answer.with.push_back(
                        {of, std::string(key.text()), text(value, std::string(what) + " of 'with'"), {}});
                });
            };
        };
        if (answer.kind == GivenAnswer::Kind::http)
            return read_mapping(
                node, "'with'",
                {{"headers", add_each(Condition::Of::header, "'headers'")},
                 {"body", add(Condition::Of::body, "'body' of 'with'")},
                 {"json", [&answer](Node n) {
                      answer.with.push_back({Condition::Of::json, {}, {}, script::literal_value(n)});
                  }}});
        read_mapping(node, "'with'",
                     {{"env", add_each(Condition::Of::env, "'env'")},
                      {"dir", add(Condition::Of::dir, "'dir' of 'with'")},
                      {"stdin", add(Condition::Of::stdin_text, "'stdin' of 'with'")}});
    }

    static bool is_given(Node node, std::string_view key) {
        const auto value = node.find(key);
        return value && !value.is(Type::null) && !(value.is(Type::boolean) && !value.boolean());
    }

    void check_combinations(Node node) {
        using Pair = std::pair<std::string_view, std::string_view>;
        static constexpr std::array excluding{
            Pair{"error", "exit"},   Pair{"error", "signal"}, Pair{"error", "status"},
            Pair{"error", "body"},   Pair{"error", "json"},   Pair{"error", "stdout"},
            Pair{"error", "stderr"}, Pair{"error", "output"}, Pair{"error", "text"},
            Pair{"error", "never"},  Pair{"never", "exit"},   Pair{"never", "signal"},
            Pair{"never", "status"}, Pair{"never", "body"},   Pair{"never", "json"},
            Pair{"never", "text"},   Pair{"never", "after"},  Pair{"exit", "signal"},
            Pair{"body", "json"}};
        for (const auto& [one, other] : excluding)
            if (is_given(node, one) && is_given(node, other))
                error(node.find(other).span(), quote(one) + " and " + quote(other) + " exclude each other");
    }

    void add_process_keys(GivenAnswer& answer, Keys& keys) {
        using Piece = GivenAnswer::Piece;
        const auto add = [this, &answer](OutputStream stream, std::string_view what) {
            return [this, &answer, stream, what](Node n) {
                answer.pieces.push_back(Piece{{}, stream, in_lines(text(n, what))});
            };
        };
        keys.emplace_back("exit", [this, &answer](Node n) {
            const auto status = literal<script::Count>(n, "'exit' of an answer").value;
            if (status > 255) error(n.span(), "an exit status is from 0 to 255");
            answer.status = static_cast<int>(status);
        });
        keys.emplace_back("signal", [this, &answer](Node n) {
            answer.signal = literal<jobs::SignalNumber>(n, "'signal' of an answer").value;
            static constexpr std::array others{SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
                                               SIGCONT, SIGCHLD, SIGURG,  SIGWINCH};
            if (std::ranges::find(others, answer.signal) != others.end())
                error(n.span(), full_signal_name(answer.signal) + " does not end a process");
        });
        keys.emplace_back("stdout", add(OutputStream::out, "'stdout' of an answer"));
        keys.emplace_back("stderr", add(OutputStream::err, "'stderr' of an answer"));
        keys.emplace_back("output", [this, &answer](Node n) {
            for_each_item(n, "'output' of an answer", "a list of {after, stdout}", [&](Node item) {
                Duration after{};
                Pieces pieces;
                const auto take = [&](OutputStream stream) {
                    return [&pieces, this, stream](Node t) {
                        pieces.push_back({{}, stream, in_lines(text(t, "a text of 'output'"))});
                    };
                };
                read_mapping(item, "a part of 'output'",
                             {{"after", [&](Node t) { after = literal<Duration>(t, "'after' of 'output'"); }},
                              {"stdout", take(OutputStream::out)},
                              {"stderr", take(OutputStream::err)}});
                if (pieces.empty() && item.is(Type::map))
                    error(item.span(), "a part of 'output' has 'stdout' or 'stderr'");
                for (auto& piece : pieces) {
                    piece.after = after;
                    answer.pieces.push_back(std::move(piece));
                }
            });
        });
    }

    void add_response_keys(GivenAnswer& answer, Keys& keys) {
        keys.emplace_back("status", [this, &answer](Node n) {
            const auto status = literal<script::Count>(n, "'status' of an answer").value;
            if (status < 100 || status > 999) error(n.span(), "a status is from 100 to 999");
            answer.status = static_cast<int>(status);
        });
        keys.emplace_back("headers", [this, &answer](Node n) {
            if (!n.is(Type::map)) return error(n.span(), "'headers': expected a mapping of names and texts");
            n.for_each_entry([&](Node key, Node value) {
                for_one_or_more(value, [&](Node one) {
                    answer.headers.emplace_back(std::string(key.text()), text(one, "a header"));
                });
            });
        });
        keys.emplace_back("body", [this, &answer](Node n) { answer.text = text(n, "'body' of an answer"); });
        keys.emplace_back("json", [&answer](Node n) {
            answer.text.clear();
            script::append_json(answer.text, script::literal_value(n));
        });
    }

    void read_test(Node node) {
        if (!node.is(Type::map))
            return error(node.span(), "a test is a mapping, not " + std::string(type_name(node.type())));
        auto& test = file_.tests.emplace_back();
        test.span = node.span();
        Keys keys = setting_keys(test.setting);
        keys.emplace_back("name", [&](Node n) {
            test.name = text(n, "'name' of a test");
            test.span = n.span();
        });
        keys.emplace_back("expect", [&](Node n) { read_expected(n, test.expected); });
        read_mapping(node, "a test", keys,
                     {"exit", "stdout", "stderr", "duration", "jobs", "order", "snapshot"});
        if (test.name.empty()) test.name = "test " + std::to_string(file_.tests.size());
        if (!names_.insert(test.name).second)
            error(test.span, "there is a test called " + quote_whole(test.name) + " already");
        const auto& snapshot = test.expected.snapshot;
        if (snapshot && !snapshot->text.empty() && !snapshots_.insert(normal(snapshot->text)).second)
            error(snapshot->span, "another test has this snapshot already");
        const auto& setting = test.setting;
        if (setting.scripts.empty() && file_.setting.scripts.empty() && !setting.tape && !file_.setting.tape)
            error(test.span, "the test has no script", "write 'script: PATH' beside 'tests'");
    }

    void read_expected(Node node, Expected& expected) {
        read_mapping(node, "'expect' of a test",
                     {{"exit", expect(expected.exit, "'exit'")},
                      {"stdout", expect(expected.out, "'stdout'")},
                      {"stderr", expect(expected.err, "'stderr'")},
                      {"duration", expect(expected.duration, "'duration'")},
                      {"vars", [&](Node n) { read_expected_variables(n, expected); }},
                      {"jobs", [&](Node n) { read_expected_jobs(n, expected); }},
                      {"order",
                       [&](Node n) {
                           for_each_item(n, "'order'", "a list of names of jobs", [&](Node item) {
                               expected.order.push_back(placed(item, "a name in 'order'"));
                           });
                       }},
                      {"snapshot", [&](Node n) { expected.snapshot = path(n, "'snapshot'"); }}});
    }

    void read_expected_variables(Node node, Expected& expected) {
        if (!node.is(Type::map)) return error(node.span(), "'vars': expected a mapping of names and values");
        node.for_each_entry([&](Node key, Node value) {
            const auto name = std::string(key.text());
            const auto* expectation =
                script::read_expectation(compiler_, value, quote_whole(name), script::Comparison::value);
            if (expectation != nullptr) expected.variables.push_back({name, key.span(), expectation});
        });
    }

    void read_expected_jobs(Node node, Expected& expected) {
        if (!node.is(Type::map))
            return error(node.span(), "'jobs': expected a mapping of names of jobs",
                         "for example: {deploy: skipped}");
        node.for_each_entry([&](Node key, Node value) {
            auto& job = expected.jobs.emplace_back();
            job.name = key.text();
            job.span = key.span();
            if (value.is(Type::null)) return;
            if (!value.is(Type::map)) return read_outcome(value, job);
            read_mapping(value, "an expected job",
                         {{"outcome", [&](Node n) { read_outcome(n, job); }},
                          {"start", expect(job.start, "'start'")},
                          {"duration", expect(job.duration, "'duration'")},
                          {"attempts", expect(job.attempts, "'attempts'")},
                          {"error", expect(job.error, "'error'")}});
        });
    }

    void read_outcome(Node node, ExpectedJob& job) {
        static constexpr std::array<std::string_view, 4> names{"success", "failure", "cancelled", "skipped"};
        static constexpr std::array outcome_synonyms{
            Synonym{"passed", "success"},     Synonym{"ok", "success"},
            Synonym{"succeeded", "success"},  Synonym{"failed", "failure"},
            Synonym{"fail", "failure"},       Synonym{"error", "failure"},
            Synonym{"canceled", "cancelled"}, Synonym{"stopped", "cancelled"},
            Synonym{"skip", "skipped"}};
        if (node.is(Type::list)) return error(node.span(), "'outcome': expected one word");
        const auto word = text(node, "'outcome'");
        const auto found = std::ranges::find(names, word);
        if (found != names.end()) {
            job.outcome = static_cast<jobs::Outcome>(found - names.begin());
        } else {
            error(node.span(), quote_whole(word) + " is not an outcome of a job",
                  did_you_mean(word, {names.begin(), names.end()}, "it is " + join_with_or(names),
                               outcome_synonyms));
        }
    }

    TestFile& file_;
    std::set<std::string> names_;
    std::set<std::string> snapshots_;
    std::filesystem::path folder_;
    Compiler& compiler_;
    Diagnostics& diagnostics_;
};

}  // namespace

const script::EvalContext& no_context() {
    static const NoContext context;
    return context;
}

bool is_test_file(const syntax::Document& document) {
    return document.root().is(Type::map) && document.root().find("tests");
}

std::unique_ptr<TestFile> read_test_file(const std::string& path,
                                         const std::shared_ptr<const syntax::Document>& document,
                                         Diagnostics& diagnostics) {
    auto file = std::make_unique<TestFile>();
    file->path = path;
    file->document = document;
    file->script = std::make_unique<script::Script>();
    const script::KindTable kinds(jobs::all_kinds());
    script::CompilationContext compilation(kinds);
    Diagnostics errors;
    errors.keep(document->shared_source());
    Compiler compiler(*file->script, compilation, errors);
    compiler.begin(document->shared_source());
    FileReader(*file, compiler, errors).read(document->root());
    script::check_names(compilation, errors);
    // The warnings are those for scripts: on a virtual clock, a time can be exact.
    if (!errors.has_errors()) return file;
    diagnostics.add(std::move(errors));
    return nullptr;
}

std::shared_ptr<const syntax::Document> load_test_document(const std::string& path,
                                                           Diagnostics& diagnostics) {
    const auto source = syntax::load_file(path, diagnostics);
    if (source == nullptr) return nullptr;
    const bool json = syntax::format_by_extension(path) == syntax::Format::json;
    const auto before = diagnostics.errors();
    const auto documents =
        syntax::read(source, json ? syntax::Format::json : syntax::Format::yaml, diagnostics);
    if (diagnostics.errors() != before) return nullptr;
    if (documents.size() != 1) {
        diagnostics.error({}, quote_whole(path) + " has several documents; a file of tests is one mapping");
        return nullptr;
    }
    return documents.front();
}

bool is_selected(const Options& options, const TestCase& test) {
    const auto matches = [&](const std::string& pattern) {
        return tape::matches_pattern(pattern, test.name);
    };
    const bool wanted = options.only.empty() || std::ranges::any_of(options.only, matches);
    return wanted && std::ranges::none_of(options.skip, matches);
}

}  // namespace arun::app
