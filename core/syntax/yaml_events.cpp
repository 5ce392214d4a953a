#include "syntax/yaml_events.hpp"

#include <libfyaml.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

namespace arun::syntax {
namespace {

/// Without an output function libfyaml writes to stderr, even when it is told to be quiet.
fy_diag* make_diag() {
    fy_diag_cfg config;
    fy_diag_cfg_default(&config);
    config.fp = nullptr;
    config.output_fn = [](fy_diag*, void*, const char*, std::size_t) {};
    config.level = FYET_WARNING;
    config.colorize = false;
    auto* diag = fy_diag_create(&config);
    if (!diag) throw std::bad_alloc();
    fy_diag_set_collect_errors(diag, true);
    return diag;
}

/// Before 0.8, destroying a parser that met an error may free a token twice, as after `? a:<TAB>|`.
bool may_destroy_after_error() {
    static const bool may = [] {
        char* rest = nullptr;
        const auto major = std::strtol(fy_library_version(), &rest, 10);
        return major > 0 || (*rest == '.' && std::strtol(rest + 1, nullptr, 10) >= 8);
    }();
    return may;
}

/// What must not be destroyed stays reachable, so that it is no leak to those who look for leaks.
void abandon(fy_parser* parser) {
    static auto& abandoned = *new std::vector<fy_parser*>();
    abandoned.push_back(parser);
}

}  // namespace

YamlEvents::YamlEvents(std::string_view text) : diag_(make_diag()) {
    fy_parse_cfg config{};
    config.flags = FYPCF_JSON_NONE;
    config.diag = diag_;
    parser_ = fy_parser_create(&config);
    if (!parser_ || fy_parser_set_string(parser_, text.data(), text.size()) != 0) {
        fy_parser_destroy(parser_);
        fy_diag_destroy(diag_);
        throw std::bad_alloc();
    }
}

YamlEvents::~YamlEvents() {
    const bool failed = failure().has_value();
    fy_parser_event_free(parser_, event_);
    if (!failed || may_destroy_after_error()) {
        fy_parser_destroy(parser_);
        fy_diag_destroy(diag_);
    } else {
        abandon(parser_);
    }
}

fy_event* YamlEvents::next() {
    fy_parser_event_free(parser_, event_);
    event_ = fy_parser_parse(parser_);
    if (event_ && event_->type == FYET_STREAM_END) ended_ = true;
    return event_;
}

std::optional<YamlFailure> YamlEvents::failure() const {
    void* position = nullptr;
    if (const auto* error = fy_diag_errors_iterate(diag_, &position)) {
        const auto* mark = error->fyt ? fy_token_start_mark(error->fyt) : nullptr;
        return YamlFailure{mark ? static_cast<std::uint32_t>(mark->input_pos) : YamlFailure::nowhere,
                           error->msg};
    }
    // Some errors come without words.
    const bool silent = (!event_ && !ended_) || fy_parser_get_stream_error(parser_);
    return silent ? std::optional(YamlFailure{}) : std::nullopt;
}

}  // namespace arun::syntax
