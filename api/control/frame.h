// Frames: messages on a stream, each with its length before it in four bytes, big-endian.
//
//   if (auto sent = sendFrame(socket, bytes); !sent) return sent.error();
//   auto got = receiveFrame(socket, kMaxAnswerBytes);
//   if (!got) return got.error();
//   if (!*got) ...                 // the other side has ended it
#pragma once

#include <cstddef>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// The whole of it. kClosed where the other side has gone; kIo where the system fails, or the other
// side takes nothing for as long as the socket's own time. One thread at a time for each socket and
// direction.
Result<void> sendFrame(int socket, BytesView message);

// The next one; nothing where the other side ended before one began. kInvalidArgument for a length
// of 0 or of more than `most`; kClosed where it ended within one; kIo likewise. Memory is taken as
// bytes come, and not for what a length says.
Result<std::optional<Bytes>> receiveFrame(int socket, std::size_t most);

}  // namespace robotledger
