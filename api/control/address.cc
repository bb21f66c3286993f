#include "api/control/address.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

constexpr char kName[] = "/control.sock";
constexpr int kWaiting = 64;  // connections that nobody has taken yet

Error failed(const std::string& what, const std::string& directory, int error) {
  return {ErrorCode::kIo,
          "cannot " + what + " " + controlPath(directory) + ": " + std::strerror(error)};
}

// The address of a socket in a directory. A path of more than 107 bytes does not fit; there the
// directory is opened, and its short name in /proc is used as long as this lives.
class Address {
 public:
  static Result<Address> in(const std::string& directory) {
    Address address;
    std::string path = controlPath(directory);
    if (path.size() >= sizeof address.address_.sun_path) {
      address.directory_.emplace(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
      if (!address.directory_->isOpen()) return failed("reach", directory, errno);
      path = "/proc/self/fd/" + std::to_string(address.directory_->get()) + kName;
    }
    address.address_.sun_family = AF_UNIX;
    std::copy(path.begin(), path.end(), address.address_.sun_path);
    return address;
  }

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address_); }
  static socklen_t size() { return sizeof(sockaddr_un); }

 private:
  Address() = default;
  sockaddr_un address_{};
  std::optional<Descriptor> directory_;
};

}  // namespace

std::string controlPath(const std::string& directory) { return directory + kName; }

Result<Descriptor> listenIn(const std::string& directory) {
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!listener.isOpen()) return failed("make", directory, errno);
  const auto address = Address::in(directory);
  if (!address) return address.error();
  unlinkIn(directory);
  // The file gets these rights as it is made.
  if (::fchmod(listener.get(), 0600) != 0 ||
      ::bind(listener.get(), address->get(), Address::size()) != 0 ||
      ::listen(listener.get(), kWaiting) != 0) {
    return failed("listen on", directory, errno);
  }
  return listener;
}

void unlinkIn(const std::string& directory) { ::unlink(controlPath(directory).c_str()); }

Result<Descriptor> connectTo(const std::string& directory) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.isOpen()) return failed("make a socket for", directory, errno);
  const auto address = Address::in(directory);
  if (!address) return address.error();
  if (::connect(socket.get(), address->get(), Address::size()) == 0) return socket;
  const int error = errno;
  if (error == ENOENT || error == ECONNREFUSED) {
    return Error{ErrorCode::kNotFound, "nobody listens on " + controlPath(directory)};
  }
  return failed("connect to", directory, error);
}

Result<Peer> peerOf(int socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return Error{ErrorCode::kIo, std::string("cannot tell who is at the other side of the control "
                                             "socket: ") +
                                     std::strerror(errno)};
  }
  return Peer{.uid = peer.uid, .user = userName(peer.uid)};
}

std::string printableName(std::string_view text) {
  std::string kept(text.substr(0, kMaxNameBytes));
  std::ranges::replace_if(
      kept, [](char c) { return c < ' ' || c > '~'; }, '?');
  return kept;
}

std::string userName(uid_t uid) {
  std::array<char, 4096> buffer{};
  struct passwd entry {};
  struct passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  return found == nullptr ? std::to_string(uid) : printableName(entry.pw_name);
}

}  // namespace robotledger
