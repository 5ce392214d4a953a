#include "rt/frame_pool.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

using namespace arun;

TEST_CASE("frame pool: blocks are aligned, distinct and fully writable") {
    static FramePool pool;
    struct Block {
        unsigned char* memory;
        std::size_t size;
        unsigned char mark;
    };
    std::vector<Block> blocks;
    unsigned char mark = 0;
    for (std::size_t size = 0; size <= 1100; size += 7) {
        for (int i = 0; i < 3; ++i) {
            auto* memory = static_cast<unsigned char*>(pool.allocate(size));
            REQUIRE(reinterpret_cast<std::uintptr_t>(memory) % 16 == 0);
            std::memset(memory, ++mark, size);
            blocks.push_back({memory, size, mark});
        }
    }
    for (const Block& block : blocks) {
        bool intact = true;
        for (std::size_t i = 0; i < block.size; ++i) intact = intact && block.memory[i] == block.mark;
        CHECK(intact);
    }
    for (const Block& block : blocks) pool.deallocate(block.memory, block.size);
}

TEST_CASE("frame pool: reuses a freed block first for its size class") {
    static FramePool pool;
    void* a = pool.allocate(100);
    void* b = pool.allocate(100);
    pool.deallocate(a, 100);
    CHECK(pool.allocate(97) == a);    // the same class: 97 to 112 bytes
    void* other = pool.allocate(96);  // another class
    CHECK(other != a);
    pool.deallocate(b, 100);
    pool.deallocate(a, 97);
    CHECK(pool.allocate(112) == a);
    CHECK(pool.allocate(112) == b);
    pool.deallocate(a, 112);
    pool.deallocate(b, 112);
    pool.deallocate(other, 96);
}

TEST_CASE("frame pool: large blocks come from the heap") {
    static FramePool pool;
    void* large = pool.allocate(FramePool::max_pooled + 1);
    std::memset(large, 1, FramePool::max_pooled + 1);
    pool.deallocate(large, FramePool::max_pooled + 1);
}

TEST_CASE("frame pool: never returns a block that is in use") {
    static FramePool pool;
    std::mt19937 random(7);
    struct Block {
        std::uint32_t* memory;
        std::size_t size;
    };
    std::vector<Block> live;
    for (std::uint32_t step = 0; step < 200'000; ++step) {
        if (live.empty() || random() % 3 != 0) {
            const std::size_t size = 4 + random() % 300;
            auto* memory = static_cast<std::uint32_t*>(pool.allocate(size));
            *memory = static_cast<std::uint32_t>(live.size());
            live.push_back({memory, size});
        } else {
            const std::size_t victim = random() % live.size();
            REQUIRE(*live[victim].memory == victim);
            pool.deallocate(live[victim].memory, live[victim].size);
            live[victim] = live.back();
            live.pop_back();
            if (victim < live.size()) *live[victim].memory = static_cast<std::uint32_t>(victim);
        }
    }
    std::set<void*> distinct;
    for (const Block& block : live) distinct.insert(block.memory);
    CHECK(distinct.size() == live.size());
    for (const Block& block : live) pool.deallocate(block.memory, block.size);
}

TEST_CASE("frame pool: a block may be freed by another thread") {
    std::vector<void*> blocks;
    for (int i = 0; i < 1000; ++i) {
        blocks.push_back(frame_allocate(64));
        std::memset(blocks.back(), 0x5a, 64);
    }
    std::thread([&] {
        for (void* block : blocks) frame_deallocate(block, 64);
    }).join();
    std::set<void*> again;
    for (int i = 0; i < 1000; ++i) {
        void* block = frame_allocate(64);
        std::memset(block, 0xa5, 64);
        again.insert(block);
    }
    CHECK(again.size() == 1000);
    for (void* block : again) frame_deallocate(block, 64);
}

TEST_CASE("frame pool: a FramePooled class can be deleted through its base") {
    struct Base : FramePooled {
        virtual ~Base() = default;
    };
    struct Large final : Base {
        explicit Large(int& gone) : gone(gone) {}
        ~Large() override { ++gone; }
        int& gone;
        char more[200] = {};
    };
    int gone = 0;
    const Base* base = new Large(gone);
    delete base;
    CHECK(gone == 1);
}

TEST_CASE("frame pool: a thread has the memory of one that has ended") {
    const auto use = [](std::set<void*>& used) {
        std::vector<void*> blocks;
        for (int i = 0; i < 1000; ++i) blocks.push_back(FramePool::local().allocate(64));
        used.insert(blocks.begin(), blocks.end());
        for (void* block : blocks) FramePool::local().deallocate(block, 64);
    };
    std::set<void*> used;
    for (int i = 0; i < 10; ++i) std::thread([&] { use(used); }).join();
    // Ends of chunks are cut differently.
    CHECK(used.size() < 2000);
}
