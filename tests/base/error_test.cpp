#include "base/error.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

using namespace arun;

TEST_CASE("a result holds a value or an error") {
    Result<std::unique_ptr<int>> value(std::make_unique<int>(3));
    REQUIRE(value);
    CHECK(**value == 3);
    CHECK(*(*std::move(value)) == 3);
    const Result<int> error(Error{"no number"});
    CHECK_FALSE(error);
    CHECK(error.error().message == "no number");
}

TEST_CASE("errno values have reasons that follow a colon") {
    CHECK(reason_of(ENOENT) == "no such file or directory");
    try {
        throw_system_error(ECONNREFUSED, "cannot connect");
    } catch (const std::system_error& e) {
        CHECK(e.code().value() == ECONNREFUSED);
        CHECK(std::string(e.what()).starts_with("cannot connect"));
    }
}
