#include "api/control/control_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "api/control/frame.h"
#include "api/control/servant.h"

namespace robotledger {
namespace {

// A client that has begun a message goes on with it, and reads its answers.
constexpr int kStuckSeconds = 60;
constexpr int kGreetingMs = 10000;
// What is being answered when the server ends has so long to be read.
constexpr std::chrono::seconds kLastWords{5};
// Where the system has no descriptors left, others may give some back meanwhile.
constexpr int kNothingLeftMs = 100;

void setTimes(int socket) {
  const timeval stuck{.tv_sec = kStuckSeconds, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &stuck, sizeof stuck);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &stuck, sizeof stuck);
}

// Says why not, as the answer to what the client says first.
void turnAway(int socket, const Error& why) {
  const timeval soon{.tv_sec = 1, .tv_usec = 0};
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof soon);
  (void)sendFrame(socket, errorMessage(why));
  ::shutdown(socket, SHUT_WR);
}

// Whether something came within that time; also where the other side has ended.
bool isReadable(int socket, int timeout_ms) {
  pollfd wanted{.fd = socket, .events = POLLIN, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&wanted, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(LedgerAccess& ledger,
                                                            const ControlOptions& options) {
  struct stat info {};
  if (::stat(ledger.path().c_str(), &info) != 0) {
    return Error{ErrorCode::kIo, "cannot look at " + ledger.path() + ": " + std::strerror(errno)};
  }
  Descriptor stop(::eventfd(0, EFD_CLOEXEC));
  if (!stop.isOpen()) {
    return Error{ErrorCode::kIo, std::string("cannot make an eventfd: ") + std::strerror(errno)};
  }
  auto listener = listenIn(ledger.path());
  if (!listener) return listener.error();
  return std::unique_ptr<ControlServer>(
      new ControlServer(ledger, options, *std::move(listener), std::move(stop), info.st_uid));
}

ControlServer::ControlServer(LedgerAccess& ledger, const ControlOptions& options,
                             Descriptor listener, Descriptor stop, uid_t owner)
    : ledger_(ledger),
      options_(options),
      listener_(std::move(listener)),
      stop_(std::move(stop)),
      owner_(owner),
      thread_([this] { accept(); }) {}

ControlServer::~ControlServer() {
  unlinkIn(ledger_.path());
  const std::uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
  {
    std::unique_lock lock(mutex_);
    const auto shut = [&](int how) {
      for (Connection& one_of_them : connections_) ::shutdown(one_of_them.socket.get(), how);
    };
    // Nothing more is read, and what is being done is answered.
    shut(SHUT_RD);
    ended_.wait_for(lock, kLastWords,
                    [&] { return std::ranges::all_of(connections_, &Connection::has_ended); });
    shut(SHUT_RDWR);
  }
  for (Connection& connection : connections_) connection.thread.join();
}

void ControlServer::accept() {
  while (true) {
    std::array<pollfd, 2> wanted{pollfd{listener_.get(), POLLIN, 0},
                                 pollfd{stop_.get(), POLLIN, 0}};
    if (::poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    if (wanted[1].revents != 0) return;
    if (wanted[0].revents != 0) takeOne();
  }
}

void ControlServer::joinEnded() {
  const std::lock_guard lock(mutex_);
  for (auto at = connections_.begin(); at != connections_.end();) {
    if (!at->has_ended) {
      ++at;
      continue;
    }
    at->thread.join();
    at = connections_.erase(at);
  }
}

void ControlServer::takeOne() {
  Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.isOpen()) {
    const bool nothing_left = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    if (nothing_left) (void)isReadable(stop_.get(), kNothingLeftMs);
    return;
  }
  joinEnded();
  const std::lock_guard lock(mutex_);
  if (connections_.size() >= options_.connections) {
    return turnAway(socket.get(), {ErrorCode::kOverloaded,
                                   "the process that has the ledger serves as many commands as it "
                                   "may at once: try again"});
  }
  Connection& connection = connections_.emplace_back(std::move(socket));
  try {
    connection.thread = std::thread([this, &connection] { serve(connection); });
  } catch (const std::system_error&) {
    connections_.pop_back();  // no thread is to be had; the client sees that it ended
  }
}

void ControlServer::serve(Connection& connection) {
  converse(connection.socket.get());
  // The client sees it end; the descriptor stays until the thread is joined.
  ::shutdown(connection.socket.get(), SHUT_RDWR);
  const std::lock_guard lock(mutex_);
  connection.has_ended = true;
  ended_.notify_all();
}

void ControlServer::converse(int socket) {
  const auto peer = peerOf(socket);
  if (!peer) return turnAway(socket, peer.error());
  if (peer->uid != 0 && peer->uid != owner_ && peer->uid != ::geteuid()) {
    return turnAway(socket, {ErrorCode::kInvalidArgument,
                             "the ledger is not for user " + peer->user + ": only user " +
                                 userName(owner_) + " and root may use it"});
  }
  setTimes(socket);
  Servant servant(ledger_, views_, *peer);
  const auto progress = [socket](const Bytes& message) { (void)sendFrame(socket, message); };
  if (!isReadable(socket, kGreetingMs)) return;
  while (true) {
    if (!isReadable(socket, options_.idle_views_ms)) {
      servant.closeViews();
      (void)isReadable(socket, -1);
    }
    const auto request = receiveFrame(socket, kMaxRequestBytes);
    if (!request || !*request) return;
    const auto answer = servant.answer(**request, progress);
    if (!answer) return;
    if (auto sent = sendFrame(socket, *answer); !sent) return;
  }
}

}  // namespace robotledger
