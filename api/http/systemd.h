// What systemd and its like are told, and what they hand over (sd_notify(3), sd_listen_fds(3));
// nothing where nobody of that kind started the process.
//
//   auto sockets = inheritedSockets();
//   notifySupervisor("READY=1");
#pragma once

#include <string>
#include <vector>

#include "core/base/files.h"
#include "core/base/result.h"

namespace robotledger::http {

// Tells it the state, lines of NAME=VALUE, in one datagram to NOTIFY_SOCKET. What cannot be told is
// not: it is the supervisor's to notice. Any thread.
void notifySupervisor(const std::string& state);
// That the configuration is read again, and when that began, as Type=notify-reload asks for; its
// end is told with READY=1.
void notifyReloading();

// The descriptors of LISTEN_FDS, where LISTEN_PID is this process; empty where there are none. The
// variables are taken out of the environment, so that no child takes them for its own. Once, while
// there is one thread. kInvalidArgument where LISTEN_FDS is no number of descriptors.
Result<std::vector<Descriptor>> inheritedSockets();

}  // namespace robotledger::http
