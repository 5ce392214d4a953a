#include "script/regex.hpp"

#include <time.h>
#include <chrono>
#include <cstdint>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <utility>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace arun::script {

namespace {

constexpr std::size_t max_pattern = 64 * 1024;
constexpr std::uint32_t heap_limit = 64 * 1024;  // KiB
constexpr std::chrono::seconds time_limit{2};

struct Free {
    void operator()(pcre2_code* code) const noexcept { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const noexcept { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const noexcept { pcre2_match_context_free(context); }
    void operator()(pcre2_compile_context* context) const noexcept { pcre2_compile_context_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

template <class T>
Owned<T> owned(T* object) {
    if (object == nullptr) throw std::bad_alloc();
    return Owned<T>(object);
}

std::chrono::nanoseconds cpu_time() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Limits the CPU time of a match: that does not depend on what else the machine does. PCRE2's match limit
/// starts again at every position of the text, so that a slow pattern could take hours on a long one.
/// PCRE2_AUTO_CALLOUT calls check() before every item of the pattern.
struct Deadline {
    std::optional<std::chrono::nanoseconds> end;
    std::uint32_t calls = 0;

    static int check(pcre2_callout_block*, void* data) noexcept {
        auto& deadline = *static_cast<Deadline*>(data);
        if (++deadline.calls % 256 != 0) return 0;
        const auto now = cpu_time();
        if (!deadline.end) deadline.end = now + time_limit;
        return now < *deadline.end ? 0 : PCRE2_ERROR_CALLOUT;
    }
};

}  // namespace

struct Regex::Code {
    Owned<pcre2_code> code;
};

Regex::Regex(std::unique_ptr<Code> code) noexcept : code_(std::move(code)) {}
Regex::~Regex() = default;

Result<std::unique_ptr<const Regex>> Regex::compile(std::string_view pattern) {
    auto limits = owned(pcre2_compile_context_create(nullptr));
    pcre2_set_max_pattern_length(limits.get(), max_pattern);
    int error = 0;
    PCRE2_SIZE offset = 0;
    constexpr std::uint32_t options =
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
    auto* made = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), options, &error,
                               &offset, limits.get());
    if (made != nullptr) {
        return std::unique_ptr<const Regex>(new Regex(std::make_unique<Code>(Code{Owned<pcre2_code>(made)})));
    }
    char text[256];
    pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(text), sizeof text);
    return Error{text, {}, offset};
}

struct Regex::Match {
    bool found = false;
    Owned<pcre2_match_data> data;
};

/// `groups`: how many of them are kept, the whole match included.
Result<Regex::Match> Regex::find(std::string_view text, std::uint32_t groups) const {
    Match match{false, owned(pcre2_match_data_create(groups, nullptr))};
    auto context = owned(pcre2_match_context_create(nullptr));
    Deadline deadline;
    pcre2_set_callout(context.get(), &Deadline::check, &deadline);
    pcre2_set_heap_limit(context.get(), heap_limit);
    pcre2_set_match_limit(context.get(), std::numeric_limits<std::uint32_t>::max());
    const int found = pcre2_match(code_->code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                                  0, 0, match.data.get(), context.get());
    match.found = found >= 0;
    if (match.found || found == PCRE2_ERROR_NOMATCH) return match;
    if (found == PCRE2_ERROR_NOMEMORY) throw std::bad_alloc();
    return Error{"matching takes too long"};
}

Result<bool> Regex::search(std::string_view text) const {
    const auto match = find(text, 1);
    if (!match) return match.error();
    return match->found;
}

Result<std::vector<std::optional<std::string_view>>> Regex::match(std::string_view text) const {
    std::uint32_t groups = 0;
    pcre2_pattern_info(code_->code.get(), PCRE2_INFO_CAPTURECOUNT, &groups);
    const auto match = find(text, groups + 1);
    if (!match) return match.error();
    std::vector<std::optional<std::string_view>> parts;
    if (!match->found) return parts;
    const auto* bounds = pcre2_get_ovector_pointer(match->data.get());
    for (std::size_t i = 0; i <= groups; ++i) {
        const auto begin = bounds[2 * i];
        const auto end = bounds[2 * i + 1];
        auto& part = parts.emplace_back();
        // With \K in a lookahead, a match may begin behind its end.
        if (begin != PCRE2_UNSET && begin <= end) part = text.substr(begin, end - begin);
    }
    return parts;
}

std::string regex_library_version() {
    std::string version(static_cast<std::size_t>(pcre2_config(PCRE2_CONFIG_VERSION, nullptr)), '\0');
    pcre2_config(PCRE2_CONFIG_VERSION, version.data());
    version.resize(version.find('\0'));
    return version;
}

}  // namespace arun::script
