#include "rt/http/client.hpp"

#include "rt/http/curl_library.hpp"
#include "rt/http/exchange.hpp"

namespace arun {

HttpTransfer::HttpTransfer(Loop& loop, HttpRequest request)
    : exchange_(std::make_unique<detail::HttpExchange>(loop, std::move(request))) {
    exchange_->begin();
}

HttpTransfer::~HttpTransfer() = default;

const HttpResponse& HttpTransfer::response() const noexcept {
    return exchange_->response();
}

HttpTimings HttpTransfer::timings() const {
    return exchange_->timings();
}

std::string HttpTransfer::progress() const {
    return exchange_->progress();
}

std::string HttpTransfer::redirected_to() const {
    return exchange_->redirected_to();
}

namespace detail {

bool HttpWait::await_ready() const noexcept {
    return exchange_.ended();
}

void HttpWait::await_suspend(std::coroutine_handle<> frame) {
    suspend(frame, exchange_.waiters(), Loop::PendingIoGuard(exchange_.loop()));
}

void HttpWait::await_resume() const {
    check_cancelled();
    exchange_.require_response();
}

}  // namespace detail

std::string http_library_version() {
    return detail::CurlLibrary::get().version();
}

}  // namespace arun
