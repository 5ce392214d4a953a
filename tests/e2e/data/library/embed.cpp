#include <arun/arun.hpp>
#include <arun/run_script.hpp>

int main(int, char** argv) {
    arun::ScriptOptions options;
    options.variables = {"greeting=hello"};
    return arun::run_script(argv[1], options);
}
