#include "tests/api/http/server_testing.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace robotledger::http {
namespace {

constexpr int kWaitMs = 20000;
constexpr std::string_view kLength = "Content-Length: ";

}  // namespace

Wire::Wire(const Endpoint& to) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
}

Wire::~Wire() { ::close(fd_); }

bool Wire::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Wire::receiveLittle() const {
  const int size = 4096;
  EXPECT_EQ(::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size)), 0);
}

bool Wire::more() {
  pollfd looked_at{.fd = fd_, .events = POLLIN, .revents = 0};
  if (::poll(&looked_at, 1, kWaitMs) <= 0) {
    ADD_FAILURE() << "nothing came, after " << came_;
    return false;
  }
  std::string bytes(65536, '\0');
  const ssize_t count = ::recv(fd_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  came_.append(bytes, 0, static_cast<std::size_t>(count));
  return true;
}

std::string Wire::answer() {
  std::size_t head = 0;
  while ((head = came_.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return {};
  }
  const std::size_t length = came_.find(kLength);
  std::size_t end = head + 4;
  if (length < head) end += std::stoul(came_.substr(length + kLength.size()));
  while (came_.size() < end) {
    if (!more()) return {};
  }
  std::string answer = came_.substr(0, end);
  came_.erase(0, end);
  return answer;
}

std::string Wire::upTo(std::string_view text) {
  std::size_t at = 0;
  while ((at = came_.find(text)) == std::string::npos) {
    if (!more()) return {};
  }
  std::string all = came_.substr(0, at + text.size());
  came_.erase(0, at + text.size());
  return all;
}

bool Wire::isEnded() {
  if (!came_.empty()) return false;
  const bool more_came = more();
  return !more_came && came_.empty();
}

TestServer::TestServer(std::vector<Route> routes, ServerOptions options)
    : log_fd_(::memfd_create("log", MFD_CLOEXEC)),
      log_({.level = LogLevel::kDebug, .fd = log_fd_}) {
  std::vector<Listener> listeners;
  auto listener = listenOn(*parseEndpoint("127.0.0.1:0"));
  EXPECT_TRUE(listener) << listener.error().message;
  endpoint_ = listener->endpoint;
  listeners.push_back(std::move(*listener));
  auto started = Server::start(std::move(listeners), std::move(routes), options, metrics_, log_);
  EXPECT_TRUE(started) << started.error().message;
  server_ = std::move(*started);
}

std::string TestServer::ask(std::string_view request) const {
  Wire wire(endpoint_);
  EXPECT_TRUE(wire.send(request));
  return wire.answer();
}

std::string TestServer::log() {
  log_.flush(std::chrono::seconds(5));
  std::string text(1 << 20, '\0');
  const ssize_t count = ::pread(log_fd_, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::string statusOf(std::string_view answer) {
  return answer.starts_with("HTTP/1.1 ") ? std::string(answer.substr(9, 3)) : "";
}

std::string bodyOf(std::string_view answer) {
  const std::size_t end = answer.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(answer.substr(end + 4));
}

std::string post(std::string_view path, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace robotledger::http
