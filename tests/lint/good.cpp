// What to write instead of the forms in bad.cpp, and what only looks like them: the lint must be silent about
// all of it.
#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "coroutines.hpp"

namespace lint {

struct Agg {
    std::string text;
    int number = 0;
};

struct Trivial {
    int number = 0;
    double factor = 1;
};

class Record {
public:
    Record(std::string text, int number);

private:
    std::string text_;
    int number_ = 0;
};

Task<int> take(Agg);
Task<int> take_record(Record);
Task<int> take_trivial(Trivial);
Task<int> take_list(std::vector<std::string>);
Task<int> take_text(std::string);
template <class F>
Task<int> take_any(F) {
    return Task<int>(0);
}
Task<std::string> text();
Task<Agg> agg();

Task<int> arguments(std::string s, std::shared_ptr<int> p) {
    Agg named{s, 1};
    co_await take(std::move(named));
    co_await take_record(Record(s, 1));
    co_await take_record({s, 1});
    co_await take_trivial({.number = 1});
    co_await take_text("a" + s + "b");
    std::vector<std::string> list{"a", "b"};
    co_await take_list(list);
    auto read = [p] { return *p; };
    co_await take_any(read);
    co_await take_any([] { return 1; });
    co_return co_await take_any([&s] { return s.size(); });
}

Task<std::string> choices(bool b, std::string s) {
    std::string first;
    if (b) {
        first = co_await text();
    } else {
        first = s;
    }
    std::string without = b ? s : first;
    int number = b ? co_await take_text(s) : 2;
    co_return number > 1 ? without : first;
}

Task<int> initialisers() {
    std::string one = co_await text();
    Agg local{one, 1};
    int scalar{co_await take_text(one)};
    Agg whole = co_await agg();
    Agg braces{whole.text, scalar};
    auto& [first, second] = braces;
    auto body = [one]() -> Task<int> {
        std::vector<std::string> list{"a", "b"};
        co_return co_await take_list(list);
    };
    co_return co_await body() + local.number + second + static_cast<int>(first.size());
}

// The lambda's awaits are not the outer function's, and the outer braces are not the lambda's.
void outside(std::function<void(std::vector<std::string>, std::function<Task<int>()>)> spawn, std::string s) {
    spawn({s, "b"}, [s]() -> Task<int> { co_return co_await take_text(s); });
}

Generator<Agg> yields(std::string s) {
    Agg named{s, 1};
    co_yield named;
    co_yield co_await agg();
}

}  // namespace lint
