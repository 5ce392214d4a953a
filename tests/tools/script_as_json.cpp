/// Prints each script of the files that are named as one line of JSON, read as arun reads it: for programs
/// that know JSON only.
#include "base/diagnostic.hpp"
#include "script/template.hpp"
#include "script/value.hpp"
#include "syntax/load.hpp"

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
    arun::Diagnostics diagnostics;
    for (int i = 1; i < argc; ++i) {
        const auto source = arun::syntax::load_file(argv[i], diagnostics);
        if (!source) break;
        const auto format = arun::syntax::format_for(argv[i], source->text());
        for (const auto& document : arun::syntax::read(source, format, diagnostics)) {
            std::string line;
            arun::script::append_json(line, arun::script::literal_value(document->root()));
            std::puts(line.c_str());
        }
    }
    for (const auto& diagnostic : diagnostics.sorted())
        std::fputs(arun::render(diagnostic, false).c_str(), stderr);
    return diagnostics.has_errors() ? 1 : 0;
}
