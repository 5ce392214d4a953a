/// Prints each script of the files that are named as one line of JSON, read as arun reads it: for programs
/// that know JSON only.
#include "base/diagnostic.hpp"
#include "doc/load.hpp"
#include "plan/template.hpp"
#include "plan/value.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
    arun::Diagnostics diagnostics;
    for (int i = 1; i < argc; ++i) {
        const auto source = arun::doc::load_file(argv[i], diagnostics);
        if (!source) break;
        const auto format = arun::doc::format_for(argv[i], source->text());
        for (const auto& document : arun::doc::read(source, format, diagnostics)) {
            std::string line;
            arun::plan::append_json(line, arun::plan::literal_value(document->root()));
            std::puts(line.c_str());
        }
    }
    for (const auto& diagnostic : diagnostics.sorted())
        std::fputs(arun::render(diagnostic, false).c_str(), stderr);
    return diagnostics.has_errors() ? 1 : 0;
}
