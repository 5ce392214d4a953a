// Every line that ends in `// bad` holds a form that g++ 12 miscompiles inside one full expression with
// co_await or co_yield: something is destroyed twice. tools/check.d/30-coroutines.sh must find each of them.
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

struct Nested {
    int number = 0;
    Agg inner;
};

struct WithDefault {
    int number = 0;
    Agg inner = {"default", 1};
};

struct AggregateAwaiter {
    std::string text;
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    int await_resume();
};

struct NeedsAgg {
    explicit NeedsAgg(Agg);
    ~NeedsAgg();
    bool await_ready() noexcept;
    void await_suspend(std::coroutine_handle<>) noexcept;
    int await_resume();
};

Task<int> take(Agg);
Task<int> take_reference(const Agg&);
Task<int> take_two(int, Agg);
Task<int> take_nested(Nested);
Task<int> take_with_default(WithDefault);
Task<int> take_array(std::array<std::string, 2>);
Task<int> take_list(std::vector<std::string>);
Task<int> take_call(std::function<int()>);
template <class F>
Task<int> take_any(F) {
    return Task<int>(0);
}
Task<int> take_optional(int, Agg = {"default", 1});
Task<std::string> text();
Task<Agg> agg();
int use(int, const Agg&);

Task<int> arguments(std::string s, std::shared_ptr<int> p) {
    co_await take(Agg{s, 1});                       // bad
    co_await take({s, 1});                          // bad
    co_await take_reference(Agg{s, 1});             // bad
    co_await take_reference({s, 1});                // bad
    co_await take_two(1, {.text = s});              // bad
    co_await take_nested({1, {s, 2}});              // bad
    co_await take_with_default({});                 // bad
    co_await take_optional(1);                      // bad
    co_await take_array({s, s});                    // bad
    co_await take_array(std::array{s, s});          // bad
    co_await take_list({"a", "b"});                 // bad
    co_await take_any([p] { return *p; });          // bad
    co_await take_call([p] { return *p; });         // bad
    co_await AggregateAwaiter{s};                   // bad
    co_await NeedsAgg(Agg{s, 1});                   // bad
    int sum = 1 + co_await take(Agg{s, 1});         // bad
    use(co_await take_two(1, Agg()), {s});          // bad
    if (co_await take(Agg{s, 1}) > 0) co_return 1;  // bad
    co_return co_await take(Agg{s, 1}) + sum;       // bad
}

Task<std::string> choices(bool b, std::string s) {
    std::string first = b ? co_await text() : s;  // bad
    s = b ? s : co_await text();                  // bad
    co_return b ? co_await text() : s;            // bad
}

Task<int> lambdas(std::shared_ptr<int> p, std::string s) {
    co_await [p]() -> Task<int> { co_return *p; }();                  // bad
    co_return co_await [s]() -> Task<int> { co_return s.size(); }();  // bad
}

Task<int> initialisers(Agg a) {
    Agg local{co_await text(), 1};                           // bad
    Agg other = {co_await text(), 1};                        // bad
    a = Agg{co_await text(), 1};                             // bad
    a = {co_await text(), 1};                                // bad
    Nested nested{1, {co_await text(), 2}};                  // bad
    std::array<std::string, 2> texts{co_await text(), "b"};  // bad
    std::vector<std::string> list{co_await text(), "b"};     // bad
    auto [one, two] = co_await agg();                        // bad
    auto* heap = new Agg{co_await text(), 1};                // bad
    delete heap;
    co_return int(local.number + other.number + nested.number + texts.size() + list.size() + one.size() +
                  two);
}

Generator<Agg> yields(std::string s) {
    co_yield Agg{s, 1};                // bad
    co_yield {s, 1};                   // bad
    co_yield Agg{co_await text(), 1};  // bad
}

Task<Agg> returns(std::string s) {
    if (s.empty()) co_return Agg{co_await text(), 1};  // bad
    co_return {co_await text(), 1};                    // bad
}

}  // namespace lint
