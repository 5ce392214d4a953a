/// Memory that is given back all at once: a compiled script is many small things with one lifetime.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace arun {

/// Objects made here are never destroyed one by one, so they must not need it. They stay where they are until
/// the Arena goes.
class Arena {
public:
    Arena() = default;
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* allocate(std::size_t size, std::size_t align) {
        auto at = (used_ + align - 1) & ~(align - 1);
        if (at + size > capacity_) {
            grow(size + align);
            at = 0;
        }
        used_ = at + size;
        return current_ + at;
    }

    template <class T, class... A>
    T* make(A&&... args) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T), alignof(T))) T(std::forward<A>(args)...);
    }

    std::string_view copy(std::string_view text) {
        if (text.empty()) return {};
        auto* to = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }

    template <class T>
    std::span<const T> copy(const std::vector<T>& items) {
        static_assert(std::is_trivially_copyable_v<T>);
        if (items.empty()) return {};
        auto* to = static_cast<T*>(allocate(items.size() * sizeof(T), alignof(T)));
        std::memcpy(static_cast<void*>(to), items.data(), items.size() * sizeof(T));
        return {to, items.size()};
    }

private:
    void grow(std::size_t least) {
        auto size = std::max(least, next_chunk_);
        next_chunk_ = std::min(next_chunk_ * 2, std::size_t{1} << 20);
        chunks_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
        current_ = chunks_.back().get();
        capacity_ = size;
        used_ = 0;
    }

    std::vector<std::unique_ptr<std::byte[]>> chunks_;
    std::byte* current_ = nullptr;
    std::size_t used_ = 0;
    std::size_t capacity_ = 0;
    std::size_t next_chunk_ = 4096;
};

}  // namespace arun
