#include "syntax/scalar.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

using namespace arun::syntax;

TEST_CASE("the core schema knows null, booleans and numbers") {
    for (auto text : {"", "~", "null", "Null", "NULL"}) CHECK(plain_type(text) == Type::null);
    for (auto text : {"true", "True", "TRUE", "false", "False", "FALSE"})
        CHECK(plain_type(text) == Type::boolean);
    for (auto text : {"0", "007", "-1", "+1", "1.", ".5", "-.5", "1.5e3", "1E-3", "0x1F", "0xff", "0o17",
                      ".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN"})
        CHECK(plain_type(text) == Type::number);
}

TEST_CASE("everything else is a string") {
    for (auto text :
         {"nULL", "nul",   "tRue", "yes", "no",   "on",  "off",        "y",   "n",  "1:30", "1_000",
          "0b1",  "0X1F",  "0x",   "0o8", "-0x1", "0xg", ".",          "-",   "+",  "e5",   "1e",
          "1e+",  "1.2.3", "1 2",  "--1", "inf",  "nan", "2001-01-01", ".in", "~~", "1s",   "Infinity"})
        CHECK(plain_type(text) == Type::string);
}

TEST_CASE("integers and floats are distinguished for tags") {
    CHECK(is_integer("12"));
    CHECK(is_integer("-12"));
    CHECK(is_integer("0x1f"));
    CHECK_FALSE(is_integer("1.0"));
    CHECK_FALSE(is_integer(""));
    CHECK_FALSE(is_integer("+"));
    CHECK(is_float("12"));
    CHECK(is_float("1.5"));
    CHECK(is_float("-.inf"));
    CHECK_FALSE(is_float("x"));
}

TEST_CASE("numbers have the value of their spelling") {
    CHECK(number_value("1.10") == 1.1);
    CHECK(number_value("+7") == 7);
    CHECK(number_value("-7") == -7);
    CHECK(number_value("0x1F") == 31);
    CHECK(number_value("0o17") == 15);
    CHECK(number_value("017") == 17);
    CHECK(number_value(".5") == 0.5);
    CHECK(number_value("1.") == 1);
    CHECK(number_value("1e3") == 1000);
    CHECK(std::isinf(number_value("-.inf").to_double()));
    CHECK(number_value("-.inf") < 0);
    CHECK(number_value(".nan").is_nan());
    CHECK(std::isinf(number_value("1e999").to_double()));
    CHECK(number_value("1e-999") == 0);
}

TEST_CASE("integers must fit into 64 bits") {
    for (auto text : {"18446744073709551615", "-9223372036854775808", "0xFFFFFFFFFFFFFFFF",
                      "00000000000000000000000000000000000001", "-0"})
        CHECK(number_error(text) == NumberError::none);
    for (auto text :
         {"18446744073709551616", "-9223372036854775809", "0x1FFFFFFFFFFFFFFFF", "99999999999999999999"})
        CHECK(number_error(text) == NumberError::integer_too_large);
}

TEST_CASE("floats must be finite unless spelled as infinity") {
    for (auto text : {"1e308", "1e-999", ".inf", "-.INF", ".nan", "1.7976931348623157e308", "0x1e999"})
        CHECK(number_error(text) == NumberError::none);
    for (auto text : {"1e309", "-1e999", "1.8e308", "100000000000000000000e300"})
        CHECK(number_error(text) == NumberError::too_large);
}
