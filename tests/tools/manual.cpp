/// Prints the sections of arun-script(5) that are made of what the kinds and modifiers declare. tools/manual
/// puts them into the page.
#include "describe/kind_help.hpp"
#include "jobs/kind.hpp"

#include <cstdio>

int main() {
    const auto text = arun::app::kinds_in_mdoc(arun::jobs::all_kinds());
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0
                                                                                                       : 1;
}
