// The two public suites of JSON and YAML inputs, see suites/README.md. What differs from a suite is listed
// here, with its reason; that nothing else does is the test.

#include "syntax/reading.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using nlohmann::json;

namespace {

std::string from_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text) {
        const auto digit = digits.find(c);
        if (digit == digits.npos) break;
        bits = bits << 6U | static_cast<unsigned>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xffU);
    }
    return out;
}

std::string input_of(const json& entry) {
    if (const auto found = entry.find("base64"); found != entry.end())
        return from_base64(found->get<std::string>());
    const auto text = entry["text"].get<std::string>();
    std::string out;
    for (int i = entry.value("times", 1); i > 0; --i) out += text;
    return out;
}

/// The entries of a file of suites/.
std::vector<json> suite(const std::string& name) {
    std::ifstream file(ARUN_SUITES + name);
    std::vector<json> entries;
    for (std::string line; std::getline(file, line);) entries.push_back(json::parse(line));
    REQUIRE(entries.size() > 300);
    return entries;
}

json to_json(arun::syntax::Node node) {
    using arun::syntax::Type;
    switch (node.type()) {
        case Type::null:
            return nullptr;
        case Type::boolean:
            return node.boolean();
        case Type::string:
            return std::string(node.text());
        case Type::number:
            break;
        case Type::list: {
            auto list = json::array();
            node.for_each_item([&](auto item) { list.push_back(to_json(item)); });
            return list;
        }
        case Type::map: {
            auto map = json::object();
            node.for_each_entry([&](auto key, auto value) { map[std::string(key.text())] = to_json(value); });
            return map;
        }
    }
    auto number = json::parse(node.text(), nullptr, false);
    return number.is_discarded() ? json(std::stod(std::string(node.text()))) : number;
}

json parse_all(const std::string& text) {
    auto values = json::array();
    std::istringstream in(text);
    for (json value; !(in >> std::ws).eof();) {
        in >> value;
        values.push_back(value);
    }
    return values;
}

bool is_refused(const arun::syntax::testing::ReadResult& read) {
    return read.diagnostics().has_errors();
}

}  // namespace

TEST_CASE("JSONTestSuite: what is JSON is read, and nothing else") {
    // Valid JSON, but one of two values would be lost.
    const std::set<std::string> refused{"y_object_duplicated_key", "y_object_duplicated_key_and_value"};
    // Where a parser is free to decide: numbers too small for a double, as zero; a byte order mark. What is
    // refused is not UTF-8, half of a surrogate pair, a number too large for a double, or nested too deeply.
    const std::set<std::string> accepted{"i_number_double_huge_neg_exp", "i_number_real_underflow",
                                         "i_structure_UTF-8_BOM_empty_object"};
    for (const auto& entry : suite("json.jsonl")) {
        const auto name = entry["name"].get<std::string>();
        CAPTURE(name);
        const auto expected = name[0] == 'y' ? !refused.contains(name) : accepted.contains(name);
        CHECK(!is_refused(arun::syntax::testing::json(input_of(entry))) == expected);
    }
}

TEST_CASE("yaml-test-suite: every difference is one of the contract's") {
    struct Difference {
        std::string_view reason;
        std::string_view message;  ///< of the refusal; empty if it is read, but not to the suite's value
        std::set<std::string> names;
    };
    const std::vector<Difference> differences{
        {"no tags but those of the core schema",
         "unknown tag",
         {"2XXW", "52DL", "565N", "5TYM", "6CK3", "6WLZ", "7FWL",    "8MK2", "9WXW", "C4HZ",
          "CC74", "CUP7", "J7PZ", "M5C3", "P76L", "S4JQ", "UKK6/02", "UGM3", "Z67P", "Z9M4"}},
        {"keys are scalars",
         "a key must be text",
         {"4FJ6", "6BFJ", "6PBE", "9MMW", "KK5P", "LX3P", "M2N8/00", "M2N8/01", "M5DY", "Q9WF", "RZP5",
          "SBG9", "V9D5", "X38W", "XW4D"}},
        {"keys are unique", "duplicate key", {"2JQS"}},
        {"a script is not empty",
         "the script is empty",
         {"6XDY", "8G76", "98YD", "AVM7", "DK95/07", "HWV9", "MUS6/02", "MUS6/03", "MUS6/04", "MUS6/05",
          "MUS6/06", "QT73"}},
        {"empty documents are skipped", "", {"6ZKB", "9DXL", "PUW8", "UT92", "W4TN"}},
        {"of libfyaml: a block scalar that begins a document without '---', with a '%' in the first column",
         "a line that begins with '%' inside a document",
         {"M7A3"}},
    };
    for (const auto& entry : suite("yaml.jsonl")) {
        const auto name = entry["name"].get<std::string>();
        CAPTURE(name);
        CAPTURE(entry["title"].get<std::string>());
        const auto read = arun::syntax::testing::yaml(input_of(entry));
        CAPTURE(read.messages());
        const auto known = std::ranges::find_if(
            differences, [&](const Difference& each) { return each.names.contains(name); });
        if (known != differences.end() && !known->message.empty()) {
            CAPTURE(known->reason);
            CHECK(is_refused(read));
            CHECK(read.messages().find(known->message) != std::string::npos);
            continue;
        }
        CHECK(is_refused(read) == entry.contains("error"));
        if (!entry.contains("json")) continue;
        auto values = json::array();
        for (const auto& document : read.all()) values.push_back(to_json(document->root()));
        CHECK((values == parse_all(entry["json"])) == (known == differences.end()));
    }
}
