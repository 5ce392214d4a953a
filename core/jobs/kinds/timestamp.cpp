#include "base/time_format.hpp"
#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/output_log.hpp"
#include "script/compiler.hpp"
#include "script/type_check.hpp"

namespace arun::jobs {

namespace {

struct Timestamp {
    struct Arguments {
        script::Text format{"%X"};
        script::Dyn<bool> utc{false};
        script::Dyn<Stream> to{Stream::out};
        script::Text end{"\n"};
    };
    static constexpr std::string_view name = "timestamp";
    static constexpr std::string_view summary = "prints the time of day";
    static constexpr std::string_view result = "the text, without the end";
    static constexpr const script::ResultType& result_type = script::result_types::text;
    static constexpr std::string_view shorthand = "format";
    static constexpr std::string_view notes =
        "The format is that of strftime(3) in the C locale, plus `%f` for microseconds in six "
        "digits and `%3f` for milliseconds in three. Three words are formats of their own: "
        "`iso8601` (2024-01-01T12:00:00.000+00:00), `unix` (seconds) and `unix_ms` "
        "(milliseconds).\n\n"
        "On the virtual clock, the time is the start time plus the virtual time that has "
        "passed.";
    static constexpr std::string_view example =
        "- timestamp\n- timestamp: \"%H:%M:%S.%3f\"\n- timestamp: iso8601\n  utc: true\n";
    static constexpr std::array fields{
        script::field<&Arguments::format>("format", "the format", {.fallback = "%X"}),
        script::field<&Arguments::utc>("utc", "in UTC instead of local time", {.fallback = "false"}),
        script::field<&Arguments::to>("to", "the stream to print to", {.fallback = "stdout"}),
        script::field<&Arguments::end>("end", "what follows the text", {.fallback = "a newline"}),
    };

    static void check(script::Compiler& compiler, Arguments& arguments, syntax::Node key) {
        if (arguments.format.computed() == nullptr)
            script::warn_about_time_format(arguments.format.literal(), key.span(), compiler.diagnostics());
    }

    static script::Value run(Scope& scope, const Arguments& arguments) {
        std::string buffer;
        auto format = arguments.format.get(scope, buffer);
        auto text = format_time(scope.engine().loop->wall_time(), format, arguments.utc.get(scope));
        std::string end;
        print(scope, arguments.to.get(scope), text, arguments.end.get(scope, end));
        return script::Value::string(std::move(text));
    }
};

}  // namespace

ARUN_JOB_KIND(timestamp, Timestamp)

}  // namespace arun::jobs
