#include "bench/http_load.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/harness.h"

namespace robotledger::bench {
namespace {

[[noreturn]] void failSystem(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

int connectTo(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) failSystem("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    failSystem("connect");
  }
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

std::size_t contentLength(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t i = 0; i + kName.size() < head.size(); ++i) {
    if (::strncasecmp(head.data() + i, kName.data(), kName.size()) != 0) continue;
    std::size_t at = i + kName.size();
    while (head[at] == ' ') ++at;
    std::size_t length = 0;
    std::from_chars(head.data() + at, head.data() + head.size(), length);
    return length;
  }
  return 0;
}

}  // namespace

double HttpLoadResult::latency(double share) const { return percentile(latencies_s, share); }

HttpLoad::HttpLoad(HttpTarget target) : target_(std::move(target)) {
  poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (poll_ < 0) failSystem("epoll_create1");
  connections_.resize(target_.connections);
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    connections_[i].socket = connectTo(target_.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[i].socket, &event) != 0) {
      failSystem("epoll_ctl");
    }
  }
}

HttpLoad::~HttpLoad() {
  for (const Connection& connection : connections_) ::close(connection.socket);
  ::close(poll_);
}

void HttpLoad::send(Connection& connection, double due) {
  if (target_.request_of) target_.request = target_.request_of(sent_++);
  const std::string& request = target_.request;
  const ssize_t sent = ::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) failSystem("send");
  connection.due = due;
  connection.busy = true;
}

bool HttpLoad::takeAnswer(std::string& answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  const std::string_view head(answer.data(), end + 2);
  const std::size_t whole = end + 4 + contentLength(head);
  if (answer.size() < whole) return false;
  int status = 0;
  std::from_chars(answer.data() + std::min<std::size_t>(9, answer.size()),
                  answer.data() + answer.size(), status);
  if (status != target_.status) fail("an answer is not what was expected: " + answer);
  last_body_ = answer.substr(end + 4, whole - end - 4);
  answer.erase(0, whole);
  return true;
}

bool HttpLoad::receive(Connection& connection) {
  std::array<char, 16384> buffer;
  const ssize_t got = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) fail("the server closed a connection");
  connection.answer.append(buffer.data(), static_cast<std::size_t>(got));
  if (!takeAnswer(connection.answer)) return false;
  connection.busy = false;
  return true;
}

HttpLoadResult HttpLoad::run(const HttpPace& pace) {
  HttpLoadResult result;
  const Stopwatch watch;
  const double interval = pace.rate > 0 ? 1 / pace.rate : 0;
  double next_due = 0;
  std::size_t on_their_way = 0;
  std::array<epoll_event, 64> events;
  for (;;) {
    const double now = watch.seconds();
    const bool over = now >= pace.seconds;
    if (over && on_their_way == 0) break;
    for (Connection& connection : connections_) {
      if (over || connection.busy || (interval > 0 && next_due > now)) continue;
      send(connection, interval > 0 ? next_due : watch.seconds());
      next_due += interval;
      ++on_their_way;
    }
    const double wait_s = interval > 0 && !over ? std::max(0.0, next_due - watch.seconds()) : 1;
    const timespec wait{static_cast<time_t>(wait_s), static_cast<long>(std::fmod(wait_s, 1) * 1e9)};
    const int count = ::epoll_pwait2(poll_, events.data(), events.size(), &wait, nullptr);
    if (count < 0 && errno != EINTR) failSystem("epoll_wait");
    for (int i = 0; i < count; ++i) {
      Connection& connection = connections_[events[static_cast<std::size_t>(i)].data.u64];
      if (!receive(connection)) continue;
      --on_their_way;
      result.latencies_s.push_back(watch.seconds() - connection.due);
    }
  }
  result.seconds = watch.seconds();
  return result;
}

}  // namespace robotledger::bench
