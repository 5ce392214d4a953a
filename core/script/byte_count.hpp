/// Numbers of bytes as scripts write them: 65536, 64KiB, 1MiB.
#pragma once

#include "script/codec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace arun::script {

/// A number of bytes above zero.
struct ByteCount {
    std::uint64_t value = 0;
};

/// Units are KiB, MiB and GiB, or K, M and G for the same.
template <>
struct Codec<ByteCount> {
    static constexpr TypeInfo info{
        "bytes",
        R"({"anyOf":[{"type":"integer","minimum":1},{"type":"string","pattern":"^[0-9]+ *([KMG](iB)?)?$"}]})"};
    static Result<ByteCount> from(const Value& value);
};

/// "1 MiB", "1500 bytes": exact.
std::string format_bytes(std::uint64_t bytes);

}  // namespace arun::script
