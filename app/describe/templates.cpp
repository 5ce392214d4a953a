#include "describe/templates.hpp"

namespace arun::app {
namespace {

constexpr std::string_view smoke = R"(name: smoke test
description: Starts a server, checks that it answers, and stops it.
inputs:
  port: {type: number, default: 8000, description: the port of the server}
timeout: 2m
jobs:
- name: server
  id: server
  background: true
  exec: [python3, -u, -m, http.server, "${{ port }}", --bind, 127.0.0.1]
  output: prefix
  ready: {contains: Serving HTTP, timeout: 30s}
- name: the front page
  http: http://127.0.0.1:${{ port }}/
  expect: {status: 200, body: {contains: Directory}, duration: {lt: 5s}}
- name: what is not there
  http: http://127.0.0.1:${{ port }}/missing
  expect: {status: 404}
finally:
- cancel: server
)";

constexpr std::string_view services = R"(name: services
description: Starts services in order, and stops them in reverse, at Ctrl-C or when one of them ends.
defaults: {run: {output: prefix}}
jobs:
- name: database
  id: database
  background: true
  run: echo 'ready for connections'; exec sleep 1000000
  ready: {contains: ready for connections, timeout: 30s}
  on_exit: fail
- name: web
  id: web
  background: true
  run: echo listening; exec sleep 1000000
  ready: {contains: listening, timeout: 30s}
  on_exit: fail
- print: all services are up; Ctrl-C stops them
- race: [wait: database, wait: web]
finally:
- cancel: web
- cancel: database
)";

constexpr std::string_view batch = R"(name: batch
description: Works on many items at the same time, with retries, and says which failed.
inputs:
  items: {type: list, default: [one, two, three], description: what to work on}
  workers: {type: number, default: 2, description: how many at the same time}
jobs:
- id: batch
  for_each: {in: "${{ items }}", as: item, max_concurrent: "${{ workers }}", fail_fast: false}
  do:
  - name: work on ${{ item }}
    run: echo "working on $ITEM"
    env: {ITEM: "${{ item }}"}
    output: group
    timeout: 1m
    retry: {limit: 2, interval: 1s, backoff: 2}
- print: ${{ length(items) }} items are done
)";

constexpr std::string_view demo = R"(name: demo
description: Timed jobs, one after the other and at the same time.
jobs:
- print: a message, and another one a second later
- sleep: 1s
- print: at ${{ round(now(), 1) }} s
- tick: 500ms
  count: 3
  do: {print: "tick ${{ loop.index }}"}
- parallel:
  - do: [{sleep: 300ms}, {print: second}]
  - print: first
- race:
  - do: [{sleep: 1s}, {print: slow}]
  - do: [{sleep: 100ms}, {print: fast}]
  capture: winner
- print: number ${{ winner.index }} has won
)";

}  // namespace

std::string_view template_text(std::string_view name) noexcept {
    if (name == "smoke") return smoke;
    if (name == "services") return services;
    if (name == "batch") return batch;
    return demo;
}

}  // namespace arun::app
