/// Turns libfyaml's syntax errors into messages that help.
#pragma once

#include "base/source.hpp"
#include "syntax/document.hpp"
#include "syntax/yaml_parser.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

/// Where libfyaml failed.
struct YamlErrorContext {
    std::string_view text;                ///< the source's, up to the end of what was parsed
    std::uint32_t begin = 0;              ///< of what was parsed
    std::vector<std::uint32_t> brackets;  ///< the open ones, outermost first; the last may be an open quote
};

struct ExplainedYamlError {
    Range at;
    std::string message;
    std::string hint;
    std::uint32_t resume = 0;  ///< text before this byte belongs to the mistake
};

/// Rephrases `error` and locates the mistake, which may be far above the place where libfyaml noticed it.
ExplainedYamlError explain_yaml_error(const YamlSyntaxError& error, const YamlErrorContext& context,
                                      const Source& source);

}  // namespace arun::syntax
