/// What a for_each goes through: a list, or a range that is never written out.
#pragma once

#include "base/error.hpp"
#include "script/value.hpp"

#include <cstdint>

namespace arun::jobs {

class Items {
public:
    /// The errors complete "expected ...".
    static Result<Items> of_list(script::Value list);
    /// N, [start, stop] or [start, stop, step], as Python's range(); whole numbers up to 2^53.
    static Result<Items> of_range(const script::Value& range);

    std::uint64_t size() const noexcept { return size_; }
    script::Value at(std::uint64_t i) const;

private:
    Items() = default;

    script::Value list_;
    std::int64_t start_ = 0;
    std::int64_t step_ = 0;  ///< 0: a list
    std::uint64_t size_ = 0;
};

}  // namespace arun::jobs
