#include "jobs/destination.hpp"
#include "jobs/engine.hpp"
#include "jobs/registry.hpp"

namespace arun::jobs {

namespace {

struct Print {
    struct Arguments {
        plan::Text text;
        plan::Dyn<Stream> to{Stream::out};
        plan::Text end{"\n"};
    };
    static constexpr std::string_view name = "print";
    static constexpr std::string_view summary = "prints a text";
    static constexpr std::string_view result = "the text, without the end";
    static constexpr std::string_view shorthand = "text";
    static constexpr std::string_view notes =
        "What was printed is visible before the script waits for anything.";
    static constexpr std::string_view example = "- print: hello\n- print: \"to the log\"\n  to: stderr\n";
    static constexpr std::array fields{
        plan::field<&Arguments::text>("text", "what to print", {.required = true}),
        plan::field<&Arguments::to>("to", "the stream to print on", {.fallback = "stdout"}),
        plan::field<&Arguments::end>("end", "what follows the text", {.fallback = "a newline"}),
    };

    static plan::Value run(Scope& scope, const Arguments& arguments) {
        std::string buffer;
        auto text = arguments.text.get(scope, buffer);
        auto stream = arguments.to.get(scope);
        auto& output = scope.engine().output;
        output.write(stream, text);
        if (arguments.end.computed == nullptr) {
            output.write(stream, arguments.end.literal);
        } else {
            output.write(stream, arguments.end.get(scope));
        }
        return scope.job()->result_read ? plan::Value::string(text) : plan::Value();
    }
};

}  // namespace

ARUN_JOB_KIND(print, Print)

}  // namespace arun::jobs
