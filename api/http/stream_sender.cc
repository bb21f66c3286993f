#include "api/http/stream_sender.h"

#include <exception>

#include <kj/debug.h>

namespace robotledger::http {
namespace {

constexpr kj::Duration kRetry = 100 * kj::MILLISECONDS;  // where the workers have too much to do

// What another thread does once, and both sides may hold.
template <class T>
using Fulfiller = std::shared_ptr<kj::Own<kj::CrossThreadPromiseFulfiller<T>>>;

template <class T>
Fulfiller<T> shared(kj::Own<kj::CrossThreadPromiseFulfiller<T>> fulfiller) {
  return std::make_shared<kj::Own<kj::CrossThreadPromiseFulfiller<T>>>(kj::mv(fulfiller));
}

}  // namespace

WaitingStreams::WaitingStreams() : WaitingStreams(kj::newPromiseAndFulfiller<void>()) {}

WaitingStreams::WaitingStreams(kj::PromiseFulfillerPair<void> pair)
    : end_(kj::mv(pair.fulfiller)), ending_(pair.promise.fork()) {}

void WaitingStreams::end() { end_->fulfill(); }

StreamSender::StreamSender(const Parts& parts, std::shared_ptr<Stream> stream,
                           kj::Own<kj::AsyncOutputStream> out)
    : parts_(parts), stream_(std::move(stream)), out_(kj::mv(out)) {
  ++parts_.serving.streams;
}

StreamSender::~StreamSender() { --parts_.serving.streams; }

kj::Promise<void> StreamSender::run() {
  parts_.gate.expectHandler();
  const auto piece = std::make_shared<Stream::Piece>();
  return makeNext(piece).then([this, piece] { return send(std::move(*piece)); });
}

kj::Promise<void> StreamSender::makeNext(std::shared_ptr<Stream::Piece> piece) {
  auto made = kj::newPromiseAndCrossThreadFulfiller<void>();
  const auto tell = shared(kj::mv(made.fulfiller));
  const bool taken = parts_.serving.workers.submit([stream = stream_, tell, piece] {
    try {
      *piece = stream->next();
    } catch (const std::exception&) {
      // What came so far is not to be taken for the whole.
      piece->next = Stream::Next::kCut;
    }
    (*tell)->fulfill();
  });
  if (taken) return kj::mv(made.promise);
  return parts_.timer.afterDelay(kRetry).then(
      [this, piece = std::move(piece)] { return makeNext(piece); });
}

kj::Promise<void> StreamSender::send(Stream::Piece piece) {
  const Stream::Next next = piece.next;
  if (piece.bytes.empty()) return goOn(next);
  bytes_ = std::move(piece.bytes);
  return out_->write(bytes_.data(), bytes_.size()).then([this, next] {
    // Whoever reads on is not idle, however long there is nothing to be sent.
    parts_.gate.expectHandler();
    return goOn(next);
  });
}

kj::Promise<void> StreamSender::goOn(Stream::Next next) {
  switch (next) {
    case Stream::Next::kMore: return run();
    case Stream::Next::kWait:
      return awaitMore().then([this]() -> kj::Promise<void> {
        if (is_ending_) return kj::READY_NOW;
        return run();
      });
    case Stream::Next::kEnd: return kj::READY_NOW;
    case Stream::Next::kCut: break;
  }
  // KJ would end the chunks in good order.
  parts_.gate.cut();
  return KJ_EXCEPTION(DISCONNECTED, "a stream was cut");
}

kj::Promise<void> StreamSender::awaitMore() {
  auto woken = kj::newPromiseAndCrossThreadFulfiller<void>();
  const auto tell = shared(kj::mv(woken.fulfiller));
  // Where no worker is free, the stream is asked again a while later, as if it had been silent.
  (void)parts_.serving.workers.submit(
      [stream = stream_, tell] { stream->await([tell] { (*tell)->fulfill(); }); });
  return woken.promise.exclusiveJoin(parts_.timer.afterDelay(kStreamWaitSeconds * kj::SECONDS))
      .exclusiveJoin(parts_.waiting.whenEnding().then([this] { is_ending_ = true; }));
}

}  // namespace robotledger::http
