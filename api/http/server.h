// Server: HTTP/1.1 over KJ, with several event loops. It carries requests to handlers
// (exchange.h) and their answers back, and keeps out what would harm either.
//
//   auto server = Server::start(std::move(listeners), routes, {.tls = keys.get()}, metrics, log);
//   ...
//   (*server)->drain();
//
// One thread accepts and gives each connection to the loop that has the fewest. There is a bound
// for all that comes from outside: connections, the bytes of a head and of a body, the bodies that
// a loop holds, the seconds that a client may take for a head, a body, an answer and nothing at
// all, and slow work that waits.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "api/http/address.h"
#include "api/http/exchange.h"
#include "api/http/listeners.h"
#include "api/http/log.h"
#include "api/http/metrics.h"
#include "api/http/serving.h"
#include "api/http/tls.h"
#include "api/http/workers.h"
#include "core/base/result.h"

namespace robotledger::http {

struct ServerOptions {
  const TlsKeys* tls = nullptr;  // outlives the server; plain HTTP where null
  std::vector<Network> trusted_proxies;
  std::size_t loops = 0;  // as many as the machine has cores, where 0
  Workers::Options workers;
  // In all. What comes beyond waits to be accepted until others have left.
  std::size_t max_connections = 16000;
  // Of one client, but for trusted proxies; 0 for a quarter of all. More are closed at once.
  std::size_t max_connections_per_address = 0;
  // Bytes that the unfinished heads of one loop may take.
  std::size_t max_loop_head_bytes = std::size_t{32} << 20;
  Timeouts timeouts;
};

class Server {
 public:
  // `metrics` and `log` outlive it. kIo where the system has no room for its threads' pipes.
  static Result<std::unique_ptr<Server>> start(std::vector<Listener> listeners,
                                               std::vector<Route> routes,
                                               const ServerOptions& options, Metrics& metrics,
                                               Log& log);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  // Ends all connections at once.
  ~Server();

  // Any thread. Accepts no more, lets each connection end with the answer that is under way, and
  // returns when there is none left, or after some ten seconds.
  void drain();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace robotledger::http
