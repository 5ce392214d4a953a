/// Counts what is alive, so that a test sees leaks and double destruction without a sanitizer.
#pragma once

#include <set>
#include <utility>

namespace arun::test {

/// Knows each Lifetime by its address: one that is destroyed twice, or never, shows.
class LifetimeCounter {
public:
    int alive() const noexcept { return static_cast<int>(alive_.size()); }
    int made() const noexcept { return made_; }
    /// Destructors that ran on what was not alive.
    int strays() const noexcept { return strays_; }

private:
    friend class Lifetime;
    std::set<const void*> alive_;
    int made_ = 0;
    int strays_ = 0;
};

/// Put it into frames, results and arguments.
class Lifetime {
public:
    explicit Lifetime(LifetimeCounter& counter) : counter_(&counter) { born(); }
    Lifetime(const Lifetime& other) : counter_(other.counter_) { born(); }
    // Not noexcept: the counter's set allocates.
    Lifetime(Lifetime&& other) : counter_(other.counter_) { born(); }
    Lifetime& operator=(const Lifetime&) = default;
    Lifetime& operator=(Lifetime&&) = default;
    ~Lifetime() {
        if (counter_->alive_.erase(this) == 0) ++counter_->strays_;
    }

private:
    void born() {
        ++counter_->made_;
        counter_->alive_.insert(this);
    }

    LifetimeCounter* counter_;
};

}  // namespace arun::test
