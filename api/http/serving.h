// Internal to the server's .cc files: what its event loops share. All of it outlives them.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "api/http/address.h"
#include "api/http/log.h"
#include "api/http/peers.h"
#include "api/http/request_metrics.h"
#include "api/http/router.h"
#include "api/http/tls.h"
#include "api/http/workers.h"

namespace robotledger::http {

// Seconds that a client may take; see Patience in gate.h.
struct Timeouts {
  int head_s = 15;
  int body_s = 30;
  int idle_s = 60;
  int answer_s = 30;
};

// Streams at one time; beyond, they are answered 503.
inline constexpr std::size_t kMaxStreams = 256;

struct Serving {
  const Router& router;
  RequestMetrics& requests;
  Workers& workers;
  Log& log;
  Counter& cut_off;   // connections whose client took too long
  Counter& too_many;  // connections of clients who had too many
  Peers& peers;
  const TlsKeys* tls = nullptr;  // null where HTTP is plain
  std::vector<Network> trusted_proxies;
  Timeouts timeouts;
  std::size_t max_connections = 0;
  // Bytes of bodies that one loop holds while they come; beyond, requests are answered 503.
  std::size_t max_loop_body_bytes = std::size_t{64} << 20;
  // The same of heads that have not come whole, beyond what is read at once; beyond, those who send
  // more are cut off.
  std::size_t max_loop_head_bytes = 0;
  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> streams = 0;  // answers that are made while they are sent

  // From here on connections that do nothing are ended early, so that others find room.
  bool isCrowded() const { return connections > max_connections / 4 * 3; }
};

}  // namespace robotledger::http
