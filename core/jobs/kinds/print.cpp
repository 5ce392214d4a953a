#include "jobs/engine.hpp"
#include "jobs/kind.hpp"
#include "jobs/output_log.hpp"

namespace arun::jobs {

namespace {

struct Print {
    struct Arguments {
        script::Text text;
        script::Boxed<script::Dyn<Stream>> to;
        script::Boxed<script::Text> end;
    };
    static constexpr std::string_view name = "print";
    static constexpr std::string_view summary = "prints a text";
    static constexpr std::string_view result = "the text, without the end";
    static constexpr const script::ResultType& result_type = script::result_types::text;
    static constexpr std::string_view shorthand = "text";
    static constexpr std::string_view notes = "Printed text is visible before the script waits for anything.";
    static constexpr std::string_view example = "- print: hello\n- print: \"to the log\"\n  to: stderr\n";
    static constexpr std::array fields{
        script::field<&Arguments::text>("text", "what to print", {.required = true}),
        script::field<&Arguments::to>("to", "the stream to print to", {.fallback = "stdout"}),
        script::field<&Arguments::end>("end", "what follows the text", {.fallback = "a newline"}),
    };

    static script::Value run(Scope& scope, const Arguments& arguments) {
        std::string buffer;
        std::string end_buffer;
        const auto text = arguments.text.get(scope, buffer);
        const auto stream = arguments.to ? arguments.to->get(scope) : Stream::out;
        const auto end = arguments.end ? arguments.end->get(scope, end_buffer) : "\n";
        print(scope, stream, text, end);
        return scope.job()->result_read ? script::Value::string(text) : script::Value();
    }
};

}  // namespace

ARUN_JOB_KIND(print, Print)

}  // namespace arun::jobs
