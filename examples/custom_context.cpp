// Context variables: what one run() sets, the next one sees, unless it runs in a context of its own.
#include <arun/arun.hpp>

#include <cstdio>
#include <string>

arun::ContextVar<std::string> user("user", "nobody");

arun::Coro<> log_in(std::string name) {
    user.set(name);
    co_return;
}

arun::Coro<> greet() {
    std::printf("hello, %s\n", user.get().c_str());
    co_return;
}

int main() {
    arun::Runner runner;
    arun::Context session = arun::copy_context();
    runner.run(log_in("alice"), session);
    runner.run(greet(), session);  // hello, alice
    runner.run(greet());           // hello, nobody
    runner.run(log_in("bob"));
    runner.run(greet());  // hello, bob
}
