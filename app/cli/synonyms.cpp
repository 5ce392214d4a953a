#include "cli/synonyms.hpp"

#include <array>

namespace arun::app {
namespace {

constexpr std::array words_of_options{
    Synonym{"--dry-run", "arun plan"},
    Synonym{"--dryrun", "arun plan"},
    Synonym{"--just-print", "arun plan"},
    Synonym{"--noop", "arun plan"},
    Synonym{"-n", "arun plan"},
    Synonym{"--list", "arun list"},
    Synonym{"--list-tasks", "arun list"},
    Synonym{"-l", "arun list"},
    Synonym{"--lint", "arun check"},
    Synonym{"--validate", "arun check"},
    Synonym{"--check", "arun check"},
    Synonym{"--syntax-check", "arun check"},
    Synonym{"--init", "arun init"},
    Synonym{"--replay", "arun replay"},
    Synonym{"--env", "--var NAME=VALUE"},
    Synonym{"-e", "--var NAME=VALUE"},
    Synonym{"-D", "--var NAME=VALUE"},
    Synonym{"--set", "--var NAME=VALUE"},
    Synonym{"--arg", "--var NAME=VALUE"},
    Synonym{"--input", "--var NAME=VALUE"},
    Synonym{"--variable", "--var NAME=VALUE"},
    Synonym{"--extra-vars", "--vars-file FILE"},
    Synonym{"--values", "--vars-file FILE"},
    Synonym{"--tags", "--only JOB"},
    Synonym{"--filter", "--only JOB"},
    Synonym{"--grep", "--only JOB"},
    Synonym{"--exclude", "--skip JOB"},
    Synonym{"--skip-tags", "--skip JOB"},
    Synonym{"--start-at", "--from JOB"},
    Synonym{"--start-at-task", "--from JOB"},
    Synonym{"--max-time", "--timeout D"},
    Synonym{"--deadline", "--timeout D"},
    Synonym{"--kill-after", "--grace D"},
    Synonym{"--ignore-errors", "--keep-going"},
    Synonym{"--no-fail-fast", "--keep-going"},
    Synonym{"--junit", "--report junit=FILE"},
    Synonym{"--report-junit", "--report junit=FILE"},
    Synonym{"--tap", "--report tap"},
    Synonym{"--json", "--report json"},
    Synonym{"--github", "--report github"},
    Synonym{"--html", "--timeline FILE.html"},
    Synonym{"--output", "--report FORMAT"},
    Synonym{"--log", "--events FILE"},
    Synonym{"--silent", "--quiet"},
    Synonym{"-s", "--quiet"},
    Synonym{"--no-color", "--color never"},
    Synonym{"--no-colors", "--color never"},
    Synonym{"--no-progress", "--progress never"},
};

constexpr std::array words_of_commands{
    Synonym{"version", "--version"},
    Synonym{"validate", "check"},
    Synonym{"lint", "check"},
    Synonym{"verify", "check"},
    Synonym{"start", "run"},
    Synonym{"exec", "run"},
    Synonym{"up", "run"},
    Synonym{"dry-run", "plan"},
    Synonym{"graph", "plan"},
    Synonym{"completion", "completions"},
    Synonym{"kind", "kinds"},
    Synonym{"jobs", "list"},
    Synonym{"ls", "list"},
    Synonym{"show", "list"},
    Synonym{"new", "init"},
    Synonym{"create", "init"},
    Synonym{"record", "run --record FILE"},
    Synonym{"play", "replay"},
    Synonym{"mutate", "explore"},
    Synonym{"fuzz", "explore"},
    Synonym{"man", "help"},
    Synonym{"doc", "help"},
    Synonym{"docs", "help"},
};

}  // namespace

std::span<const Synonym> option_synonyms() noexcept {
    return words_of_options;
}

std::span<const Synonym> command_synonyms() noexcept {
    return words_of_commands;
}

}  // namespace arun::app
