#include "api/http/listeners.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace robotledger::http {
namespace {

// Connections that wait to be accepted; the system may allow fewer.
constexpr int kBacklog = 4096;

Error failedAt(const Endpoint& endpoint, const char* what) {
  const ErrorCode code = errno == EADDRINUSE      ? ErrorCode::kInUse
                         : errno == EADDRNOTAVAIL ? ErrorCode::kInvalidArgument
                                                  : ErrorCode::kIo;
  return Error{code, std::string(what) + " " + endpoint.text() + ": " +
                         std::generic_category().message(errno)};
}

sockaddr_storage socketAddress(const Endpoint& endpoint, socklen_t& size) {
  sockaddr_storage storage{};
  if (endpoint.address.isV4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.bytes().data() + 12, sizeof(v4.sin_addr));
    std::memcpy(&storage, &v4, sizeof(v4));
    size = sizeof(v4);
    return storage;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, endpoint.address.bytes().data(), sizeof(v6.sin6_addr));
  std::memcpy(&storage, &v6, sizeof(v6));
  size = sizeof(v6);
  return storage;
}

}  // namespace

Result<Listener> listenOn(const Endpoint& endpoint) {
  socklen_t size = 0;
  const sockaddr_storage address = socketAddress(endpoint, size);
  Descriptor socket(
      ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket.isOpen()) return failedAt(endpoint, "no socket can be made for");
  const int on = 1;
  // A server that is started again has its address at once.
  (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return failedAt(endpoint, "cannot listen on");
  }
  return adoptListener(std::move(socket));
}

Result<Listener> adoptListener(Descriptor socket) {
  int listens = 0;
  socklen_t size = sizeof(listens);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return Error{ErrorCode::kInvalidArgument, "what was handed over as descriptor " +
                                                  std::to_string(socket.get()) +
                                                  " is no socket that listens"};
  }
  sockaddr_storage storage{};
  size = sizeof(storage);
  const bool is_known =
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size) == 0;
  const auto endpoint = is_known ? endpointOf(storage) : std::nullopt;
  if (!endpoint) {
    return Error{ErrorCode::kInvalidArgument, "the socket that was handed over as descriptor " +
                                                  std::to_string(socket.get()) + " is not of TCP"};
  }
  (void)::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  (void)::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
  return Listener{.socket = std::move(socket), .endpoint = *endpoint};
}

}  // namespace robotledger::http
