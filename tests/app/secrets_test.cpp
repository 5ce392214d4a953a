#include "console/secrets.hpp"

#include <doctest/doctest.h>

using arun::app::Secrets;

namespace {

Secrets secrets(std::initializer_list<std::string_view> values) {
    Secrets all;
    for (const auto value : values) all.add(value);
    return all;
}

}  // namespace

TEST_CASE("a secret is hidden wherever it stands") {
    const auto s = secrets({"hunter2"});
    CHECK(s.mask("hunter2") == "***");
    CHECK(s.mask("a hunter2 b hunter2hunter2") == "a *** b ***");
    CHECK(s.mask("hunter") == "hunter");
    CHECK(s.mask("") == "");
}

TEST_CASE("without secrets nothing is hidden") {
    CHECK(Secrets().empty());
    CHECK(Secrets().mask("a ... b") == "a ... b");
    CHECK(secrets({""}).empty());
}

TEST_CASE("secrets that contain each other or overlap are hidden together") {
    CHECK(secrets({"abc", "abcdef"}).mask("abcdef abc") == "*** ***");
    CHECK(secrets({"abcdef", "abc"}).mask("abcdef abc") == "*** ***");
    CHECK(secrets({"abcd", "cdef"}).mask("-abcdef-") == "-***-");
    CHECK(secrets({"aa"}).mask("baaab") == "b***b");
    CHECK(secrets({"*", "secret"}).mask("secret *") == "*** ***");
}

TEST_CASE("of a secret with several lines each line counts unless it is very short") {
    const auto s = secrets({"first line\r\n{\nlast line\n"});
    CHECK(s.mask("first line\r\n{\nlast line\n!") == "***!");
    CHECK(s.mask("last line and { and first line") == "*** and { and ***");
}

TEST_CASE("the forms of a secret in quotes are hidden too") {
    const auto s = secrets({"a\"b\\c\n\tlast", "it's"});
    CHECK(s.mask(R"("a\"b\\c\n\tlast")") == R"("***")");
    CHECK(s.mask("'it''s'") == "'***'");
}

TEST_CASE("what is left of a secret that was cut is hidden") {
    const auto s = secrets({"hunter2-xyz"});
    CHECK(s.mask("'hunter2...'") == "'***...'");
    CHECK(s.mask("...r2-xyz|") == "...***|");
    CHECK(s.mask("hun...") == "***...");
    // Two characters give nothing away.
    CHECK(s.mask("shu...") == "shu...");
    CHECK(s.mask("...") == "...");
}
