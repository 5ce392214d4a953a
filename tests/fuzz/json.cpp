#include "walk.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    arun::fuzz::read_and_walk(data, size, arun::syntax::Format::json);
    return 0;
}
