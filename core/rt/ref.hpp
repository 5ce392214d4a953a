/// Ref<T>: the runtime's counted pointer, and the base class that holds the count.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

namespace arun::detail {

/// Base of an object that Refs share. The count begins at one: make_ref() or Ref::adopt() takes that
/// reference over. With std::atomic<std::uint32_t> for Count, threads may share the object. When the last
/// reference goes, T::dispose() runs, which deletes the object unless T replaces it.
template <class T, class Count = std::uint32_t>
class RefCounted {
public:
    RefCounted(const RefCounted&) = delete;
    RefCounted& operator=(const RefCounted&) = delete;

    void add_ref() noexcept { ++refs_; }
    void release() noexcept {
        if (drop_ref()) static_cast<T*>(this)->dispose();
    }
    /// There is more than one reference.
    bool shared() const noexcept { return refs_ > 1; }

protected:
    RefCounted() noexcept = default;
    ~RefCounted() = default;

    /// True if that was the last reference.
    bool drop_ref() noexcept { return --refs_ == 0; }
    void dispose() noexcept { delete static_cast<T*>(this); }

private:
    Count refs_{1};
};

/// Counted pointer to a T that has add_ref() and release(). May be null.
template <class T>
class Ref {
public:
    Ref() noexcept = default;
    /// One more reference.
    explicit Ref(T& object) noexcept : pointer_(&object) { object.add_ref(); }
    /// Takes over a reference that is already counted.
    static Ref adopt(T* counted) noexcept {
        Ref ref;
        ref.pointer_ = counted;
        return ref;
    }
    Ref(const Ref& other) noexcept : pointer_(other.pointer_) {
        if (pointer_ != nullptr) pointer_->add_ref();
    }
    Ref(Ref&& other) noexcept : pointer_(std::exchange(other.pointer_, nullptr)) {}
    template <std::derived_from<T> U>
    Ref(Ref<U> other) noexcept : pointer_(other.detach()) {}
    Ref& operator=(Ref other) noexcept {
        std::swap(pointer_, other.pointer_);
        return *this;
    }
    ~Ref() {
        if (pointer_ != nullptr) pointer_->release();
    }

    T* get() const noexcept { return pointer_; }
    T* operator->() const noexcept { return pointer_; }
    T& operator*() const noexcept { return *pointer_; }
    explicit operator bool() const noexcept { return pointer_ != nullptr; }
    friend bool operator==(const Ref&, const Ref&) noexcept = default;
    /// Gives up the pointer without dropping its reference.
    T* detach() noexcept { return std::exchange(pointer_, nullptr); }

private:
    T* pointer_ = nullptr;
};

/// A new T and its first reference.
template <class T, class... Args>
Ref<T> make_ref(Args&&... args) {
    return Ref<T>::adopt(new T(std::forward<Args>(args)...));
}

}  // namespace arun::detail
