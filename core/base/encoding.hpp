/// Encodings of text for HTTP and expressions.
#pragma once

#include "base/error.hpp"

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

/// A boundary between parts (RFC 2046) that none of the parts contains: 24 random digits.
std::string random_boundary();

}  // namespace arun
