#include "walk.hpp"

/// libfyaml 0.7 leaks a buffer for some unclosed quotes.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfyaml\nleak:fy_\n";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    arun::fuzz::read_and_walk(data, size, arun::syntax::Format::yaml);
    return 0;
}
