// Internal to the server's .cc files: one request, from its head to its answer.
#pragma once

#include <chrono>
#include <string>

#include <kj/compat/http.h>

#include "api/http/gate.h"
#include "api/http/serving.h"
#include "api/http/stream_sender.h"

namespace robotledger::http {

// What the exchanges of one loop share; one thread.
struct LoopState {
  kj::HttpHeaderTable table;
  std::size_t body_bytes = 0;  // that are held while they come
  std::size_t head_bytes = 0;  // the same of heads, but for the first that are read
  bool is_draining = false;
  bool closes_next = false;  // the next answer's head says that the connection ends
  WaitingStreams streams;
};

class ExchangeRunner {
 public:
  // All of them outlive it.
  ExchangeRunner(Serving& serving, LoopState& loop, Gate& gate, const Address& peer);
  ~ExchangeRunner();
  KJ_DISALLOW_COPY(ExchangeRunner);

  // Once. Ends when the answer is written.
  kj::Promise<void> run(kj::AsyncInputStream& body, kj::HttpService::Response& out);

 private:
  void takeHead();
  // Why the request is not for a handler; nothing where it is.
  std::optional<Response> refuse() const;
  kj::Promise<void> readBody(kj::AsyncInputStream& body);
  kj::Promise<void> readMore(kj::AsyncInputStream& body);
  kj::Promise<Response> handle();
  kj::Promise<Response> handleSlowly(SlowWork work);
  kj::Promise<Response> handleLater(const LaterWork& work);
  kj::Promise<void> send(Response answer, kj::HttpService::Response& out);
  kj::Promise<void> sendStream(std::shared_ptr<Stream> stream, kj::Own<kj::AsyncOutputStream> out);
  void tell(const Response& answer);

  Serving& serving_;
  LoopState& loop_;
  Gate& gate_;
  const Address& peer_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Head head_;
  bool has_body_ = false;
  Request request_;
  Routed routed_;
  std::optional<Response> unread_;  // the answer where the body is not read to its end
  AfterAnswer after_ = AfterAnswer::kKeepAlive;
  std::string answer_body_;
  kj::Own<StreamSender> sender_;
};

// Sends an answer of the protocol's own, where there is no exchange. For KJ's error handlers.
kj::Promise<void> sendPlainly(const kj::HttpHeaderTable& table, const Response& answer,
                              kj::HttpService::Response& out);

}  // namespace robotledger::http
