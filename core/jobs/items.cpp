#include "jobs/items.hpp"

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "syntax/load.hpp"
#include "world/world.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <system_error>

namespace arun::jobs {

using script::Type;
using script::Value;

/// Returns the integer of 64 bits, with or without sign, that the value is or spells.
std::optional<Items::Integer> Items::to_integer(const Value& value) {
    const auto n = script::number_of(value);
    if (!n) return std::nullopt;
    if (const auto integer = n->to_int64())
        return Integer{static_cast<std::uint64_t>(*integer), *integer < 0};
    if (const auto natural = n->to_uint64()) return Integer{*natural, false};
    return std::nullopt;
}

std::uint64_t Items::count_steps(Integer low, Integer high, std::uint64_t step) noexcept {
    constexpr auto max = std::numeric_limits<std::uint64_t>::max();
    const auto last = high.bits - low.bits - 1;  // the distance from low to the last number, modulo 2^64
    if (!(low.negative && !high.negative && high.bits > low.bits)) {
        const auto steps = last / step;
        return steps == max ? max : steps + 1;
    }
    // That distance is `last` + 2^64: half of it is divided.
    if (step == 1) return max;
    const auto half = last / 2 + (std::uint64_t{1} << 63);
    const auto odd = last % 2;
    const auto rest = half % step;
    return half / step * 2 + (rest + odd >= step - rest ? 1 : 0) + 1;
}

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
    std::array<Integer, 3> numbers{Integer{0}, Integer{0}, Integer{1}};
    const auto read = [](const Value& value, Integer& out) {
        const auto integer = to_integer(value);
        if (integer) out = *integer;
        return integer.has_value();
    };
    if (range.is(Type::list)) {
        auto parts = range.items();
        if (parts.size() < 2 || parts.size() > 3) return Error{expected};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (!read(parts[i], numbers[i])) return Error{expected};
        }
    } else if (!read(range, numbers[1])) {
        return Error{expected};
    }
    const auto [start, stop, step] = numbers;
    if (step.bits == 0) return Error{"the step of a range cannot be 0"};
    Items items;
    items.start_ = start;
    items.step_ = step;
    // The end of a range with more numbers than fit would never be reached.
    const auto low = step.negative ? stop : start;
    const auto high = step.negative ? start : stop;
    if (low < high) items.size_ = count_steps(low, high, step.magnitude());
    return items;
}

Value Items::at(std::uint64_t i) const {
    if (step_.bits == 0) return list_.items()[i];
    const auto bits = start_.bits + i * step_.bits;
    std::uint64_t distance = 0;
    const bool overflow = __builtin_mul_overflow(i, step_.magnitude(), &distance);
    const bool passes_zero =
        overflow || (start_.negative ? distance >= start_.magnitude() : distance > start_.bits);
    const bool negative =
        start_.negative == step_.negative ? start_.negative : start_.negative != passes_zero;
    return negative ? Value::number(static_cast<std::int64_t>(bits)) : Value::number(bits);
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
    int error = 0;
    try {
        own_ = engine.world.read_lines(std::string(path), max_line_size);
    } catch (const std::system_error& e) {
        error = e.code().value();
    }
    if (error != 0) fail(error);
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
