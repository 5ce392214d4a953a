#include "base/host_port.hpp"

#include <doctest/doctest.h>

using namespace arun;

TEST_CASE("host and port are divided by the last colon outside of brackets") {
    CHECK(split_host_port("a:80").host == "a");
    CHECK(split_host_port("a:80").port == "80");
    CHECK(split_host_port("a").host == "a");
    CHECK_FALSE(split_host_port("a").port);
    CHECK(split_host_port("a:").port == "");
    CHECK(split_host_port(":80").host == "");
    CHECK(split_host_port("[::1]:80").host == "[::1]");
    CHECK(split_host_port("[::1]:80").port == "80");
    CHECK(split_host_port("[::1]").host == "[::1]");
    CHECK_FALSE(split_host_port("[::1]").port);
    CHECK(split_host_port("::1:80").host == "::1");
}

TEST_CASE("a port is a number of 16 bits") {
    CHECK(parse_port("0") == 0);
    CHECK(parse_port("8080") == 8080);
    CHECK(parse_port("65535") == 65535);
    for (const auto* wrong : {"", "65536", "-1", "+1", "80a", " 80", "http"}) CHECK_FALSE(parse_port(wrong));
}

TEST_CASE("a URL has its host and port between the user and the path") {
    CHECK(host_port_of_url("http://a:80/b:c/d@e") == "a:80");
    CHECK(host_port_of_url("https://user:pass@a?b") == "a");
    CHECK(host_port_of_url("http://[::1]:80#x") == "[::1]:80");
    CHECK(host_port_of_url("proxy:3128") == "proxy:3128");
    CHECK(host_port_of_url("http:///x") == "");
}
