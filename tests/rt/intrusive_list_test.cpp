#include "rt/intrusive_list.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace arun;

namespace {

struct Item {
    explicit Item(int number) : number(number) {}
    int number;
    detail::ListLinks<Item> links;
};
using List = detail::IntrusiveList<Item, &Item::links>;

std::vector<int> numbers_of(const List& list) {
    std::vector<int> numbers;
    for (Item* item = list.first(); item != nullptr; item = list.next(*item)) numbers.push_back(item->number);
    return numbers;
}

}  // namespace

TEST_CASE("intrusive list: keeps the order of insertion, whichever element is removed") {
    for (int removed = 0; removed < 3; ++removed) {
        CAPTURE(removed);
        std::vector<Item> items{Item(0), Item(1), Item(2)};
        List list;
        CHECK(list.empty());
        CHECK(list.first() == nullptr);
        CHECK(list.last() == nullptr);
        for (Item& item : items) list.push_back(item);
        CHECK(numbers_of(list) == std::vector<int>{0, 1, 2});
        CHECK(list.last() == &items[2]);

        list.remove(items[static_cast<std::size_t>(removed)]);
        std::vector<int> expected{0, 1, 2};
        expected.erase(expected.begin() + removed);
        CHECK(numbers_of(list) == expected);
        CHECK(list.last()->number == expected.back());

        list.push_back(items[static_cast<std::size_t>(removed)]);
        expected.push_back(removed);
        CHECK(numbers_of(list) == expected);
        while (!list.empty()) list.remove(*list.first());
        CHECK(numbers_of(list).empty());
    }
}

TEST_CASE("intrusive list: an iteration visits elements that are added meanwhile") {
    std::vector<Item> items{Item(0), Item(1), Item(2)};
    List list;
    list.push_back(items[0]);
    std::vector<int> visited;
    for (Item* item = list.first(); item != nullptr; item = list.next(*item)) {
        visited.push_back(item->number);
        if (item->number < 2) list.push_back(items[static_cast<std::size_t>(item->number) + 1]);
    }
    CHECK(visited == std::vector<int>{0, 1, 2});
}
