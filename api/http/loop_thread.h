// Internal to the server's .cc files: what runs on an event loop's thread.
#pragma once

#include <atomic>
#include <list>
#include <memory>

#include <kj/async-io.h>
#include <kj/compat/http.h>

#include "api/http/exchange_runner.h"
#include "api/http/gate.h"
#include "api/http/serving.h"

namespace robotledger::http {

class LoopThread final : private kj::TaskSet::ErrorHandler,
                         private kj::HttpServerErrorHandler,
                         private kj::HttpServerCallbacks {
 public:
  LoopThread(Serving& serving, kj::AsyncIoContext& io, std::atomic<std::size_t>& connections);
  KJ_DISALLOW_COPY(LoopThread);
  ~LoopThread();

  // Serves a socket, which it owns from here on.
  void serve(int socket);
  // Fulfilled when no connection is left.
  kj::Promise<void> drain();

 private:
  struct Connection;

  kj::Promise<void> converse(Connection& connection, kj::Own<kj::AsyncIoStream> stream);
  kj::Promise<void> sweepForEver();
  void sweep();
  kj::Own<kj::HttpService> serviceOf(kj::AsyncIoStream& gate);

  void taskFailed(kj::Exception&& error) override;
  kj::Promise<void> handleClientProtocolError(kj::HttpHeaders::ProtocolError error,
                                              kj::HttpService::Response& out) override;
  kj::Promise<void> handleApplicationError(kj::Exception error,
                                           kj::Maybe<kj::HttpService::Response&> out) override;
  kj::Promise<void> handleNoResponse(kj::HttpService::Response& out) override;
  bool shouldClose() override { return state_.closes_next || state_.is_draining; }

  Serving& serving_;
  kj::AsyncIoContext& io_;
  kj::Timer& timer_;
  std::atomic<std::size_t>& connections_;
  Patience patience_;
  LoopState state_;
  kj::HttpServer http_;
  const Address* next_peer_ = nullptr;  // whose service is made next
  std::list<Connection*> open_;
  kj::TaskSet tasks_;  // the connections'; they use all of the above
  kj::Promise<void> sweeping_;
};

}  // namespace robotledger::http
