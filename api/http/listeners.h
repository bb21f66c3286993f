// Sockets that a server listens on: made here, or handed over by systemd.
//
//   auto listener = listenOn(*parseEndpoint("127.0.0.1:0"));
//   listener->endpoint.text()                      "127.0.0.1:40123"
#pragma once

#include <vector>

#include "api/http/address.h"
#include "core/base/files.h"
#include "core/base/result.h"

namespace robotledger::http {

struct Listener {
  Descriptor socket;  // non-blocking
  Endpoint endpoint;  // with the port that it came to have
};

// kInUse where somebody listens there; kInvalidArgument where the address is none of this
// machine's; kIo where the system fails. Any thread.
Result<Listener> listenOn(const Endpoint& endpoint);

// A socket that listens already; kInvalidArgument where it is no such, or not of TCP.
Result<Listener> adoptListener(Descriptor socket);

}  // namespace robotledger::http
