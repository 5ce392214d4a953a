/// What is wrong with a YAML text that libfyaml could not read, in words that help.
#pragma once

#include "syntax/builder.hpp"
#include "syntax/yaml_events.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace arun::syntax {

struct YamlFault {
    Range at;
    std::string message;
    std::string hint;
    std::uint32_t resume = 0;  ///< what stands before it belongs to the mistake
};

/// Where libfyaml stood when it failed.
struct YamlScene {
    std::string_view text;                ///< the source's, up to the end of the document
    std::uint32_t begin = 0;              ///< of what libfyaml was given
    std::uint32_t done = 0;               ///< the end of the last token that came as an event
    std::vector<std::uint32_t> brackets;  ///< those that are open, outermost first
};

/// Rephrases `failure`, whose place has been made a byte of the source, and finds the place where the mistake
/// is, which may be far above the one where it is noticed.
YamlFault explain_yaml(const YamlScene& scene, const YamlFailure& failure, const Source& source);

}  // namespace arun::syntax
