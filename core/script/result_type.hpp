/// What is known before a run about the values that a job, a capture or a loop gives.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace arun::script {

enum class Shape : std::uint8_t { any, null, boolean, number, text, list, mapping };

struct ResultType;

struct ResultProperty {
    std::string_view name;
    Shape shape = Shape::any;
    const ResultType* type = nullptr;  ///< if more is known than the shape
};

/// A type of values, null always included: a job that fails or does not run has no result.
struct ResultType {
    Shape shape = Shape::any;
    std::span<const ResultProperty> properties = {};  ///< of a mapping; empty: any
    bool is_written = false;                          ///< of a value that the script spells out
    bool has_lower_keys = false;                      ///< of a mapping whose keys are in lower case
};

namespace result_types {
inline constexpr ResultType any{};
inline constexpr ResultType null{Shape::null};
inline constexpr ResultType boolean{Shape::boolean};
inline constexpr ResultType number{Shape::number};
inline constexpr ResultType text{Shape::text};
inline constexpr ResultType list{Shape::list};
/// By the names of headers.
inline constexpr ResultType headers{Shape::mapping, {}, false, true};
inline constexpr ResultType written_boolean{Shape::boolean, {}, true};
inline constexpr ResultType written_number{Shape::number, {}, true};
inline constexpr ResultType written_text{Shape::text, {}, true};
}  // namespace result_types

/// The type of everything that is assigned to one name, or null if it can be anything. Types are compared by
/// their address.
class KnownType {
public:
    /// Null: a value of any type.
    void add(const ResultType* type) noexcept {
        if (type == &result_types::null) return;
        type_ = empty_ || type == type_ ? type : nullptr;
        empty_ = false;
    }
    const ResultType* get() const noexcept { return type_; }

private:
    const ResultType* type_ = nullptr;
    bool empty_ = true;
};

}  // namespace arun::script
