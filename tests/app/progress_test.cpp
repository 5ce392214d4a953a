#include "console/progress.hpp"

#include <doctest/doctest.h>

using namespace arun;
using namespace arun::app;

TEST_CASE("progress: as many jobs as fit") {
    CHECK(fit_list({}, 80).empty());
    CHECK(fit_list({"sleep 1s"}, 80) == "sleep 1s");
    CHECK(fit_list({"aa", "bb", "cc"}, 10) == "aa, bb, cc");
    CHECK(fit_list({"aa", "bb", "cc"}, 9) == "aa");
    CHECK(fit_list({"aaaa", "bbbb", "cccc", "dddd"}, 22) == "aaaa, bbbb, cccc, dddd");
    CHECK(fit_list({"aaaa", "bbbb", "cccc", "dddd"}, 21) == "aaaa, bbbb and 2 more");
    CHECK(fit_list({"aaaa", "bbbb", "cccc", "dddd"}, 20) == "aaaa and 3 more");
    CHECK(fit_list({"aaaaaaaaaa"}, 4) == "aaaa");
    CHECK(fit_list({"äöü", "ä"}, 3) == "äöü");
    CHECK(fit_list({"äöüß"}, 3) == "äöü");
}

TEST_CASE("progress: --progress overrides the default") {
    Options options;
    options.progress = When::always;
    options.quiet = true;
    CHECK(wants_progress(options));
    options.progress = When::never;
    CHECK_FALSE(wants_progress(options));
}
