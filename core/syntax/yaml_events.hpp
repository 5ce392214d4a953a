/// libfyaml's events, behind the guards that version 0.7 needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct fy_diag;
struct fy_event;
struct fy_parser;

namespace arun::syntax {

/// Why libfyaml read no further, in its own words.
struct YamlFailure {
    static constexpr std::uint32_t nowhere = UINT32_MAX;

    std::uint32_t at = nowhere;  ///< byte of the parsed text
    std::string message;         ///< may be empty
};

/// The events of one document. Its text must have been checked by check_bytes(), begin with at most %TAG
/// directives, and stay where it is.
class YamlEvents {
public:
    explicit YamlEvents(std::string_view text);
    ~YamlEvents();
    YamlEvents(const YamlEvents&) = delete;
    YamlEvents& operator=(const YamlEvents&) = delete;

    /// The next event, valid until the next call; null when the text has ended or is wrong.
    fy_event* next();

    /// After next() gave null: what is wrong, if anything. Warnings are errors.
    std::optional<YamlFailure> failure() const;

private:
    fy_diag* diag_ = nullptr;
    fy_parser* parser_ = nullptr;
    fy_event* event_ = nullptr;
    bool ended_ = false;
};

}  // namespace arun::syntax
