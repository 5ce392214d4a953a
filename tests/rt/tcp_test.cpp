#include "rt/tcp.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace arun;

namespace {

std::string parsed(std::string_view text) {
    const auto address = TcpAddress::parse(text);
    return address ? address->host() + " " + address->port() : address.error().message;
}

}  // namespace

TEST_CASE("a TCP address is a host and a port") {
    CHECK(parsed("localhost:80") == "localhost 80");
    CHECK(parsed("127.0.0.1:8080") == "127.0.0.1 8080");
    CHECK(parsed("[::1]:80") == "::1 80");
    for (const auto* wrong :
         {"localhost", ":80", "a:0", "a:65536", "a:http", "http://a:80", "a b:80", "[::1]", ""})
        CHECK(parsed(wrong) ==
              "expected host:port, such as 127.0.0.1:8080, not '" + std::string(wrong) + "'");
    CHECK(parsed("::1:80") == "an IPv6 address needs brackets: [::1]:80");
}
