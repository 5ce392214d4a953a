/// Parses YAML with libfyaml into a DocumentBuilder. Only yaml_parser.cpp includes libfyaml.
#pragma once

#include "syntax/document_builder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace arun::syntax {

struct YamlSyntaxError {
    std::uint32_t at = 0;  ///< where libfyaml noticed it
    std::string message;   ///< libfyaml's own; may be empty
};

struct YamlParseResult {
    std::optional<YamlSyntaxError> error;
    std::uint32_t token_end = 0;  ///< of the last token that reached the builder
};

/// Parses the one document that begins at `begin` and extends to the end of `text`, which begins with the
/// source and has passed check_characters(). Directives may precede it; unknown ones are ignored. Stops at
/// the first syntax error, or when the builder does.
YamlParseResult parse_yaml(std::string_view text, std::uint32_t begin, DocumentBuilder& builder);

/// "0.7.12"
const char* yaml_library_version() noexcept;

}  // namespace arun::syntax
