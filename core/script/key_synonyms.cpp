#include "script/key_synonyms.hpp"

#include <algorithm>
#include <array>

namespace arun::script {
namespace {

struct Synonym {
    std::string_view word;
    std::string_view name;
};

/// With several names for a word, the first that is possible counts.
constexpr std::array synonyms{
    Synonym{"echo", "print"},
    Synonym{"log", "print"},
    Synonym{"say", "print"},
    Synonym{"debug", "print"},
    Synonym{"message", "text"},
    Synonym{"message", "print"},
    Synonym{"msg", "text"},
    Synonym{"msg", "print"},
    Synonym{"shell", "run"},
    Synonym{"cmd", "run"},
    Synonym{"cmd", "script"},
    Synonym{"cmd", "argv"},
    Synonym{"command", "run"},
    Synonym{"command", "script"},
    Synonym{"command", "argv"},
    Synonym{"bash", "run"},
    Synonym{"sh", "run"},
    Synonym{"script", "run"},
    Synonym{"args", "argv"},
    Synonym{"uri", "http"},
    Synonym{"uri", "url"},
    Synonym{"get_url", "http"},
    Synonym{"curl", "http"},
    Synonym{"fetch", "http"},
    Synonym{"request", "http"},
    Synonym{"pause", "sleep"},
    Synonym{"delay", "interval"},
    Synonym{"delay", "sleep"},
    Synonym{"when", "if"},
    Synonym{"condition", "if"},
    Synonym{"only_if", "if"},
    Synonym{"register", "capture"},
    Synonym{"output_to", "capture"},
    Synonym{"steps", "jobs"},
    Synonym{"steps", "do"},
    Synonym{"tasks", "jobs"},
    Synonym{"tasks", "do"},
    Synonym{"block", "do"},
    Synonym{"body", "do"},
    Synonym{"retries", "limit"},
    Synonym{"retries", "retry"},
    Synonym{"attempts", "limit"},
    Synonym{"attempts", "retry"},
    Synonym{"max_attempts", "limit"},
    Synonym{"max_attempts", "retry"},
    Synonym{"ignore_errors", "continue_on_error"},
    Synonym{"ignore-errors", "continue_on_error"},
    Synonym{"allow_failure", "continue_on_error"},
    Synonym{"failed_when", "expect"},
    Synonym{"working-directory", "dir"},
    Synonym{"working_directory", "dir"},
    Synonym{"workdir", "dir"},
    Synonym{"chdir", "dir"},
    Synonym{"cwd", "dir"},
    Synonym{"environment", "env"},
    Synonym{"variables", "vars"},
    Synonym{"with", "vars"},
    Synonym{"timeout-minutes", "timeout"},
    Synonym{"timeout_minutes", "timeout"},
    Synonym{"timeout_seconds", "timeout"},
    Synonym{"always", "finally"},
    Synonym{"ensure", "finally"},
    Synonym{"cleanup", "finally"},
    Synonym{"after_script", "finally"},
    Synonym{"async", "background"},
    Synonym{"loop", "for_each"},
    Synonym{"with_items", "for_each"},
    Synonym{"foreach", "for_each"},
    Synonym{"items", "in"},
    Synonym{"items", "for_each"},
    Synonym{"loop_var", "as"},
    Synonym{"times", "count"},
    Synonym{"times", "repeat"},
    Synonym{"every", "tick"},
    Synonym{"uses", "include"},
    Synonym{"import", "include"},
    Synonym{"include_tasks", "include"},
    Synonym{"import_tasks", "include"},
    Synonym{"max-parallel", "max_concurrent"},
    Synonym{"max_parallel", "max_concurrent"},
    Synonym{"concurrency", "max_concurrent"},
    Synonym{"set_fact", "set"},
    Synonym{"raise", "fail"},
    Synonym{"throw", "fail"},
    Synonym{"error", "fail"},
    Synonym{"kill", "cancel"},
    Synonym{"join", "wait"},
    Synonym{"needs", "wait"},
    Synonym{"label", "name"},
    Synonym{"title", "name"},
};

}  // namespace

std::string_view meant_by(std::string_view word, const std::vector<std::string_view>& names) {
    for (const auto& synonym : synonyms) {
        if (synonym.word == word && std::ranges::find(names, synonym.name) != names.end())
            return synonym.name;
    }
    return {};
}

}  // namespace arun::script
