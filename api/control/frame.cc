#include "api/control/frame.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace robotledger {
namespace {

constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kReadBytes = std::size_t{256} << 10;

Error failed(const char* what, int error) {
  if (error == EPIPE || error == ECONNRESET) {
    return {ErrorCode::kClosed, "the other side of the control socket has gone"};
  }
  if (error == EAGAIN || error == EWOULDBLOCK) {
    return {ErrorCode::kIo,
            std::string("cannot ") + what + " the control socket: the other side does not move"};
  }
  return {ErrorCode::kIo,
          std::string("cannot ") + what + " the control socket: " + std::strerror(error)};
}

Result<void> sendAll(int socket, BytesView bytes, int flags) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), flags | MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return failed("write to", errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

// Appends as much as is wanted, or less where the other side ends before.
Result<void> receiveInto(int socket, Bytes& bytes, std::size_t wanted) {
  while (wanted > 0) {
    const std::size_t before = bytes.size();
    const std::size_t part = std::min(wanted, kReadBytes);
    bytes.resize(before + part);
    ssize_t got = 0;
    do {
      got = ::recv(socket, bytes.data() + before, part, 0);
    } while (got < 0 && errno == EINTR);
    const int error = errno;
    bytes.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0) return failed("read from", error);
    if (got == 0) return {};
    wanted -= static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<void> sendFrame(int socket, BytesView message) {
  Bytes length;
  putBigEndian32(length, static_cast<std::uint32_t>(message.size()));
  if (auto sent = sendAll(socket, length, MSG_MORE); !sent) return sent;
  return sendAll(socket, message, 0);
}

Result<std::optional<Bytes>> receiveFrame(int socket, std::size_t most) {
  Bytes length;
  if (auto got = receiveInto(socket, length, kLengthBytes); !got) return got.error();
  if (length.empty()) return std::optional<Bytes>();
  const Error cut_short{ErrorCode::kClosed, "the other side of the control socket has gone"};
  if (length.size() < kLengthBytes) return cut_short;
  const std::size_t bytes = ByteReader(length).bigEndian32();
  if (bytes == 0 || bytes > most) {
    return Error{ErrorCode::kInvalidArgument,
                 "a message of " + std::to_string(bytes) + " bytes is none of the control socket"};
  }
  std::optional<Bytes> message(std::in_place);
  if (auto got = receiveInto(socket, *message, bytes); !got) return got.error();
  if (message->size() < bytes) return cut_short;
  return message;
}

}  // namespace robotledger
