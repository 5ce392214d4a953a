#include "jobs/items.hpp"

#include <array>
#include <cmath>
#include <string>

namespace arun::jobs {

using script::Type;
using script::Value;

namespace {

bool whole(const Value& value, std::int64_t& out) {
    constexpr double most = 9007199254740992.0;
    if (!value.is(Type::number) && !(value.is(Type::string) && !value.as_string().empty())) return false;
    auto n = value.coerce_number();
    if (!(std::abs(n) <= most) || n != std::trunc(n)) return false;
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
    static constexpr auto wanted = "expected a whole number, [start, stop] or [start, stop, step]";
    std::array<std::int64_t, 3> numbers{0, 0, 1};
    if (range.is(Type::list)) {
        auto parts = range.items();
        if (parts.size() < 2 || parts.size() > 3) return Error{wanted};
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (!whole(parts[i], numbers[i])) return Error{wanted};
        }
    } else if (!whole(range, numbers[1])) {
        return Error{wanted};
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

}  // namespace arun::jobs
