/// Context variables, as Python's contextvars: values that follow the flow of tasks.
#pragma once

#include "rt/frame_pool.hpp"
#include "rt/ref.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace arun {

/// A ContextVar has neither a value in this context nor a default.
class LookupError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class T>
class ContextVar;
class ContextSlot;

namespace detail {

/// to_thread() takes a context into its thread, so the parts of contexts count their references atomically.
template <class T>
using ContextCounted = RefCounted<T, std::atomic<std::uint32_t>>;

/// A value of some ContextVar. Immutable once it is in a context.
class ContextValue : public ContextCounted<ContextValue>, public FramePooled {
protected:
    friend RefCounted;
    virtual ~ContextValue() = default;
};

template <class T>
class ContextValueOf final : public ContextValue {
public:
    explicit ContextValueOf(T&& value) : value(std::move(value)) {}
    T value;
};

/// One variable in a persistent list. Lists share their tails.
struct ContextNode : ContextCounted<ContextNode>, FramePooled {
    std::uint64_t number = 0;
    Ref<ContextValue> value;
    Ref<ContextNode> next;

    /// Frees the nodes that nothing else shares in a loop: a list may be too long for recursion.
    void dispose() noexcept;
};

/// The variable's value in the list, or null.
inline const ContextValue* context_find(const ContextNode* head, std::uint64_t number) noexcept {
    for (; head != nullptr; head = head->next.get()) {
        if (head->number == number) return head->value.get();
    }
    return nullptr;
}
/// Sets the variable, or removes it if `value` is null; returns the value before. Nodes that another list
/// shares are copied, the others change in place. A list never has two nodes for one variable. Throws
/// std::bad_alloc, with nothing changed.
Ref<ContextValue> context_exchange(Ref<ContextNode>& head, std::uint64_t number, Ref<ContextValue> value);

/// The state that the handles of one context share.
struct ContextCell : ContextCounted<ContextCell>, FramePooled {
    Ref<ContextNode> head;
    bool entered = false;  ///< inside Context::run()
};

/// The type-independent part of ContextVar. Contexts know a variable by its number: a destroyed variable
/// cannot be mistaken for a new one at the same address.
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

/// The context of the running code; null: the thread's own. A task points it at its slot for the length of a
/// step, and restores it after.
extern constinit thread_local ContextSlot* current_context_slot;

}  // namespace detail

/// A handle to a mutable set of variables. Copying the handle shares them; copy() copies them, in O(1). A
/// handle may be passed to another thread, but only one thread at a time may use a context. A moved-from
/// handle can only be assigned or destroyed.
class Context {
public:
    /// A new context without variables. Throws std::bad_alloc.
    Context() : cell_(detail::make_ref<detail::ContextCell>()) {}

    Context copy() const;
    /// The number of variables that have a value here, defaults not counted.
    std::size_t size() const noexcept;
    /// True if both are handles to the same context.
    bool is(const Context& other) const noexcept { return cell_ == other.cell_; }

    /// Calls `f` in this context, on this thread, and returns its result. Throws std::runtime_error if the
    /// context is already entered. Coroutines use ContextScope.
    template <class F>
    decltype(auto) run(F&& f) const;

private:
    friend class ContextSlot;
    template <class T>
    friend class ContextVar;
    friend class ContextEntry;

    explicit Context(detail::Ref<detail::ContextCell> cell) noexcept : cell_(std::move(cell)) {}

    detail::Ref<detail::ContextCell> cell_;
};

/// A task's context. A child starts with a snapshot, which is one pointer and allocates nothing; the cell is
/// made when a variable is set or the handle is requested.
class ContextSlot {
public:
    /// A context without variables.
    ContextSlot() noexcept = default;
    /// `context` itself, not a copy.
    explicit ContextSlot(Context context) noexcept
        : bits_(reinterpret_cast<std::uintptr_t>(context.cell_.detach()) | is_cell) {}
    ContextSlot(ContextSlot&& other) noexcept : bits_(std::exchange(other.bits_, 0)) {}
    ContextSlot& operator=(ContextSlot&& other) noexcept {
        std::swap(bits_, other.bits_);
        return *this;
    }
    ~ContextSlot() {
        if (bits_ != 0) release();
    }

    /// A copy of the present variables. Later changes to either do not reach the other.
    ContextSlot snapshot() const noexcept;
    /// The handle. Throws std::bad_alloc.
    Context context();
    bool holds(const Context& context) const noexcept { return cell() == context.cell_.get(); }
    const detail::ContextNode* head() const noexcept {
        return cell() != nullptr ? cell()->head.get() : list();
    }

    /// The running task's slot; the thread's own outside of tasks.
    static ContextSlot& current() noexcept {
        ContextSlot* slot = detail::current_context_slot;
        return slot != nullptr ? *slot : thread_root();
    }

private:
    /// Set in the lowest bit of a pointer to a cell; otherwise the bits are a pointer to a list.
    static constexpr std::uintptr_t is_cell = 1;

    static ContextSlot& thread_root() noexcept;
    void release() noexcept;
    detail::ContextCell* cell() const noexcept {
        return (bits_ & is_cell) != 0 ? reinterpret_cast<detail::ContextCell*>(bits_ & ~is_cell) : nullptr;
    }
    detail::ContextNode* list() const noexcept { return reinterpret_cast<detail::ContextNode*>(bits_); }

    std::uintptr_t bits_ = 0;
};

/// A copy of the running code's context.
Context copy_context();
/// The running code's context itself.
inline Context current_context() {
    return ContextSlot::current().context();
}

/// The running code uses `slot`'s context for the length of the scope. Must not span an await.
class [[nodiscard]] ContextSlotScope {
public:
    explicit ContextSlotScope(ContextSlot& slot) noexcept
        : saved_(std::exchange(detail::current_context_slot, &slot)) {}
    ContextSlotScope(const ContextSlotScope&) = delete;
    ContextSlotScope& operator=(const ContextSlotScope&) = delete;
    ~ContextSlotScope() { detail::current_context_slot = saved_; }

private:
    ContextSlot* saved_;
};

/// The running task, with the coroutines that it awaits, is in `context` for the length of the scope. Unlike
/// Context::run() the scope may span awaits, and another task may be in the same context: they take turns.
class [[nodiscard]] ContextScope {
public:
    explicit ContextScope(Context context) noexcept
        : slot_(ContextSlot::current()), saved_(std::exchange(slot_, ContextSlot(std::move(context)))) {}
    ContextScope(const ContextScope&) = delete;
    ContextScope& operator=(const ContextScope&) = delete;
    ~ContextScope() { slot_ = std::move(saved_); }

private:
    ContextSlot& slot_;
    ContextSlot saved_;
};

/// The length of one Context::run().
class [[nodiscard]] ContextEntry {
public:
    explicit ContextEntry(const Context& context);
    ContextEntry(const ContextEntry&) = delete;
    ContextEntry& operator=(const ContextEntry&) = delete;
    ~ContextEntry();

private:
    Context context_;
    ContextSlot slot_;
    ContextSlot* outer_;
};

template <class F>
decltype(auto) Context::run(F&& f) const {
    ContextEntry entry(*this);
    return std::forward<F>(f)();
}

/// A variable whose value depends on the context. References and pointers to a value are valid until the
/// variable is set again in that context, or the context is gone.
template <class T>
class ContextVar : public detail::ContextVarBase {
public:
    /// Returned by set(), for one reset().
    class Token {
    public:
        /// The value before set(), or null if there was none.
        const T* old_value() const noexcept { return value_in(old_.get()); }
        const ContextVar& var() const noexcept { return *var_; }
        bool used() const noexcept { return used_; }
        Token(Token&&) noexcept = default;
        Token& operator=(Token&&) noexcept = default;

    private:
        friend class ContextVar;
        Token(const ContextVar& var, Context context, detail::Ref<detail::ContextValue> old) noexcept
            : var_(&var), context_(std::move(context)), old_(std::move(old)) {}

        const ContextVar* var_;
        Context context_;
        detail::Ref<detail::ContextValue> old_;
        bool used_ = false;
    };

    explicit ContextVar(std::string name) : ContextVarBase(std::move(name)) {}
    ContextVar(std::string name, T default_value)
        : ContextVarBase(std::move(name)), default_(std::move(default_value)) {}

    /// The value in the running context, else the default. Throws LookupError if there is neither.
    const T& get() const {
        if (const T* value = get_if()) return *value;
        if (default_) return *default_;
        throw LookupError("context variable '" + name() + "' has no value");
    }
    /// The value in the running context, else `fallback`; the default is ignored.
    T get_or(T fallback) const {
        if (const T* value = get_if()) return *value;
        return fallback;
    }
    /// The value in the running context, or null; the default is ignored.
    const T* get_if() const noexcept { return get_if(ContextSlot::current().head()); }
    /// The same in `context`.
    const T* get_if(const Context& context) const noexcept { return get_if(context.cell_->head.get()); }

    /// Sets the variable in the running context.
    Token set(T value) {
        Context context = current_context();
        auto old = set_value(context, std::move(value));
        return Token(*this, std::move(context), std::move(old));
    }
    /// Sets the variable in `context`.
    void set_in(const Context& context, T value) const { set_value(context, std::move(value)); }
    /// Removes the variable's value from `context`, if there is one.
    void unset_in(const Context& context) const {
        detail::context_exchange(context.cell_->head, number(), {});
    }

    /// Restores the value before the set() that returned `token`. Throws std::runtime_error if the token is
    /// used, std::invalid_argument if it belongs to another variable or another context.
    void reset(Token& token) {
        if (token.used_) throw std::runtime_error("Token has already been used once");
        if (token.var_ != this) throw std::invalid_argument("Token was created by a different ContextVar");
        if (!ContextSlot::current().holds(token.context_)) {
            throw std::invalid_argument("Token was created in a different Context");
        }
        token.used_ = true;
        detail::context_exchange(token.context_.cell_->head, number(), token.old_);
    }
    void reset(Token&& token) { reset(token); }

private:
    static const T* value_in(const detail::ContextValue* value) noexcept {
        return value != nullptr ? &static_cast<const detail::ContextValueOf<T>*>(value)->value : nullptr;
    }
    const T* get_if(const detail::ContextNode* head) const noexcept {
        return value_in(detail::context_find(head, number()));
    }
    detail::Ref<detail::ContextValue> set_value(const Context& context, T&& value) const {
        auto box = detail::make_ref<detail::ContextValueOf<T>>(std::move(value));
        return detail::context_exchange(context.cell_->head, number(), std::move(box));
    }

    std::optional<T> default_;
};

}  // namespace arun
