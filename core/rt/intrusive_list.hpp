/// IntrusiveList<T>: the runtime's doubly linked list of objects that hold their own links.
#pragma once

namespace arun::detail {

/// The member by which a T is in a list.
template <class T>
struct ListLinks {
    T* next = nullptr;
    T* previous = nullptr;
};

/// Owns none of its elements; an element must be removed before it is destroyed. The links form a ring, so
/// the list itself is one pointer. An element does not know whether it is in a list.
template <class T, ListLinks<T> T::* links>
class IntrusiveList {
public:
    IntrusiveList() noexcept = default;
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    bool empty() const noexcept { return first_ == nullptr; }
    /// Null if the list is empty.
    T* first() const noexcept { return first_; }
    T* last() const noexcept { return first_ != nullptr ? (first_->*links).previous : nullptr; }
    /// The element behind `element`, null behind the last one.
    T* next(const T& element) const noexcept {
        T* const next = (element.*links).next;
        return next != first_ ? next : nullptr;
    }

    void push_back(T& element) noexcept {
        if (first_ == nullptr) {
            first_ = (element.*links).next = (element.*links).previous = &element;
            return;
        }
        T* const last = (first_->*links).previous;
        (element.*links).next = first_;
        (element.*links).previous = last;
        (last->*links).next = (first_->*links).previous = &element;
    }
    /// Precondition: `element` is in this list.
    void remove(T& element) noexcept {
        T* const next = (element.*links).next;
        if (next == &element) {
            first_ = nullptr;
            return;
        }
        T* const previous = (element.*links).previous;
        (next->*links).previous = previous;
        (previous->*links).next = next;
        if (first_ == &element) first_ = next;
    }

private:
    T* first_ = nullptr;
};

}  // namespace arun::detail
