#include "api/http/systemd.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/parse.h"

namespace robotledger::http {
namespace {

constexpr int kFirstInherited = 3;
constexpr std::uint64_t kMaxInherited = 64;

}  // namespace

void notifySupervisor(const std::string& state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof(address.sun_path)) return;
  const std::size_t length = std::strlen(path);
  std::memcpy(address.sun_path, path, length);
  // The abstract namespace, whose names begin with a zero byte, is written with an '@'.
  if (*path == '@') address.sun_path[0] = '\0';
  const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.isOpen()) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + length);
  (void)::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), size);
}

void notifyReloading() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t now_us = std::int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
  notifySupervisor("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now_us));
}

Result<std::vector<Descriptor>> inheritedSockets() {
  const char* pid = std::getenv("LISTEN_PID");
  const char* fds = std::getenv("LISTEN_FDS");
  std::vector<Descriptor> inherited;
  if (pid == nullptr || fds == nullptr || pid != std::to_string(::getpid())) return inherited;
  const auto count = parseDecimal(fds, kMaxInherited);
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  if (!count) {
    return Error{ErrorCode::kInvalidArgument, "LISTEN_FDS is no number of descriptors, at most " +
                                                  std::to_string(kMaxInherited)};
  }
  for (int i = 0; i < static_cast<int>(*count); ++i) {
    (void)::fcntl(kFirstInherited + i, F_SETFD, FD_CLOEXEC);
    inherited.emplace_back(kFirstInherited + i);
  }
  return inherited;
}

}  // namespace robotledger::http
