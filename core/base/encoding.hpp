/// Encodings of text for HTTP and expressions.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace arun {

/// Base64 with padding (RFC 4648, section 4).
std::string base64(std::string_view bytes);
/// The bytes of a text in Base64, in the alphabet of section 4 or that of section 5, which URLs and tokens
/// use. White space is skipped; the padding may be missing.
Result<std::string> base64_decode(std::string_view text);

/// Everything but unreserved characters (RFC 3986, section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

/// FNV-1a with 64 bits.
std::uint64_t fnv1a(std::string_view text, std::uint64_t basis = 14695981039346656037U) noexcept;

/// A boundary between parts (RFC 2046), which says nothing about them. If one of them contains it, take that
/// of the next number.
std::string make_boundary(unsigned number);

}  // namespace arun
