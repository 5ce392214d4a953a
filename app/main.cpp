#include "commands.hpp"

int main(int argc, char** argv) {
    return arun::app::run(argc, argv);
}
