#include "jobs/items.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "syntax/load.hpp"

#include <fcntl.h>
#include <array>
#include <cerrno>
#include <cmath>
#include <system_error>

namespace arun::jobs {

using script::Type;
using script::Value;

namespace {

bool to_whole_number(const Value& value, std::int64_t& out) {
    constexpr double max_exact = 9007199254740992.0;
    if (!value.is(Type::number) && !(value.is(Type::string) && !value.as_string().empty())) return false;
    auto n = value.coerce_number();
    if (!(std::abs(n) <= max_exact) || n != std::trunc(n)) return false;
    out = static_cast<std::int64_t>(n);
    return true;
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
    std::array<std::int64_t, 3> numbers{0, 0, 1};
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
    if (step > 0 && stop > start) items.size_ = static_cast<std::uint64_t>((stop - start + step - 1) / step);
    if (step < 0 && stop < start) items.size_ = static_cast<std::uint64_t>((start - stop - step - 1) / -step);
    return items;
}

Value Items::at(std::uint64_t i) const {
    if (step_ == 0) return list_.items()[i];
    return Value::number(static_cast<double>(start_ + static_cast<std::int64_t>(i) * step_));
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
