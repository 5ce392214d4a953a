// A bare pass of nlohmann's SAX parser over a file: what reading a JSON script cannot be faster than.
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <string>

int main(int, char** argv) {
    struct Nothing : nlohmann::json::json_sax_t {
        bool null() override { return true; }
        bool boolean(bool) override { return true; }
        bool number_integer(number_integer_t) override { return true; }
        bool number_unsigned(number_unsigned_t) override { return true; }
        bool number_float(number_float_t, const string_t&) override { return true; }
        bool string(string_t&) override { return true; }
        bool binary(binary_t&) override { return true; }
        bool start_object(std::size_t) override { return true; }
        bool key(string_t&) override { return true; }
        bool end_object() override { return true; }
        bool start_array(std::size_t) override { return true; }
        bool end_array() override { return true; }
        bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override {
            return false;
        }
    } nothing;
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    return nlohmann::json::sax_parse(text, &nothing) ? 0 : 1;
}
