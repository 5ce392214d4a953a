/// Arguments that all kinds which start a process have in common.
#pragma once

#include "script/arguments.hpp"
#include "script/expectation.hpp"
#include "script/kind.hpp"

#include <array>
#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace arun::jobs {

/// Where the output of a child goes.
enum class Shown : std::uint8_t {
    inherit,  ///< to arun's stdout and stderr
    prefix,   ///< there too, as whole lines, each after the job's label
    group,    ///< there too, all at once when the job ends
    discard,  ///< nowhere; the last lines are shown if the job fails
    file      ///< to a file; the last lines are shown if the job fails
};

/// Where standard error goes when the output goes to a file.
enum class ErrorOutput : std::uint8_t { file, inherit };

/// One of the names of Shown, or a file.
struct OutputTarget {
    script::Dyn<Shown> shown{Shown::inherit};
    std::optional<script::Text> file;
    script::Dyn<bool> append{false};
    script::Dyn<ErrorOutput> errors{ErrorOutput::file};
};

struct SignalNumber {
    int value = SIGTERM;
};

/// A text, the path of a file, or arun's own standard input.
struct StandardInput {
    bool inherited = false;
    std::optional<script::Text> text;
    std::optional<script::Text> file;
};

/// A program and its arguments: a list of texts, or an expression that gives one.
struct Argv {
    script::TextList texts;
    const script::Template* computed = nullptr;
};

/// One text, or a list of texts.
struct Words {
    script::TextList texts;
};

/// Without `exit`, the exit status must be 0.
struct ProcessExpect {
    script::ExpectCode exit;
    script::ExpectText out;
    script::ExpectText err;
    script::ExpectDuration duration;
    static constexpr std::string_view name = "expect";
    static constexpr std::string_view shorthand = {};
    static constexpr std::array fields{
        script::field<&ProcessExpect::exit>("exit", "the exit status, or a list of accepted ones",
                                            {.fallback = "0"}),
        script::field<&ProcessExpect::out>("stdout", "its standard output"),
        script::field<&ProcessExpect::err>("stderr", "its standard error"),
        script::field<&ProcessExpect::duration>("duration", "how long it takes"),
    };
};

struct ProcessArguments {
    script::EnvMap environment;
    std::optional<script::Text> directory;
    StandardInput input;
    script::Dyn<bool> terminal{false};
    std::optional<OutputTarget> output;
    script::Dyn<SignalNumber> stop_signal{SignalNumber{}};
    script::Dyn<Duration> kill_after{Duration{std::chrono::seconds(2)}};
    script::Dyn<script::ByteCount> max_output{script::ByteCount{std::uint64_t{1} << 20}};
    script::Boxed<ProcessExpect> expect;
    const script::EnvMap* default_environment = nullptr;  ///< that of `defaults`, below `environment`
};

struct RunArguments : ProcessArguments {
    script::ShellText script;
    std::optional<Words> shell;
};

/// Takes from the script's `defaults` what the job does not give.
void apply_defaults(const script::Compiler& compiler, ProcessArguments& arguments);
void apply_defaults(const script::Compiler& compiler, RunArguments& arguments);

}  // namespace arun::jobs

namespace arun::script {

template <>
struct EnumNames<jobs::Shown> {
    static constexpr std::array<std::string_view, 4> names{"inherit", "prefix", "group", "discard"};
};
template <>
struct EnumNames<jobs::ErrorOutput> {
    static constexpr std::array<std::string_view, 2> names{"file", "inherit"};
};

template <>
struct TypeOf<jobs::OutputTarget> : PlainType {
    static constexpr TypeInfo info{
        "inherit, prefix, group, discard or {file: path}",
        R"({"anyOf":[{"enum":["inherit","prefix","group","discard"]},{"$ref":"#/$defs/expression"},{"type":"object","properties":{"file":{"description":"the path of the file","$ref":"#/$defs/text"},"append":{"description":"keeps what is in the file; false by default","anyOf":[{"title":"boolean","type":"boolean"},{"title":"text","$ref":"#/$defs/boolean_text"}]},"stderr":{"description":"where standard error goes; file by default","anyOf":[{"title":"word","enum":["file","inherit"]},{"$ref":"#/$defs/expression"}]}},"allOf":[{"properties":{"file":true},"required":["file"]}],"additionalProperties":false}]})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::OutputTarget& out);

template <>
struct Codec<jobs::SignalNumber> {
    static constexpr TypeInfo info{
        "signal", R"({"anyOf":[{"type":"string"},{"type":"integer","minimum":1,"maximum":64}]})"};
    static Result<jobs::SignalNumber> from(const Value& value);
};

template <>
struct TypeOf<jobs::StandardInput> : PlainType {
    static constexpr TypeInfo info{
        "text, {file: path} or inherit",
        R"({"anyOf":[{"$ref":"#/$defs/text"},{"title":"file","type":"object","properties":{"file":{"description":"the path of the file","$ref":"#/$defs/text"}},"allOf":[{"properties":{"file":true},"required":["file"]}],"additionalProperties":false}]})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::StandardInput& out);

template <>
struct TypeOf<jobs::Argv> : PlainType {
    static constexpr TypeInfo info{
        "list of texts",
        R"({"anyOf":[{"type":"array","minItems":1,"items":{"$ref":"#/$defs/text"}},{"$ref":"#/$defs/expression"}]})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::Argv& out);

template <>
struct TypeOf<jobs::Words> : PlainType {
    static constexpr TypeInfo info{
        "text or list of texts",
        R"({"anyOf":[{"$ref":"#/$defs/text"},{"type":"array","minItems":1,"items":{"$ref":"#/$defs/text"}}]})"};
};
bool read(Compiler& compiler, syntax::Node node, std::string_view what, jobs::Words& out);

}  // namespace arun::script

namespace arun::jobs {

inline constexpr std::array process_fields{
    script::field<&ProcessArguments::environment>("env", "environment variables to set; null unsets one"),
    script::field<&ProcessArguments::directory>("dir", "the working directory", {.fallback = "arun's own"}),
    script::field<&ProcessArguments::input>("stdin", "the standard input: a text, a file, or that of arun",
                                            {.fallback = "/dev/null"}),
    script::field<&ProcessArguments::terminal>("terminal", "whether it has the terminal, in the foreground",
                                               {.fallback = "false"}),
    script::field<&ProcessArguments::output>("output", "where the output goes", {.fallback = "inherit"}),
    script::field<&ProcessArguments::stop_signal>("stop_signal", "the signal that stops it",
                                                  {.fallback = "TERM"}),
    script::field<&ProcessArguments::kill_after>("kill_after", "the time between that signal and SIGKILL",
                                                 {.fallback = "2s"}),
    script::field<&ProcessArguments::max_output>(
        "max_output", "how much of each output is kept for the result", {.fallback = "1MiB"}),
    script::field<&ProcessArguments::expect>("expect", "what it must do to succeed"),
};

/// The fields of a kind whose Arguments derive from ProcessArguments: its own, then the common ones.
template <std::size_t N>
constexpr auto with_process_fields(const std::array<script::ArgumentSpec, N>& own) {
    std::array<script::ArgumentSpec, N + process_fields.size()> all{};
    for (std::size_t i = 0; i < N; ++i) all[i] = own[i];
    for (std::size_t i = 0; i < process_fields.size(); ++i) all[N + i] = process_fields[i];
    return all;
}

inline constexpr std::array process_properties{
    script::ResultProperty{"exit", script::Shape::number},
    script::ResultProperty{"signal", script::Shape::text},
    script::ResultProperty{"stdout", script::Shape::text},
    script::ResultProperty{"stderr", script::Shape::text},
    script::ResultProperty{"duration", script::Shape::number},
};
/// Of the results of all kinds that start a process.
inline constexpr script::ResultType process_result_type{script::Shape::mapping, process_properties};

/// Evaluates the texts. Throws EvalError.
std::vector<std::string> texts_of(const Argv& argv, const script::EvalContext& context);
/// See script::ArgumentSpec::append_value.
bool append_value(const Argv& argv, const script::EvalContext& context, std::string& out);

}  // namespace arun::jobs
