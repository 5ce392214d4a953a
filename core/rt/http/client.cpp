#include "rt/http/client.hpp"

#include "rt/http/curl_library.hpp"
#include "rt/http/exchange.hpp"

namespace arun {

RealHttpTransfer::RealHttpTransfer(Loop& loop, HttpRequest request, std::function<void()> on_end)
    : HttpTransfer(loop), exchange_(std::make_unique<detail::HttpExchange>(loop, std::move(request))) {
    exchange_->on_end = std::move(on_end);
    exchange_->begin();
}

RealHttpTransfer::~RealHttpTransfer() = default;

const HttpResponse& RealHttpTransfer::response() const noexcept {
    return exchange_->response();
}

HttpTimings RealHttpTransfer::timings() const {
    return exchange_->timings();
}

std::string RealHttpTransfer::progress() const {
    return exchange_->progress();
}

std::string RealHttpTransfer::redirected_to() const {
    return exchange_->redirected_to();
}

bool RealHttpTransfer::ended() const noexcept {
    return exchange_->ended();
}

WaitList& RealHttpTransfer::waiters() noexcept {
    return exchange_->waiters();
}

void RealHttpTransfer::require_response() const {
    exchange_->require_response();
}

std::string http_library_version() {
    return detail::CurlLibrary::get().version();
}

}  // namespace arun
