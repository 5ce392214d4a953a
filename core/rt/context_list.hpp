/// What contexts are made of: persistent lists of values, counted and shared.
#pragma once

#include "rt/frame_pool.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

namespace arun::detail {

/// A reference count that threads may share: to_thread() takes a context into its thread.
class RefCount {
public:
    void add() noexcept { count_.fetch_add(1, std::memory_order_relaxed); }
    /// True when the last reference went.
    bool drop() noexcept { return count_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
    bool unique() const noexcept { return count_.load(std::memory_order_acquire) == 1; }

private:
    std::atomic<std::uint32_t> count_{1};
};

/// Counted pointer to a T with add_ref() and release().
template <class T>
class Ref {
public:
    Ref() noexcept = default;
    /// Takes over a reference.
    explicit Ref(T* adopted) noexcept : pointer_(adopted) {}
    Ref(const Ref& other) noexcept : pointer_(other.pointer_) {
        if (pointer_ != nullptr) pointer_->add_ref();
    }
    Ref(Ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(pointer_, other.pointer_);
        return *this;
    }
    ~Ref() {
        if (pointer_ != nullptr) T::release(pointer_);
    }
    T* get() const noexcept { return pointer_; }
    T* operator->() const noexcept { return pointer_; }
    T& operator*() const noexcept { return *pointer_; }
    explicit operator bool() const noexcept { return pointer_ != nullptr; }
    /// Gives the reference away.
    T* detach() noexcept { return std::exchange(pointer_, nullptr); }

private:
    T* pointer_ = nullptr;
};

/// A value of some ContextVar; immutable once it is in a context.
class ContextValue : public FramePooled {
public:
    void add_ref() noexcept { refs_.add(); }
    static void release(ContextValue* value) noexcept {
        if (value->refs_.drop()) delete value;
    }

protected:
    virtual ~ContextValue() = default;

private:
    RefCount refs_;
};

template <class T>
class ContextValueOf final : public ContextValue {
public:
    explicit ContextValueOf(T&& value) : value(std::move(value)) {}
    T value;
};

/// What all ContextVars have in common. Contexts know a variable by its number, so that one that
/// was destroyed is never mistaken for another at the same address.
class ContextVarBase {
public:
    explicit ContextVarBase(std::string name);
    ContextVarBase(const ContextVarBase&) = delete;
    ContextVarBase& operator=(const ContextVarBase&) = delete;

    const std::string& name() const noexcept { return name_; }
    std::uint64_t number() const noexcept { return number_; }

protected:
    ~ContextVarBase() = default;

private:
    std::string name_;
    std::uint64_t number_;
};

/// One variable in a persistent list; lists share their tails.
struct ContextNode : FramePooled {
    RefCount refs;
    std::uint64_t number = 0;
    Ref<ContextValue> value;
    ContextNode* next = nullptr;  ///< owned, or null

    void add_ref() noexcept { refs.add(); }
    /// Frees as much of the list as nobody else holds, in a loop: lists may be long.
    static void release(ContextNode* node) noexcept;
};

/// The variable's value in the list, or null.
inline const ContextValue* context_find(const ContextNode* head, std::uint64_t number) noexcept {
    for (; head != nullptr; head = head->next) {
        if (head->number == number) return head->value.get();
    }
    return nullptr;
}
/// Sets, or removes if `value` is null; gives the value before. In place where nobody shares the
/// list up to there; else what stands before the variable is copied. Either way a list never has
/// two nodes for one variable. Throws std::bad_alloc, with nothing changed.
Ref<ContextValue> context_exchange(ContextNode*& head, std::uint64_t number, Ref<ContextValue> value);

/// What the handles of one context share.
struct ContextCell : FramePooled {
    RefCount refs;
    bool entered = false;         ///< inside Context::run()
    ContextNode* head = nullptr;  ///< owned, or null

    /// Takes over `adopted`.
    explicit ContextCell(ContextNode* adopted = nullptr) noexcept : head(adopted) {}
    ContextCell(const ContextCell&) = delete;
    ContextCell& operator=(const ContextCell&) = delete;
    ~ContextCell() { ContextNode::release(head); }

    void add_ref() noexcept { refs.add(); }
    static void release(ContextCell* cell) noexcept {
        if (cell->refs.drop()) delete cell;
    }
};

}  // namespace arun::detail
