#include "rt/ref.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

using namespace arun::detail;

namespace {

template <class Count>
struct Base : RefCounted<Base<Count>, Count> {
    explicit Base(int& deleted) : deleted(deleted) {}
    virtual ~Base() { ++deleted; }
    int& deleted;
};
struct Derived final : Base<std::uint32_t> {
    using Base::Base;
};

struct Disposed final : RefCounted<Disposed> {
    explicit Disposed(int& disposed) : disposed(disposed) {}
    void dispose() noexcept { ++disposed; }
    int& disposed;
};

}  // namespace

TEST_CASE("ref: the last reference deletes the object") {
    int deleted = 0;
    {
        Ref<Base<std::uint32_t>> first = make_ref<Derived>(deleted);
        CHECK_FALSE(first->shared());
        Ref<Base<std::uint32_t>> second = first;
        CHECK(first == second);
        CHECK(first->shared());
        second = {};
        CHECK_FALSE(second);
        CHECK_FALSE(first->shared());
        Ref<Base<std::uint32_t>> third(*first);
        CHECK(first->shared());
        first = std::move(third);
        CHECK_FALSE(third);
        CHECK(deleted == 0);
    }
    CHECK(deleted == 1);
}

TEST_CASE("ref: a detached reference can be adopted") {
    int deleted = 0;
    Base<std::uint32_t>* const object = make_ref<Derived>(deleted).detach();
    CHECK(deleted == 0);
    CHECK_FALSE(object->shared());
    CHECK(Ref<Base<std::uint32_t>>::adopt(object).get() == object);
    CHECK(deleted == 1);
}

TEST_CASE("ref: a class may replace dispose()") {
    int disposed = 0;
    Disposed object(disposed);
    CHECK(Ref<Disposed>::adopt(&object));
    CHECK(disposed == 1);
}

TEST_CASE("ref: threads may share an object with an atomic count") {
    using Shared = Base<std::atomic<std::uint32_t>>;
    int deleted = 0;
    auto object = make_ref<Shared>(deleted);
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([object] {
            for (int j = 0; j < 10'000; ++j) Ref<Shared> copy = object;
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(deleted == 0);
    object = {};
    CHECK(deleted == 1);
}
