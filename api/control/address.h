// The control socket's place: `control.sock` in the ledger's directory, as a Unix socket.
//
//   auto listener = listenIn("robotledger-data");     // by who has the ledger
//   auto socket = connectTo("robotledger-data");      // by others
//
// All functions: any thread.
#pragma once

#include <string>

#include <sys/types.h>

#include "core/base/files.h"

namespace robotledger {

std::string controlPath(const std::string& directory);

// A listening socket, of mode 0600, in place of what a process left there that was killed: only who
// has the ledger's lock may call it. kIo where the system fails.
Result<Descriptor> listenIn(const std::string& directory);
// Takes its name away.
void unlinkIn(const std::string& directory);

// kNotFound where there is no socket, or nobody listens; kIo where the system fails.
Result<Descriptor> connectTo(const std::string& directory);

// Who is on the other side, as the system says it.
struct Peer {
  uid_t uid = 0;
  std::string user;  // the name, or the number where there is none
};
Result<Peer> peerOf(int socket);

// Printable ASCII of at most kMaxNameBytes, with '?' for what is not: what the system and the
// environment say of themselves is recorded, and printed for years.
std::string printableName(std::string_view text);
// The system's name of a user, so; its number where it has none.
std::string userName(uid_t uid);

}  // namespace robotledger
