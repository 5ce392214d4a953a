// What is ours of contexts: context_test.cpp has CPython's cases.
#include "rt/context.hpp"

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
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

TEST_CASE("context: copies that other threads change do not disturb each other") {
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

TEST_CASE("context: handles share, and know it") {
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

TEST_CASE("context: a variable at a dead one's address is another variable") {
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

TEST_CASE("context slot: a snapshot is cut off from both sides") {
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

TEST_CASE("context slot: the running code's slot is the one it was pointed at") {
    ContextVar<int> var("var", 0);
    ContextSlot slot;
    ContextSlot* const outer = std::exchange(detail::current_context_slot, &slot);
    var.set(1);
    CHECK(var.get() == 1);
    detail::current_context_slot = outer;
    CHECK(var.get() == 0);
    CHECK(*var.get_if(slot.context()) == 1);
}

TEST_CASE("context scope: the code in it runs in that context, the code after it in its own") {
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
