// CPython 3.11 Lib/test/test_context.py, under the same names, and this runtime's own tests.
//
// | not here                                      | why                                                     |
// |-----------------------------------------------|---------------------------------------------------------|
// | test_context_var_repr_1                       | no repr in C++                                          |
// | test_context_subclassing_1                    | no class here has a virtual function to override        |
// | test_context_new_1, test_context_typerrors_1  | wrong types do not compile                              |
// | test_context_run_1                            | run() without a function does not compile               |
// | HamtTest                                      | CPython's hash tree. Here it is a list, see "a          |
// |                                               | persistent list against a model"                        |
#include "rt/context.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
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
        // Also if another context was entered in between.
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

// This runtime's own tests.

TEST_CASE("context: copies changed by several threads are independent") {
    isolated([] {
        std::vector<std::unique_ptr<ContextVar<std::string>>> vars;
        for (int i = 0; i < 10; ++i) {
            vars.push_back(std::make_unique<ContextVar<std::string>>("v" + std::to_string(i)));
            vars.back()->set("start");
        }
        std::vector<int> wrong(4, 0);
        std::vector<std::thread> threads;
        for (std::size_t number = 0; number < 4; ++number) {
            threads.emplace_back([&, number, mine = copy_context()] {
                mine.run([&] {
                    for (std::size_t i = 0; i < 500; ++i) {
                        auto& var = *vars[(i * 7 + number) % vars.size()];
                        Context deeper = copy_context();
                        var.set(std::to_string(number));
                        if (var.get() != std::to_string(number)) ++wrong[number];
                    }
                });
            });
        }
        for (auto& thread : threads) thread.join();
        CHECK(wrong == std::vector<int>(4, 0));
        for (const auto& var : vars) CHECK(var->get() == "start");
    });
}

TEST_CASE("context: copied handles share one context") {
    Context a;
    Context b = a;
    Context c = a.copy();
    CHECK(a.is(b));
    CHECK_FALSE(a.is(c));
    ContextVar<int> var("var");
    var.set_in(a, 1);
    CHECK(*var.get_if(b) == 1);
    CHECK(var.get_if(c) == nullptr);
    var.unset_in(b);
    CHECK(var.get_if(a) == nullptr);
}

TEST_CASE("context: a new variable at a destroyed one's address is another variable") {
    Context context;
    std::optional<ContextVar<int>> number(std::in_place, "x");
    number->set_in(context, 1);
    number.emplace("x");
    CHECK(number->get_if(context) == nullptr);
    CHECK(context.size() == 1);
}

TEST_CASE("context: setting one variable a million times does not grow the list") {
    Context context;
    ContextVar<int> other("other");
    ContextVar<int> var("var");
    ContextVar<int> later("later");
    other.set_in(context, -1);
    var.set_in(context, 0);
    later.set_in(context, -2);
    std::vector<Context> copies;
    for (int i = 1; i <= 1'000'000; ++i) {
        if (i % 100'000 == 0) copies.push_back(context.copy());
        var.set_in(context, i);
    }
    CHECK(context.size() == 3);
    CHECK(*var.get_if(context) == 1'000'000);
    CHECK(*other.get_if(context) == -1);
    CHECK(*later.get_if(context) == -2);
    int expected = 99'999;
    for (const Context& copy : copies) {
        CHECK(copy.size() == 3);
        CHECK(*var.get_if(copy) == expected);
        expected += 100'000;
    }
}

TEST_CASE("context: a list of a hundred thousand variables is freed without recursion") {
    detail::Ref<detail::ContextNode> head;
    for (int i = 0; i < 100'000; ++i) {
        // Not by set(), which searches the list first.
        auto node = detail::make_ref<detail::ContextNode>();
        node->number = static_cast<std::uint64_t>(i) + (std::uint64_t{1} << 60);
        node->next = std::move(head);
        head = std::move(node);
    }
}

TEST_CASE("context: a persistent list against a model") {
    std::vector<std::unique_ptr<ContextVar<int>>> vars;
    for (int i = 0; i < 12; ++i) vars.push_back(std::make_unique<ContextVar<int>>("v" + std::to_string(i)));
    struct Version {
        Context context;
        std::map<std::size_t, int> model;
    };
    for (std::uint32_t seed = 1; seed <= 30; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        std::vector<Version> versions(1);
        for (int step = 0; step < 1000; ++step) {
            const std::size_t at = random() % versions.size();
            const std::size_t var = random() % vars.size();
            switch (random() % 8) {
                case 0:
                    versions.push_back({versions[at].context.copy(), versions[at].model});
                    break;
                case 1:
                    if (versions.size() > 1)
                        versions.erase(versions.begin() + static_cast<std::ptrdiff_t>(at));
                    break;
                case 2:
                case 3:
                    vars[var]->unset_in(versions[at].context);
                    versions[at].model.erase(var);
                    break;
                default:
                    vars[var]->set_in(versions[at].context, step);
                    versions[at].model[var] = step;
            }
            for (const Version& version : versions) {
                REQUIRE(version.context.size() == version.model.size());
                for (const auto& [which, value] : version.model) {
                    const int* found = vars[which]->get_if(version.context);
                    REQUIRE(found != nullptr);
                    REQUIRE(*found == value);
                }
            }
            if (versions.size() > 12) versions.erase(versions.begin());
        }
    }
}

TEST_CASE("context slot: neither side of a snapshot sees changes to the other") {
    ContextVar<int> var("var");
    Context context;
    var.set_in(context, 1);
    ContextSlot parent(context);
    ContextSlot child = parent.snapshot();
    CHECK(parent.holds(context));
    CHECK_FALSE(child.holds(context));
    var.set_in(context, 2);
    CHECK(*var.get_if(parent.context()) == 2);
    CHECK(*var.get_if(child.context()) == 1);
    var.set_in(child.context(), 3);
    CHECK(*var.get_if(context) == 2);
    CHECK(*var.get_if(child.context()) == 3);
    CHECK(child.context().is(child.context()));
    CHECK(*var.get_if(child.snapshot().context()) == 3);
}

TEST_CASE("context slot: current() is the slot that was set for the running code") {
    ContextVar<int> var("var", 0);
    ContextSlot slot;
    ContextSlot* const outer = std::exchange(detail::current_context_slot, &slot);
    var.set(1);
    CHECK(var.get() == 1);
    detail::current_context_slot = outer;
    CHECK(var.get() == 0);
    CHECK(*var.get_if(slot.context()) == 1);
}

TEST_CASE("context scope: only the code inside runs in its context") {
    isolated([] {
        ContextVar<int> var("var", 0);
        var.set(1);
        Context custom;
        {
            ContextScope scope(custom);
            CHECK(var.get() == 0);
            var.set(2);
            {
                ContextScope inner(copy_context());
                var.set(3);
            }
            CHECK(var.get() == 2);
        }
        CHECK(var.get() == 1);
        CHECK(*var.get_if(custom) == 2);
    });
}

TEST_CASE("context: a token outlives its context's other handles") {
    ContextVar<std::string> var("var");
    auto token = Context().run([&] {
        var.set("first");
        return var.set("second");
    });
    CHECK(*token.old_value() == "first");
}
