/// Encodings of text that HTTP needs.
#pragma once

#include <string>
#include <string_view>

namespace arun {

/// Base64 with padding (RFC 4648, section 4).
std::string base64(std::string_view bytes);

/// Everything but unreserved characters (RFC 3986, section 2.3) as %XX.
std::string percent_encoded(std::string_view text);

/// A boundary between parts (RFC 2046) that none of the parts contains: 24 random digits.
std::string random_boundary();

}  // namespace arun
