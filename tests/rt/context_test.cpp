// CPython 3.11 Lib/test/test_context.py, under the same names; what is ours is in
// context_more_test.cpp.
//
// | not here                                      | why                                                     |
// |-----------------------------------------------|---------------------------------------------------------|
// | test_context_var_repr_1                       | no repr in C++                                          |
// | test_context_subclassing_1                    | nothing here has a virtual function to override         |
// | test_context_new_1, test_context_typerrors_1  | wrong types do not compile                              |
// | test_context_run_1                            | run() without a function does not compile               |
// | HamtTest                                      | CPython's hash tree. Ours is a list: "a persistent list |
// |                                               | against a model" stands for it                          |
#include "rt/context.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace arun;

namespace {
/// Runs the test in a context of its own, as @isolated_context does.
template <class F>
void isolated(F f) {
    Context().run(f);
}
}  // namespace

TEST_CASE("test_context_var_new_1") {
    ContextVar<int> c("aaa");
    CHECK(c.name() == "aaa");
    ContextVar<int> namesake("aaa");
    CHECK(c.number() != namesake.number());
}

TEST_CASE("test_context_get_context_1") {
    isolated([] {
        Context copy = copy_context();
        CHECK_FALSE(copy.is(current_context()));
        CHECK(copy.size() == 0);
    });
}

TEST_CASE("test_context_run_2") {
    Context ctx;
    int spam = 0;
    CHECK(ctx.run([&](auto... arguments) { return 1 + static_cast<int>(sizeof...(arguments)); }) == 1);
    CHECK(&ctx.run([&]() -> int& { return spam; }) == &spam);
    ctx.run([] {});
}

TEST_CASE("test_context_run_3") {
    Context ctx;
    for (int i = 0; i < 2; ++i) {
        CHECK_THROWS_AS(ctx.run([] { throw std::domain_error("division by zero"); }), std::domain_error);
    }
}

TEST_CASE("test_context_run_4") {
    isolated([] {
        Context ctx1;
        Context ctx2;
        ContextVar<std::string> var("var");

        const auto func2 = [&] { CHECK(var.get_if() == nullptr); };
        const auto func1 = [&] {
            CHECK(var.get_if() == nullptr);
            var.set("spam");
            ctx2.run(func2);
            CHECK(var.get() == "spam");

            Context cur = copy_context();
            CHECK(cur.size() == 1);
            CHECK(*var.get_if(cur) == "spam");
            return cur;
        };
        Context returned = ctx1.run(func1);
        CHECK(returned.size() == ctx1.size());
        CHECK(*var.get_if(returned) == "spam");
        CHECK(*var.get_if(ctx1) == "spam");
    });
}

TEST_CASE("test_context_run_5") {
    Context ctx;
    ContextVar<std::string> var("var");
    const auto func = [&] {
        CHECK(var.get_if() == nullptr);
        var.set("spam");
        throw std::domain_error("division by zero");
    };
    CHECK_THROWS_AS(ctx.run(func), std::domain_error);
    CHECK(var.get_if() == nullptr);
}

TEST_CASE("test_context_run_6") {
    Context ctx;
    ContextVar<int> c("a", 0);
    ctx.run([&] {
        CHECK(c.get() == 0);
        CHECK(c.get_if(ctx) == nullptr);
        c.set(42);
        CHECK(c.get() == 42);
        CHECK(*c.get_if(ctx) == 42);
    });
}

TEST_CASE("test_context_run_7") {
    Context ctx;
    int entered = 0;
    ctx.run([&] {
        ++entered;
        CHECK_THROWS_WITH_AS(ctx.run([] {}), doctest::Contains("is already entered"), std::runtime_error);
        // Also where another one was entered between.
        Context().run([&] {
            CHECK_THROWS_WITH_AS(ctx.run([] {}), doctest::Contains("is already entered"), std::runtime_error);
        });
    });
    ctx.run([&] { ++entered; });
    CHECK(entered == 2);
}

TEST_CASE("test_context_getset_1") {
    isolated([] {
        ContextVar<std::string> c("c");
        CHECK_THROWS_AS(c.get(), LookupError);
        CHECK(c.get_or("none") == "none");

        auto t0 = c.set("42");
        CHECK(c.get() == "42");
        CHECK(c.get_or("none") == "42");
        CHECK(t0.old_value() == nullptr);
        CHECK(&t0.var() == &c);

        auto t = c.set("spam");
        CHECK(c.get() == "spam");
        CHECK(*t.old_value() == "42");
        c.reset(t);
        CHECK(c.get() == "42");
        CHECK(c.get_or("none") == "42");

        c.set("spam2");
        CHECK_THROWS_WITH_AS(c.reset(t), doctest::Contains("has already been used"), std::runtime_error);
        CHECK(c.get() == "spam2");

        Context ctx1 = copy_context();
        CHECK(c.get_if(ctx1) != nullptr);

        c.reset(t0);
        CHECK_THROWS_WITH_AS(c.reset(t0), doctest::Contains("has already been used"), std::runtime_error);
        CHECK(c.get_if() == nullptr);

        CHECK(*c.get_if(ctx1) == "spam2");
        CHECK(ctx1.size() == 1);

        Context ctx2 = copy_context();
        CHECK(c.get_if(ctx2) == nullptr);
        CHECK(ctx2.size() == 0);
    });
}

TEST_CASE("test_context_getset_2") {
    isolated([] {
        ContextVar<int> v1("v1");
        ContextVar<int> v2("v2");
        auto t1 = v1.set(42);
        CHECK_THROWS_WITH_AS(v2.reset(t1), doctest::Contains("by a different"), std::invalid_argument);
        CHECK_FALSE(t1.used());
        v1.reset(t1);
        CHECK(t1.used());
    });
}

TEST_CASE("test_context_getset_3") {
    isolated([] {
        ContextVar<int> c("c", 42);
        Context ctx;
        ctx.run([&] {
            CHECK(c.get() == 42);
            CHECK(c.get_if(ctx) == nullptr);
            CHECK(c.get_or(7) == 7);
            CHECK(ctx.size() == 0);

            auto t = c.set(1);
            CHECK(ctx.size() == 1);
            CHECK(*c.get_if(ctx) == 1);

            c.reset(t);
            CHECK(ctx.size() == 0);
            CHECK(c.get_if(ctx) == nullptr);
        });
    });
}

TEST_CASE("test_context_getset_4") {
    isolated([] {
        ContextVar<int> c("c", 42);
        Context ctx;
        auto token = ctx.run([&] { return c.set(1); });
        CHECK_THROWS_WITH_AS(c.reset(token), doctest::Contains("different Context"), std::invalid_argument);
    });
}

TEST_CASE("test_context_getset_5") {
    isolated([] {
        ContextVar<std::shared_ptr<std::vector<int>>> c("c");
        c.set(std::make_shared<std::vector<int>>());
        copy_context().run([&] {
            c.set(std::make_shared<std::vector<int>>());
            c.get()->push_back(42);
            CHECK(*c.get() == std::vector<int>{42});
        });
        CHECK(c.get()->empty());
    });
}

TEST_CASE("test_context_copy_1") {
    Context ctx1;
    ContextVar<int> c("c", 42);
    ctx1.run([&] {
        c.set(10);
        Context ctx2 = ctx1.copy();
        CHECK(*c.get_if(ctx2) == 10);

        c.set(20);
        CHECK(*c.get_if(ctx1) == 20);
        CHECK(*c.get_if(ctx2) == 10);

        ctx2.run([&] {
            CHECK(c.get() == 10);
            c.set(30);
            CHECK(c.get() == 30);
        });
        CHECK(*c.get_if(ctx1) == 20);
        CHECK(*c.get_if(ctx2) == 30);
    });
}

TEST_CASE("test_context_threads_1") {
    ContextVar<int> cvar("cvar");
    std::vector<int> wrong(4, 0);
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
        threads.emplace_back([&, number] {
            for (int i = 0; i < 200; ++i) {
                cvar.set(number + i);
                std::this_thread::yield();
                if (cvar.get() != number + i) ++wrong[static_cast<std::size_t>(number)];
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == std::vector<int>(4, 0));
}
