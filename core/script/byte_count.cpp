#include "script/byte_count.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace arun::script {

namespace {

constexpr std::array<char, 4> prefixes{'\0', 'K', 'M', 'G'};

Error refused() {
    return Error{"expected a number of bytes above 0 such as 65536, 64KiB or 1MiB"};
}

}  // namespace

Result<ByteCount> Codec<ByteCount>::from(const Value& value) {
    if (value.is(Type::number)) {
        const double n = value.as_number();
        if (!(n >= 1) || n > 0x1p53 || std::trunc(n) != n) return refused();
        return ByteCount{static_cast<std::uint64_t>(n)};
    }
    if (!value.is(Type::string)) return refused();
    std::string_view text = value.as_string();
    std::uint64_t n = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (error != std::errc() || n == 0) return refused();
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    while (text.starts_with(' ')) text.remove_prefix(1);
    if (text.empty()) return ByteCount{n};
    for (unsigned power = 1; power < prefixes.size(); ++power) {
        if (text.front() != prefixes[power]) continue;
        if (text.size() > 1 && text.substr(1) != "iB") break;
        if (n > (std::numeric_limits<std::uint64_t>::max() >> (10 * power))) break;
        return ByteCount{n << (10 * power)};
    }
    return refused();
}

std::string format_bytes(std::uint64_t bytes) {
    unsigned power = 0;
    while (power + 1 < prefixes.size() && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        ++power;
    }
    auto text = std::to_string(bytes);
    if (power == 0) return text + (bytes == 1 ? " byte" : " bytes");
    return text + ' ' + prefixes[power] + "iB";
}

}  // namespace arun::script
