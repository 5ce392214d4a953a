/// What is wrong with a script, and where.
#pragma once

#include "base/source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace arun {

enum class Severity : std::uint8_t { error, warning };

struct Diagnostic {
    Severity severity = Severity::error;
    Span span;                    ///< what the caret marks
    std::string message;          ///< lower case, no full stop: "unknown argument 'evry' of tick"
    std::string hint;             ///< how to fix it, or empty: "did you mean 'every'?"
    bool line_is_hidden = false;  ///< render() leaves out the line of source, which may hold a secret
};

/// Collects the diagnostics of a whole command line, so that one run shows all of them. After `limit` errors
/// the rest are only counted. Adding the same message about the same span again has no effect: what a YAML
/// alias repeats is read more than once.
class Diagnostics {
public:
    explicit Diagnostics(std::size_t limit = 100) : limit_(limit) {}

    /// From now on, warnings are errors.
    void set_strict(bool strict) noexcept { strict_ = strict; }

    void error(Span span, std::string message, std::string hint = {});
    void warning(Span span, std::string message, std::string hint = {});
    /// As error(), but what the source says is not shown: it may be a secret.
    void error_without_line(Span span, std::string message, std::string hint = {});
    /// Keeps a source alive as long as the diagnostics that point into it. Idempotent.
    void keep(std::shared_ptr<const Source> source);

    /// Gives the first error a hint if it has none.
    void advise(std::string hint);
    /// Adds all diagnostics and sources of `other`.
    void add(Diagnostics other);

    /// By file, in the order in which the files were first named, then by position.
    std::vector<Diagnostic> sorted() const;
    /// All errors, those beyond the limit included.
    std::size_t errors() const noexcept { return errors_; }
    bool empty() const noexcept { return list_.empty(); }
    bool has_errors() const noexcept { return errors_ != 0; }
    /// False if another one would only be counted, so that its hint need not be made.
    bool lists_more(Severity severity) const noexcept {
        return (severity == Severity::error || strict_ ? errors_ : warnings_) < limit_;
    }
    /// Errors beyond the limit.
    std::size_t dropped() const noexcept { return dropped_; }

private:
    void add(Diagnostic d);

    std::size_t limit_;
    std::size_t errors_ = 0;
    std::size_t dropped_ = 0;
    std::size_t warnings_ = 0;
    bool strict_ = false;
    std::vector<Diagnostic> list_;
    std::vector<std::shared_ptr<const Source>> sources_;
};

/// The message with its line of source and a caret, as compilers print it, ending in a newline:
///
///     smoke.yaml:7:5: error: unknown argument 'evry' of tick; did you mean 'every'?
///       7 |     evry: 1s
///         |     ^~~~
///
/// `color` adds ANSI colours. Cuts long lines around the caret, and replaces tabs by one blank and control
/// characters by U+FFFD. A span without a source gives "arun: error: ...".
std::string render(const Diagnostic& diagnostic, bool color);

/// `text` as render() shows it.
std::string displayed(std::string_view text);

}  // namespace arun
