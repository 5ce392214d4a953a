/// Counts live objects, so that a test finds leaks and double destruction without a sanitizer.
#pragma once

#include <set>
#include <utility>

namespace arun::test {

/// Knows each Lifetime by its address, and so detects one that is destroyed twice or never.
class LifetimeCounter {
public:
    int alive() const noexcept { return static_cast<int>(alive_.size()); }
    int made() const noexcept { return made_; }
    /// The number of destructor calls for objects that were not alive.
    int double_destructions() const noexcept { return double_destructions_; }

private:
    friend class Lifetime;
    std::set<const void*> alive_;
    int made_ = 0;
    int double_destructions_ = 0;
};

/// An object for frames, results and arguments.
class Lifetime {
public:
    explicit Lifetime(LifetimeCounter& counter) : counter_(&counter) { add(); }
    Lifetime(const Lifetime& other) : counter_(other.counter_) { add(); }
    // Not noexcept: the counter's set allocates.
    Lifetime(Lifetime&& other) : counter_(other.counter_) { add(); }
    Lifetime& operator=(const Lifetime&) = default;
    Lifetime& operator=(Lifetime&&) = default;
    ~Lifetime() {
        if (counter_->alive_.erase(this) == 0) ++counter_->double_destructions_;
    }

private:
    void add() {
        ++counter_->made_;
        counter_->alive_.insert(this);
    }

    LifetimeCounter* counter_;
};

}  // namespace arun::test
