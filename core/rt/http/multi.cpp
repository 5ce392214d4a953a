#include "rt/http/multi.hpp"

#include "rt/http/client.hpp"
#include "rt/http/exchange.hpp"

#include <uv.h>

#include <algorithm>
#include <memory>
#include <new>

namespace arun::detail {

/// A Socket and a Timer live until libuv has closed their handles.
struct HttpMulti::Socket {
    Socket(HttpMulti& m, curl_socket_t s) noexcept : multi(m), socket(s) { handle.data = this; }
    void close() noexcept {
        uv_close(reinterpret_cast<uv_handle_t*>(&handle),
                 [](uv_handle_t* h) { delete static_cast<Socket*>(h->data); });
    }

    HttpMulti& multi;
    curl_socket_t socket;
    uv_poll_t handle{};
};

struct HttpMulti::Timer {
    explicit Timer(HttpMulti& m) noexcept : multi(m) { handle.data = this; }
    void close() noexcept {
        uv_close(reinterpret_cast<uv_handle_t*>(&handle),
                 [](uv_handle_t* h) { delete static_cast<Timer*>(h->data); });
    }

    HttpMulti& multi;
    uv_timer_t handle{};
};

HttpMulti::HttpMulti(Loop& loop) : curl_(CurlLibrary::get()), loop_(loop) {
    auto timer = std::make_unique<Timer>(*this);
    auto* uv = loop_.uv();
    multi_ = curl_.multi_init();
    if (multi_ == nullptr) throw std::bad_alloc();
    uv_timer_init(uv, &timer->handle);
    timer_ = timer.release();
    curl_.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpMulti::on_socket);
    curl_.multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpMulti::on_timeout);
    curl_.multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

HttpMulti::~HttpMulti() {
    curl_.multi_cleanup(multi_);
    timer_->close();
}

Coro<> HttpMulti::shutdown() {
    co_return;  // only idle connections are left
}

void HttpMulti::add(HttpExchange& exchange) {
    exchanges_.push_back(&exchange);
    const auto code = curl_.multi_add_handle(multi_, exchange.easy());
    if (code != CURLM_OK) {
        exchanges_.pop_back();
        throw HttpError(std::string("libcurl: ") + curl_.multi_strerror(code));
    }
    act(CURL_SOCKET_TIMEOUT, 0);
}

void HttpMulti::remove(HttpExchange& exchange) noexcept {
    if (std::erase(exchanges_, &exchange) != 0) curl_.multi_remove_handle(multi_, exchange.easy());
}

/// Tells libcurl what has happened, and ends the exchanges that it has finished.
void HttpMulti::act(curl_socket_t socket, int events) noexcept {
    int running = 0;
    const auto code = curl_.multi_socket_action(multi_, socket, events, &running);
    int queued = 0;
    while (auto* message = curl_.multi_info_read(multi_, &queued)) {
        if (message->msg != CURLMSG_DONE) continue;
        const auto result = message->data.result;
        const auto ended = std::ranges::find(exchanges_, message->easy_handle, &HttpExchange::easy);
        if (ended == exchanges_.end()) continue;
        auto& exchange = **ended;
        remove(exchange);
        exchange.end(result);
    }
    if (code == CURLM_OK) return;
    // The multi handle itself is broken: no exchange would ever end.
    while (!exchanges_.empty()) {
        auto& exchange = *exchanges_.back();
        remove(exchange);
        exchange.end(CURLE_FAILED_INIT);
    }
}

int HttpMulti::on_socket(CURL*, curl_socket_t socket, int events, void* self, void* watched) noexcept {
    return static_cast<HttpMulti*>(self)->watch(socket, events, static_cast<Socket*>(watched));
}

int HttpMulti::watch(curl_socket_t socket, int events, Socket* watched) noexcept {
    if (events == CURL_POLL_REMOVE) {
        if (watched != nullptr) watched->close();
        curl_.multi_assign(multi_, socket, nullptr);
        return 0;
    }
    if (watched == nullptr) {
        watched = new (std::nothrow) Socket(*this, socket);
        if (watched == nullptr) return -1;
        if (uv_poll_init_socket(loop_.uv(), &watched->handle, socket) != 0) {
            delete watched;
            return -1;
        }
        curl_.multi_assign(multi_, socket, watched);
    }
    const int uv_events =
        ((events & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((events & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    return uv_poll_start(&watched->handle, uv_events, &HttpMulti::on_poll) == 0 ? 0 : -1;
}

void HttpMulti::on_poll(uv_poll_t* handle, int status, int events) noexcept {
    auto& socket = *static_cast<Socket*>(handle->data);
    const int flags = ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                      ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);
    socket.multi.act(socket.socket, status < 0 ? CURL_CSELECT_ERR : flags);
}

int HttpMulti::on_timeout(CURLM*, long milliseconds, void* self) noexcept {
    auto& timer = static_cast<HttpMulti*>(self)->timer_->handle;
    if (milliseconds < 0) {
        uv_timer_stop(&timer);
        return 0;
    }
    // At least 1 ms: re-arming a timer of 0 ms in its own callback would starve the loop. libcurl must not be
    // called from its own callback.
    uv_update_time(timer.loop);
    uv_timer_start(&timer, &HttpMulti::on_timer,
                   std::max<std::uint64_t>(1, static_cast<std::uint64_t>(milliseconds)), 0);
    return 0;
}

void HttpMulti::on_timer(uv_timer_t* handle) noexcept {
    static_cast<Timer*>(handle->data)->multi.act(CURL_SOCKET_TIMEOUT, 0);
}

}  // namespace arun::detail
