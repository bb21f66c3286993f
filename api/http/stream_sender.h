// Internal to the server's .cc files: a Stream on its way to its client.
#pragma once

#include <memory>
#include <string>

#include <kj/async-io.h>
#include <kj/timer.h>

#include "api/http/gate.h"
#include "api/http/serving.h"

namespace robotledger::http {

// The streams of one loop that wait for more; one thread.
class WaitingStreams {
 public:
  WaitingStreams();
  KJ_DISALLOW_COPY(WaitingStreams);
  // Done when streams that wait have to end, since the server does.
  kj::Promise<void> whenEnding() { return ending_.addBranch(); }
  void end();

 private:
  WaitingStreams(kj::PromiseFulfillerPair<void> pair);
  kj::Own<kj::PromiseFulfiller<void>> end_;
  kj::ForkedPromise<void> ending_;
};

// Asks the stream on the server's workers, a piece when the one before is written.
class StreamSender {
 public:
  // All of them outlive it.
  struct Parts {
    Serving& serving;
    WaitingStreams& waiting;
    kj::Timer& timer;
    Gate& gate;
  };
  StreamSender(const Parts& parts, std::shared_ptr<Stream> stream,
               kj::Own<kj::AsyncOutputStream> out);
  KJ_DISALLOW_COPY(StreamSender);
  ~StreamSender();

  // Once. Fails as DISCONNECTED where the stream is cut.
  kj::Promise<void> run();

 private:
  // Done when the piece is made; it outlives this where this is gone by then.
  kj::Promise<void> makeNext(std::shared_ptr<Stream::Piece> piece);
  kj::Promise<void> send(Stream::Piece piece);
  kj::Promise<void> goOn(Stream::Next next);
  kj::Promise<void> awaitMore();

  Parts parts_;
  std::shared_ptr<Stream> stream_;
  kj::Own<kj::AsyncOutputStream> out_;
  std::string bytes_;  // that are written
  bool is_ending_ = false;
};

}  // namespace robotledger::http
