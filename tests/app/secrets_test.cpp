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

TEST_CASE("the encoded forms of a secret are hidden, wherever they begin") {
    const auto s = secrets({"hunter2-geheim"});
    CHECK(s.mask("aHVudGVyMi1nZWhlaW0=") == "***0=");  // base64 of the secret
    CHECK(s.mask("eGh1bnRlcjItZ2VoZWlt") == "eG***");  // with a byte before
    CHECK(secrets({"a b/c"}).mask("a%20b%2Fc a%20b%2fc a+b%2Fc") == "*** *** ***");
    CHECK(secrets({"<&>x"}).mask("&lt;&amp;&gt;x") == "***");
    CHECK(secrets({"a\x1b\x07z"}).mask("a\\x1b\\x07z a\uFFFD\uFFFDz") == "*** ***");
}

TEST_CASE("the user and password of a URL are redacted") {
    const auto s = secrets({"hunter2"});
    CHECK(s.redact("http://me:hunter2@host:1/a@b") == "http://***@host:1/a@b");
    CHECK(Secrets().redact("x 'https://a@b@host' http://host/x@y") == "x 'https://***@host' http://host/x@y");
    CHECK(Secrets().redact("none") == "none");
    CHECK_FALSE(Secrets().may_concern("a@b"));
}

TEST_CASE("a secret that has begun is found at the end of a text") {
    const auto s = secrets({"hunter2"});
    CHECK(s.begun("a hunt") == 4);
    CHECK(s.begun("a hunter2") == 0);
    CHECK(s.begun("") == 0);
    CHECK(s.leading("hunter2!") == 7);
    CHECK(s.leading("hunt") == 0);
}
