#include "jobs/line_items.hpp"

#include "base/error.hpp"
#include "base/text.hpp"
#include "jobs/engine.hpp"
#include "jobs/failure.hpp"
#include "syntax/load.hpp"

#include <fcntl.h>
#include <cerrno>
#include <system_error>

namespace arun::jobs {

LineItems::LineItems(const Scope& scope, std::string_view path) : scope_(scope) {
    auto& engine = scope.engine();
    if (engine.planning) return;
    if (path == "stdin") {
        if (engine.stdin_is_script) jobs::fail(scope, std::string(stdin_taken));
        name_ = "standard input";
        reader_ = &engine.standard_input();
        return;
    }
    name_ = quote(path);
    // O_NONBLOCK: a FIFO is opened although nobody writes to it yet.
    const int fd = ::open(std::string(path).c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) fail(errno);
    own_ = LineReader::make(fd, FdWatch::Sharing::own, longest_line);
    reader_ = own_.get();
}

LineItems::~LineItems() {
    if (own_) own_->stop();
}

void LineItems::fail(int error) const {
    jobs::fail(scope_, "cannot read " + name_ + ": " + reason_of(error));
}

Coro<std::optional<script::Value>> LineItems::next() {
    if (reader_ == nullptr) {
        if (planned_) co_return std::nullopt;
        planned_ = true;
        co_return script::Value::unknown();
    }
    for (;;) {
        std::string_view line;
        switch (reader_->next(line)) {
            case LineReader::Found::line:
                co_return script::Value::string(line);
            case LineReader::Found::end:
                co_return std::nullopt;
            case LineReader::Found::too_long:
                jobs::fail(scope_, "line " + std::to_string(reader_->number()) + " of " + name_ +
                                       " is longer than 1 MiB");
            case LineReader::Found::nothing:
                break;
        }
        int error = 0;
        try {
            co_await reader_->wait_for_more();
        } catch (const std::system_error& e) {
            error = e.code().value();
        }
        if (error != 0) fail(error);
    }
}

}  // namespace arun::jobs
