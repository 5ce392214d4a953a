/// Context variables, as Python's contextvars: values that follow the flow of tasks.
#pragma once

#include "rt/context_list.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace arun {

/// A ContextVar has no value in this context and no default.
class LookupError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

template <class T>
class ContextVar;
class ContextSlot;

namespace detail {
/// The context that the running code is in; null: the thread's own. Whoever runs a task points it
/// at the task's slot for as long as the task runs, and then back at what it was.
extern constinit thread_local ContextSlot* current_context_slot;

}  // namespace detail

/// A handle to a mutable set of variables. Copying the handle shares them; copy() copies them, in
/// O(1). Handles may be passed to other threads, but only one thread at a time may use a context.
/// A handle that was moved from can only be assigned or destroyed.
class Context {
public:
    /// A new context without variables. Throws std::bad_alloc.
    Context() : cell_(new detail::ContextCell) {}

    Context copy() const;
    /// The number of variables that have a value here (a default is not counted).
    std::size_t size() const noexcept;
    /// True if both are handles to one context.
    bool is(const Context& other) const noexcept { return cell_.get() == other.cell_.get(); }

    /// Runs `f` in this context, at once and on this thread, and gives what it gives. Throws
    /// std::runtime_error if the context is already entered. For coroutines use ContextScope.
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

/// Where a task keeps its context. A child starts with a snapshot, which is one pointer and
/// allocates nothing; a cell is made when somebody sets a variable or asks for the handle.
class ContextSlot {
public:
    /// A context without variables.
    ContextSlot() noexcept = default;
    /// This very context.
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

    /// A copy of what is in here now; later changes of either do not reach the other.
    ContextSlot snapshot() const noexcept;
    /// The handle. Throws std::bad_alloc.
    Context context();
    bool holds(const Context& context) const noexcept { return cell() == context.cell_.get(); }
    const detail::ContextNode* head() const noexcept { return cell() != nullptr ? cell()->head : list(); }

    /// The slot of the code that is running: its task's, or the thread's own.
    static ContextSlot& current() noexcept {
        ContextSlot* slot = detail::current_context_slot;
        return slot != nullptr ? *slot : thread_root();
    }

private:
    /// The lowest bit of a pointer to a cell; without it the bits are a pointer to a list.
    static constexpr std::uintptr_t is_cell = 1;

    static ContextSlot& thread_root() noexcept;
    void release() noexcept;
    detail::ContextCell* cell() const noexcept {
        return (bits_ & is_cell) != 0 ? reinterpret_cast<detail::ContextCell*>(bits_ & ~is_cell) : nullptr;
    }
    detail::ContextNode* list() const noexcept { return reinterpret_cast<detail::ContextNode*>(bits_); }

    std::uintptr_t bits_ = 0;
};

/// A copy of the context of the code that is running.
Context copy_context();
/// The context itself of the code that is running.
inline Context current_context() {
    return ContextSlot::current().context();
}

/// The running task is in `context` from here to the end of the scope, and so are the coroutines
/// that it awaits in there. Unlike Context::run() it may span awaits, and entering a context that
/// another task is in is allowed: they take turns.
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

/// One Context::run().
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

/// A variable whose value depends on the context. References and pointers that are handed out are
/// good until the variable is set again in that context, or the context is gone.
template <class T>
class ContextVar : public detail::ContextVarBase {
public:
    /// What set() gives and reset() takes: the way back. It can be used once.
    class Token {
    public:
        /// The value before set(), or null: there was none.
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

    /// The value in the running context, else the default; throws LookupError if there is neither.
    const T& get() const {
        if (const T* value = get_if()) return *value;
        if (default_) return *default_;
        throw LookupError("context variable '" + name() + "' has no value");
    }
    /// The value in the running context, else `fallback`, whatever the default is.
    T get_or(T fallback) const {
        if (const T* value = get_if()) return *value;
        return fallback;
    }
    /// The value in the running context, or null; the default does not count.
    const T* get_if() const noexcept { return get_if(ContextSlot::current().head()); }
    /// The value in `context`, or null; the default does not count.
    const T* get_if(const Context& context) const noexcept { return get_if(context.cell_->head); }

    /// Sets it in the running context.
    Token set(T value) {
        Context context = current_context();
        auto old = set_value(context, std::move(value));
        return Token(*this, std::move(context), std::move(old));
    }
    /// Sets it in `context`.
    void set_in(const Context& context, T value) const { set_value(context, std::move(value)); }
    /// Takes the value away from `context`; nothing if there is none.
    void unset_in(const Context& context) const {
        detail::context_exchange(context.cell_->head, number(), {});
    }

    /// Back to what it was before the set() that gave `token`. Throws std::runtime_error if the
    /// token has been used, std::invalid_argument if it is another variable's or another context's.
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
        detail::Ref<detail::ContextValue> box(new detail::ContextValueOf<T>(std::move(value)));
        return detail::context_exchange(context.cell_->head, number(), std::move(box));
    }

    std::optional<T> default_;
};

}  // namespace arun
