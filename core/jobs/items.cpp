#include "jobs/items.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "syntax/load.hpp"

#include <fcntl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <system_error>

namespace arun::jobs {

using script::Type;
using script::Value;

namespace {

/// The integer of 64 bits, with or without sign, that the value is or spells.
bool to_whole_number(const Value& value, Items::Wide& out) {
    const auto n = script::number_of(value);
    if (!n) return false;
    if (const auto integer = n->to_int64()) {
        out = *integer;
        return true;
    }
    const auto natural = n->to_uint64();
    if (natural) out = *natural;
    return natural.has_value();
}

}  // namespace

Result<Items> Items::of_list(Value list) {
    if (!list.is(Type::list))
        return Error{"expected a list, not " + std::string(script::type_name(list.type()))};
    Items items;
    items.size_ = list.items().size();
    items.list_ = std::move(list);
    return items;
}

Result<Items> Items::of_range(const Value& range) {
    static constexpr auto expected = "expected a whole number, [start, stop] or [start, stop, step]";
    std::array<Wide, 3> numbers{0, 0, 1};
    if (range.is(Type::list)) {
        auto parts = range.items();
        if (parts.size() < 2 || parts.size() > 3) return Error{expected};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (!to_whole_number(parts[i], numbers[i])) return Error{expected};
        }
    } else if (!to_whole_number(range, numbers[1])) {
        return Error{expected};
    }
    auto [start, stop, step] = numbers;
    if (step == 0) return Error{"the step of a range cannot be 0"};
    Items items;
    items.start_ = start;
    items.step_ = step;
    Wide size = 0;
    if (step > 0 && stop > start) size = (stop - start + step - 1) / step;
    if (step < 0 && stop < start) size = (start - stop - step - 1) / -step;
    // The end of a larger range would never be reached.
    items.size_ = static_cast<std::uint64_t>(std::min<Wide>(size, std::numeric_limits<std::uint64_t>::max()));
    return items;
}

Value Items::at(std::uint64_t i) const {
    if (step_ == 0) return list_.items()[i];
    const Wide n = start_ + static_cast<Wide>(i) * step_;
    return n < 0 ? Value::number(static_cast<std::int64_t>(n)) : Value::number(static_cast<std::uint64_t>(n));
}

LineItems::LineItems(const Scope& scope, std::string_view path) : scope_(scope) {
    auto& engine = scope.engine();
    if (engine.planning) return;
    if (path == "stdin") {
        if (engine.stdin_is_script) jobs::fail(scope, std::string(stdin_taken));
        name_ = "standard input";
        reader_ = &engine.standard_input();
        return;
    }
    name_ = quote_ends(path);
    // O_NONBLOCK: opening a FIFO must not wait for its writer.
    const int fd = ::open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) fail(errno);
    own_ = LineReader::make(fd, FdWatch::Sharing::own, max_line_size);
    reader_ = own_.get();
}

LineItems::~LineItems() {
    if (own_) own_->stop();
}

void LineItems::fail(int error) const {
    jobs::fail(scope_, "cannot read " + name_ + ": " + reason_of(error));
}

Coro<std::optional<script::Value>> LineItems::next() {
    if (reader_ == nullptr) {
        if (planned_) co_return std::nullopt;
        planned_ = true;
        co_return script::Value::unknown();
    }
    for (;;) {
        std::string_view line;
        switch (reader_->next(line)) {
            case LineReader::Found::line:
                co_return script::Value::string(line);
            case LineReader::Found::end:
                co_return std::nullopt;
            case LineReader::Found::too_long:
                jobs::fail(scope_, "line " + std::to_string(reader_->number()) + " of " + name_ +
                                       " is longer than 1 MiB");
            case LineReader::Found::nothing:
                break;
        }
        int error = 0;
        try {
            co_await reader_->wait_for_more();
        } catch (const std::system_error& e) {
            error = e.code().value();
        }
        if (error != 0) fail(error);
    }
}

}  // namespace arun::jobs
