/// Output that is held back as a whole: in memory, and beyond that in a temporary file.
#pragma once

#include "jobs/output.hpp"
#include "rt/file.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace arun::jobs {

class Spool {
public:
    /// Throws std::system_error if a temporary file is needed and cannot be written.
    void add(Stream stream, std::string_view bytes);
    /// Writes all of it in the order of its arrival, and forgets it. Throws std::system_error.
    void write_to(Output& output);

private:
    struct Part {
        Stream stream;
        std::size_t size;
    };
    std::vector<Part> parts_;
    std::string memory_;
    UniqueFd file_;  ///< what came before that in `memory_`
};

}  // namespace arun::jobs
