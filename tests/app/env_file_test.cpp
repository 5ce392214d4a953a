#include "cli/env_file.hpp"

#include "support/files.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;
using namespace arun::app;
using arun::test::Files;

namespace {

/// The entries, one a line, or the error.
std::string read(std::string_view text) {
    const auto entries = parse_env("f", text);
    if (!entries) return "error " + entries.error().message;
    std::string out;
    for (const auto& [name, value] : *entries) out += name + "=<" + value + ">\n";
    return out;
}

}  // namespace

TEST_CASE("a line is NAME=VALUE") {
    CHECK(read("A=1\nB_2=two words\n_c=\n") == "A=<1>\nB_2=<two words>\n_c=<>\n");
    CHECK(read("A=1") == "A=<1>\n");
    CHECK(read("A=b=c\n") == "A=<b=c>\n");
    CHECK(read("A=$HOME ${X} `x`\n") == "A=<$HOME ${X} `x`>\n");
    CHECK(read("A=ä€\n") == "A=<ä€>\n");
    CHECK(read("A=a\\nb\n") == "A=<a\\nb>\n");
}

TEST_CASE("empty lines and comments are ignored") {
    CHECK(read("") == "");
    CHECK(read("\n\n  \n\t\n") == "");
    CHECK(read("# comment\n  # another\nA=1\n#B=2\n") == "A=<1>\n");
    CHECK(read("A=1 # comment\nB=x#y\nC=#\n").starts_with("A=<1>\nB=<x#y>\n"));
    CHECK(read("A=http://h/#x\n") == "A=<http://h/#x>\n");
}

TEST_CASE("blanks around a line and around a value are ignored") {
    CHECK(read("  A=1  \n\tB= 2\t\n") == "A=<1>\nB=<2>\n");
    CHECK(read("A=1\r\nB=2\r\n") == "A=<1>\nB=<2>\n");
    CHECK(read("\xEF\xBB\xBF"
               "A=1\n") == "A=<1>\n");
}

TEST_CASE("a line may begin with export") {
    CHECK(read("export A=1\nexport   B=2\n") == "A=<1>\nB=<2>\n");
    CHECK(read("exported=1\nexport=2\n") == "exported=<1>\nexport=<2>\n");
}

TEST_CASE("a value in single quotes is literal") {
    CHECK(read("A='x y'\n") == "A=<x y>\n");
    CHECK(read("A='a # b'\n") == "A=<a # b>\n");
    CHECK(read("A='  '\n") == "A=<  >\n");
    CHECK(read("A=''\n") == "A=<>\n");
    CHECK(read("A='a\\nb\"c'\n") == "A=<a\\nb\"c>\n");
    CHECK(read("A='x' # comment\n") == "A=<x>\n");
}

TEST_CASE("a value in double quotes can have escapes") {
    CHECK(read("A=\"a\\nb\\tc\"\n") == "A=<a\nb\tc>\n");
    CHECK(read("A=\"a\\\"b\\\\c\"\n") == "A=<a\"b\\c>\n");
    CHECK(read("A=\"\\d\\'\"\n") == "A=<\\d\\'>\n");
    CHECK(read("A=\"a # b\"\n") == "A=<a # b>\n");
    CHECK(read("A=\"it's\"\n") == "A=<it's>\n");
    CHECK(read("A=\"\\\\\"\n") == "A=<\\>\n");
    CHECK(read("A=\"x\" # comment\n") == "A=<x>\n");
}

TEST_CASE("quotes inside a value are part of it") {
    CHECK(read("A=x'y'\n") == "A=<x'y'>\n");
    CHECK(read("A=it's\n") == "A=<it's>\n");
}

TEST_CASE("a repeated name is kept, in the order of the file") {
    CHECK(read("A=1\nB=2\nA=3\n") == "A=<1>\nB=<2>\nA=<3>\n");
}

TEST_CASE("errors name the file and the line") {
    CHECK(read("A=1\n\nhello\n") == "error f:3: expected NAME=VALUE");
    CHECK(read("=1\n") == "error f:1: '' is not the name of an environment variable");
    CHECK(read("1A=1\n") == "error f:1: '1A' is not the name of an environment variable");
    CHECK(read("A-B=1\n") == "error f:1: 'A-B' is not the name of an environment variable");
    CHECK(read("A B=1\n") == "error f:1: 'A B' is not the name of an environment variable");
    CHECK(read("export\n") == "error f:1: expected NAME=VALUE");
    CHECK(read("A=1\nB='x\n") == "error f:2: the value has no closing '");
    CHECK(read("A=\"x\n") == "error f:1: the value has no closing \"");
    CHECK(read("A=\"x\\\"\n") == "error f:1: the value has no closing \"");
    CHECK(read("A='x' y\n").starts_with("error f:1: "));
    CHECK(read(std::string_view("A=a\0b\n", 6)) == "error f:1: the value contains a NUL byte");
    CHECK(read(std::string(200, 'x')).size() < 80);
}

TEST_CASE("a file can be empty") {
    const Files files;
    const auto entries = read_env_file(files.write("a.env", "A=1\n"));
    REQUIRE(entries);
    CHECK(*entries == EnvEntries{{"A", "1"}});
    CHECK(read_env_file(files.write("empty.env", ""))->empty());
    const auto bad = files.write("bad.env", "A\n");
    CHECK(read_env_file(bad).error().message == bad + ":1: expected NAME=VALUE");
}

TEST_CASE("a file that cannot be read is an error with a reason") {
    const Files files;
    CHECK(read_env_file(files.path("none")).error().message.find("no such file or directory") !=
          std::string::npos);
    CHECK(read_env_file(files.path("")).error().message.find("is a directory") != std::string::npos);
}
