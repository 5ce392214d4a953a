// A bare pass of libfyaml's event parser over a file: what reading a YAML script cannot be faster than.
#include <libfyaml.h>

#include <fstream>
#include <iterator>
#include <string>

int main(int, char** argv) {
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    fy_parse_cfg config{};
    fy_parser* parser = fy_parser_create(&config);
    fy_parser_set_string(parser, text.data(), text.size());
    while (fy_event* event = fy_parser_parse(parser)) fy_parser_event_free(parser, event);
    fy_parser_destroy(parser);
    return 0;
}
