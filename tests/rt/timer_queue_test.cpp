#include "rt/timer_queue.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

using namespace arun;

namespace {

/// Takes the place of a task, and is aligned as one: the queue only passes it to the comparison.
struct alignas(16) FakeTask {
    int order = 0;
};
const TaskBase* as_task(const FakeTask* fake) {
    return reinterpret_cast<const TaskBase*>(fake);
}
int tie_questions = 0;
bool fake_before(const TaskBase& a, const TaskBase& b) {
    ++tie_questions;
    return reinterpret_cast<const FakeTask&>(a).order < reinterpret_cast<const FakeTask&>(b).order;
}

struct TestTimer final : TimerNode {
    explicit TestTimer(const FakeTask* fake = nullptr, int number = 0) : fake(fake), number(number) {}
    void expire() noexcept override {}
    const TaskBase* task() const noexcept override { return as_task(fake); }

    const FakeTask* fake;
    int number;
};

Duration ns(std::int64_t n) {
    return Duration{n};
}

std::vector<int> drain(TimerQueue& queue, Duration now = Duration::max()) {
    std::vector<int> numbers;
    while (TimerNode* node = queue.pop_due(now)) numbers.push_back(static_cast<TestTimer*>(node)->number);
    return numbers;
}

/// The model that the queue is compared with: (deadline, has a task, its order, insertion) -> timer.
using Key = std::tuple<std::int64_t, bool, int, std::uint64_t>;
using Model = std::multimap<Key, TestTimer*>;

class Comparison {
public:
    explicit Comparison(std::uint32_t seed) : random_(seed) {
        for (int i = 0; i < 5; ++i) tasks_.push_back({i / 2});  // two pairs of equals
    }
    ~Comparison() {
        for (auto& [key, timer] : model_) queue_.erase(*timer);
    }

    int uniform(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

    void insert(std::int64_t deadline) {
        const int task = uniform(-1, 4);
        auto& timer = *timers_.emplace_back(
            std::make_unique<TestTimer>(task < 0 ? nullptr : &tasks_[static_cast<std::size_t>(task)]));
        queue_.insert(timer, ns(deadline));
        const Key key{deadline, task >= 0, task >= 0 ? timer.fake->order : 0, ++inserted_};
        model_.emplace(key, &timer);
    }
    void erase_any() {
        if (model_.empty()) return;
        auto victim = std::next(model_.begin(), uniform(0, static_cast<int>(model_.size()) - 1));
        queue_.erase(*victim->second);
        CHECK_FALSE(victim->second->armed());
        model_.erase(victim);
    }
    void pop_until(std::int64_t now) {
        while (!model_.empty() && std::get<0>(model_.begin()->first) <= now) {
            TimerNode* node = queue_.pop_due(ns(now));
            REQUIRE(node == model_.begin()->second);
            REQUIRE(node->deadline() == ns(std::get<0>(model_.begin()->first)));
            model_.erase(model_.begin());
        }
        REQUIRE(queue_.pop_due(ns(now)) == nullptr);
    }
    void check() {
        REQUIRE(queue_.size() == model_.size());
        REQUIRE(queue_.empty() == model_.empty());
        const Duration next = model_.empty() ? Duration::max() : ns(std::get<0>(model_.begin()->first));
        REQUIRE(queue_.next_deadline() == next);
    }

private:
    std::mt19937 random_;
    std::vector<FakeTask> tasks_;
    std::deque<std::unique_ptr<TestTimer>> timers_;
    TimerQueue queue_{fake_before};
    Model model_;
    std::uint64_t inserted_ = 0;
};

}  // namespace

TEST_CASE("timer queue: an empty one has no deadline and no due timer") {
    TimerQueue queue(fake_before);
    CHECK(queue.empty());
    CHECK(queue.size() == 0);
    CHECK(queue.next_deadline() == Duration::max());
    CHECK(queue.pop_due(Duration::max()) == nullptr);
}

TEST_CASE("timer queue: a timer is due at its deadline and not before") {
    TimerQueue queue(fake_before);
    TestTimer timer;
    queue.insert(timer, ns(10));
    CHECK(timer.armed());
    CHECK(queue.next_deadline() == ns(10));
    CHECK(queue.pop_due(ns(9)) == nullptr);
    CHECK(queue.pop_due(ns(10)) == &timer);
    CHECK_FALSE(timer.armed());
    CHECK(queue.empty());
}

TEST_CASE("timer queue: Duration::max() is a valid deadline") {
    TimerQueue queue(fake_before);
    TestTimer timer;
    queue.insert(timer, Duration::max());
    CHECK(queue.pop_due(ns(1)) == nullptr);
    CHECK(queue.size() == 1);
    CHECK(queue.pop_due(Duration::max()) == &timer);
}

TEST_CASE("timer queue: erasing an unarmed timer has no effect") {
    TimerQueue queue(fake_before);
    TestTimer timer;
    queue.erase(timer);
    queue.insert(timer, ns(1));
    queue.erase(timer);
    queue.erase(timer);
    CHECK(queue.empty());
    queue.insert(timer, ns(2));
    CHECK(queue.pop_due(ns(2)) == &timer);
    queue.erase(timer);
    CHECK(queue.empty());
}

TEST_CASE("timer queue: timers of one instant fire in the order of insertion") {
    TimerQueue queue(fake_before);
    std::deque<TestTimer> timers;
    for (int i = 0; i < 50; ++i) queue.insert(timers.emplace_back(nullptr, i), ns(7));
    const auto order = drain(queue);
    REQUIRE(order.size() == 50);
    for (int i = 0; i < 50; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("timer queue: timers of one instant fire in the order of the task tree first") {
    TimerQueue queue(fake_before);
    FakeTask first{1};
    FakeTask second{2};
    TestTimer late(&second, 1);
    TestTimer early(&first, 2);
    TestTimer early_again(&first, 3);
    TestTimer nobodys(nullptr, 4);
    queue.insert(late, ns(5));
    queue.insert(early, ns(5));
    queue.insert(early_again, ns(5));
    queue.insert(nobodys, ns(5));
    CHECK(drain(queue) == std::vector<int>{4, 2, 3, 1});
}

TEST_CASE("timer queue: compares tasks only on ties") {
    TimerQueue queue(fake_before);
    FakeTask one{1};
    FakeTask two{2};
    std::deque<TestTimer> timers;
    tie_questions = 0;
    for (int i = 0; i < 1000; ++i) {
        queue.insert(timers.emplace_back(i % 2 == 0 ? &one : &two, i), ns((i * 7919) % 1009));
    }
    CHECK(drain(queue).size() == 1000);
    CHECK(tie_questions == 0);
}

TEST_CASE("timer queue: sorts more ascending runs than there are lanes") {
    TimerQueue queue(fake_before);
    std::deque<TestTimer> timers;
    // Of descending deadlines the first eight get a lane each, the others go to the heap.
    for (int i = 100; i > 0; --i) queue.insert(timers.emplace_back(nullptr, i), ns(i));
    const auto order = drain(queue);
    REQUIRE(order.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i + 1);
}

TEST_CASE("timer queue: erasing its last entry reopens a lane for earlier deadlines") {
    TimerQueue queue(fake_before);
    TestTimer far(nullptr, 1);
    TestTimer near(nullptr, 2);
    TestTimer nearer(nullptr, 3);
    queue.insert(near, ns(10));
    queue.insert(far, ns(1000));
    queue.erase(far);
    queue.insert(nearer, ns(5));
    CHECK(queue.next_deadline() == ns(5));
    CHECK(drain(queue) == std::vector<int>{3, 2});
}

TEST_CASE("timer queue: behaves like a multimap under random operations") {
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        Comparison compare(seed);
        // From many ties to hardly any; from a few lengths, as in most programs, to any.
        const int spread = compare.uniform(0, 1) != 0 ? 20 : 1'000'000;
        const bool few_lengths = compare.uniform(0, 1) != 0;
        const int lengths[] = {1, 3, 10, 50, 200, 1000, 5000, 5001, 70'000, 300'000};
        std::int64_t now = 0;
        for (int step = 0; step < 2000; ++step) {
            const int what = compare.uniform(0, 9);
            if (what < 6) {
                compare.insert(now +
                               (few_lengths ? lengths[compare.uniform(0, 9)] : compare.uniform(-5, spread)));
            } else if (what < 8) {
                compare.erase_any();
            } else {
                now += compare.uniform(0, spread / 10);
                compare.pop_until(now);
            }
            compare.check();
        }
        compare.pop_until(std::numeric_limits<std::int64_t>::max());
        compare.check();
    }
}

TEST_CASE("timer queue: a million sleeps of one length, half of them cancelled") {
    TimerQueue queue(fake_before);
    std::deque<TestTimer> timers;
    constexpr int count = 1'000'000;
    for (int i = 0; i < count; ++i) queue.insert(timers.emplace_back(nullptr, i), ns(1000 + i));
    for (int i = 0; i < count; i += 2) queue.erase(timers[static_cast<std::size_t>(i)]);
    CHECK(queue.size() == count / 2);
    int expected = 1;
    bool sorted = true;
    while (TimerNode* node = queue.pop_due(Duration::max())) {
        sorted = sorted && static_cast<TestTimer*>(node)->number == expected;
        expected += 2;
    }
    CHECK(sorted);
    CHECK(expected == count + 1);
}
