#include "api/http/server.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/http/event_loop.h"

namespace robotledger::http {
namespace {

// How long is waited where no connection can be taken, because there are too many.
constexpr int kFullMs = 20;
constexpr std::chrono::milliseconds kLookWhileDraining{5};

}  // namespace

class Server::Impl {
 public:
  Impl(std::vector<Listener> listeners, std::vector<Route> routes, const ServerOptions& options,
       Metrics& metrics, Log& log)
      : listeners_(std::move(listeners)),
        router_(std::move(routes)),
        requests_(metrics, router_),
        workers_(options.workers),
        peers_({.most = options.max_connections_per_address > 0
                            ? options.max_connections_per_address
                            : std::max<std::size_t>(1, options.max_connections / 4),
                .trusted = options.trusted_proxies}),
        serving_{.router = router_,
                 .requests = requests_,
                 .workers = workers_,
                 .log = log,
                 .cut_off = metrics.counter("robotledger_http_connections_cut_off_total",
                                            "Connections whose client took too long."),
                 .too_many = metrics.counter("robotledger_http_connections_refused_total",
                                             "Connections of clients who had too many."),
                 .peers = peers_,
                 .tls = options.tls,
                 .trusted_proxies = options.trusted_proxies,
                 .timeouts = options.timeouts,
                 .max_connections = options.max_connections,
                 .max_loop_head_bytes = options.max_loop_head_bytes},
        stop_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    metrics.gauge("robotledger_http_connections", "Connections that are open.",
                  [this] { return static_cast<double>(serving_.connections); });
    metrics.gauge("robotledger_http_slow_requests_waiting", "Requests that wait for a worker.",
                  [this] { return static_cast<double>(workers_.waiting()); });
    metrics.counters("robotledger_log_lines_dropped_total",
                     "Lines of the log that came quicker than they could be written.",
                     [&log](const Emit& emit) { emit({}, static_cast<double>(log.dropped())); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { stopAccepting(); }

  Result<void> start(std::size_t loops) {
    if (!stop_.isOpen()) return Error{ErrorCode::kIo, "the system gives no eventfd"};
    const std::size_t count = loops > 0 ? loops : std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < count; ++i) {
      auto loop = EventLoop::start(serving_);
      if (!loop) return loop.error();
      loops_.push_back(std::move(*loop));
    }
    acceptor_ = std::thread([this] { accept(); });
    return {};
  }

  void drain() {
    stopAccepting();
    for (const auto& loop : loops_) loop->drain();
    const auto all_ended = [&] {
      return std::ranges::all_of(loops_, [](const auto& loop) { return loop->hasEnded(); });
    };
    // Each ends by itself, in bounded time.
    while (!all_ended()) std::this_thread::sleep_for(kLookWhileDraining);
  }

 private:
  void stopAccepting() {
    if (!acceptor_.joinable()) return;
    (void)::eventfd_write(stop_.get(), 1);
    acceptor_.join();
    // Who waits to be accepted is told at once that nobody is there any more.
    listeners_.clear();
  }

  void accept() {
    std::vector<pollfd> looked_at{{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
    for (const Listener& listener : listeners_) {
      looked_at.push_back({.fd = listener.socket.get(), .events = POLLIN, .revents = 0});
    }
    while (true) {
      const bool is_full = serving_.connections >= serving_.max_connections;
      (void)::poll(looked_at.data(), is_full ? 1 : looked_at.size(), is_full ? kFullMs : -1);
      if (looked_at.front().revents != 0) return;
      if (is_full) continue;
      for (std::size_t i = 1; i < looked_at.size(); ++i) {
        if (looked_at[i].revents != 0) acceptAll(looked_at[i].fd);
      }
    }
  }

  void acceptAll(int listener) {
    while (serving_.connections < serving_.max_connections) {
      const int socket = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) {
        // Of descriptors and memory there may be some again soon.
        const bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOBUFS;
        if (is_short || errno == ENOMEM) (void)::poll(nullptr, 0, kFullMs);
        return;
      }
      const int on = 1;
      (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
      ++serving_.connections;
      const auto least = std::ranges::min_element(
          loops_, {}, [](const auto& loop) { return loop->connections(); });
      (*least)->take(socket);
    }
  }

  std::vector<Listener> listeners_;
  const Router router_;
  RequestMetrics requests_;
  Workers workers_;
  Peers peers_;
  Serving serving_;
  Descriptor stop_;
  std::vector<std::unique_ptr<EventLoop>> loops_;  // they use all of the above
  std::thread acceptor_;                           // and this the loops
};

Result<std::unique_ptr<Server>> Server::start(std::vector<Listener> listeners,
                                              std::vector<Route> routes,
                                              const ServerOptions& options, Metrics& metrics,
                                              Log& log) {
  auto impl =
      std::make_unique<Impl>(std::move(listeners), std::move(routes), options, metrics, log);
  if (auto started = impl->start(options.loops); !started) return started.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;
void Server::drain() { impl_->drain(); }

}  // namespace robotledger::http
