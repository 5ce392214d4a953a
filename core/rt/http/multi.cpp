#include "rt/http/multi.hpp"

#include "rt/backend.hpp"
#include "rt/http/client.hpp"
#include "rt/http/exchange.hpp"

#include <uv.h>

#include <algorithm>
#include <memory>
#include <new>

namespace arun::detail {

/// A Socket and a Timer live until libuv has closed their handles, which HttpMulti does before the loop.
struct HttpMulti::Socket final : HandleOwner {
    Socket(HttpMulti& m, curl_socket_t s) noexcept : multi(m), socket(s) {
        handle.data = static_cast<HandleOwner*>(this);
    }
    void close() noexcept {
        uv_close(reinterpret_cast<uv_handle_t*>(&handle),
                 [](uv_handle_t* h) { delete &owner_of<Socket>(h); });
    }
    void loop_closed() noexcept override {}

    HttpMulti& multi;
    curl_socket_t socket;
    int events = 0;  ///< libuv's, to wait for
    uv_poll_t handle{};
};

struct HttpMulti::Timer final : HandleOwner {
    explicit Timer(HttpMulti& m) noexcept : multi(m) { handle.data = static_cast<HandleOwner*>(this); }
    void close() noexcept {
        uv_close(reinterpret_cast<uv_handle_t*>(&handle), [](uv_handle_t* h) { delete &owner_of<Timer>(h); });
    }
    void loop_closed() noexcept override {}

    HttpMulti& multi;
    uv_timer_t handle{};
};

HttpMulti::HttpMulti(Loop& loop) : curl_(CurlLibrary::get()), uv_(loop.uv()) {
    auto timer = std::make_unique<Timer>(*this);
    multi_ = curl_.multi_init();
    if (multi_ == nullptr) throw HttpError("libcurl cannot open a multi handle");
    uv_timer_init(uv_, &timer->handle);
    timer_ = timer.release();
    curl_.multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpMulti::on_socket);
    curl_.multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_.multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpMulti::on_timeout);
    curl_.multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

HttpMulti::~HttpMulti() {
    // The loop is closed already. From 8.12 on, libcurl says goodbye to TLS servers here, and asks to watch
    // the sockets meanwhile.
    closing_ = true;
    curl_.multi_cleanup(multi_);
    if (jar_ != nullptr) curl_.share_cleanup(jar_);
    timer_->close();
}

CURLSH* HttpMulti::jar() {
    if (jar_ == nullptr) {
        jar_ = curl_.share_init();
        if (jar_ == nullptr || curl_.share_setopt(jar_, CURLSHOPT_SHARE, CURL_LOCK_DATA_COOKIE) != CURLSHE_OK)
            throw HttpError("this libcurl cannot keep cookies");
    }
    return jar_;
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
    // The multi handle itself is broken, or a socket cannot be watched: no exchange would ever end.
    while (!exchanges_.empty()) {
        auto& exchange = *exchanges_.back();
        remove(exchange);
        exchange.end(CURLE_FAILED_INIT, curl_.multi_strerror(code));
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
        if (closing_) return 0;
        watched = new (std::nothrow) Socket(*this, socket);
        if (watched == nullptr) return -1;
        if (uv_poll_init_socket(uv_, &watched->handle, socket) != 0) {
            delete watched;
            return -1;
        }
        curl_.multi_assign(multi_, socket, watched);
    }
    watched->events =
        ((events & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((events & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);
    return uv_poll_start(&watched->handle, watched->events, &HttpMulti::on_poll) == 0 ? 0 : -1;
}

void HttpMulti::on_poll(uv_poll_t* handle, int status, int events) noexcept {
    auto& socket = owner_of<Socket>(handle);
    if (status < 0) {
        // libuv stops watching a socket that has an error. libcurl finds out which by using it; if told of an
        // error, it would not look.
        socket.multi.act(socket.socket, CURL_CSELECT_IN | CURL_CSELECT_OUT);
        if (uv_is_closing(reinterpret_cast<uv_handle_t*>(handle)) == 0 && socket.events != 0)
            uv_poll_start(handle, socket.events, &HttpMulti::on_poll);
        return;
    }
    const int flags = ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                      ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0);
    socket.multi.act(socket.socket, flags);
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
    owner_of<Timer>(handle).multi.act(CURL_SOCKET_TIMEOUT, 0);
}

}  // namespace arun::detail
