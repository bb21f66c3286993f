// Internal to the server's .cc files: what stands between a socket and KJ's HTTP.
//
// The gate reads each request's head itself, strictly (head.h), and hands KJ a plain one of its own
// with the same framing, so that there is one reading of what came and KJ never sees the rest. It
// gives no byte of a body more than the head said, and none behind a request that ends the
// connection. And it writes down until when the client has to move, for the loop to cut it off.
#pragma once

#include <string>

#include <kj/async-io.h>
#include <kj/timer.h>

#include "api/http/head.h"

namespace robotledger::http {

// How long a client may take for each part of a request.
struct Patience {
  kj::Duration head = 15 * kj::SECONDS;  // from its first byte, or the connection's beginning
  kj::Duration body = 30 * kj::SECONDS;
  kj::Duration idle = 60 * kj::SECONDS;    // between two requests
  kj::Duration answer = 30 * kj::SECONDS;  // and a second more for each kAnswerBytesPerSecond
};
inline constexpr std::size_t kAnswerBytesPerSecond = std::size_t{64} << 10;

enum class Waiting : std::uint8_t { kHandshake, kHead, kBody, kHandler, kReader, kIdle };
const char* waitingName(Waiting waiting);

// What a connection waits for, and until when; one thread.
struct Deadline {
  Waiting waiting = Waiting::kHandshake;
  kj::TimePoint since = kj::origin<kj::TimePoint>();
  kj::TimePoint until = kj::origin<kj::TimePoint>();
};

// KJ's interfaces have no virtual destructors: it deletes what it made by the type it made it with.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
class Gate final : public kj::AsyncIoStream {
 public:
  // Bytes of unfinished heads that the gates of a loop hold, and may.
  struct Budget {
    std::size_t& held;
    std::size_t most;
  };
  // All but `inner` outlive it.
  Gate(kj::Own<kj::AsyncIoStream> inner, Transport transport, const Patience& patience,
       kj::Timer& timer, Deadline& deadline, Budget heads);
  // What was received may have had a password in it, and is wiped.
  ~Gate() noexcept(false);

  Transport transport() const { return transport_; }
  kj::Timer& timer() { return timer_; }
  // The head of the request that KJ was given last.
  Head takeHead() { return kj::mv(head_); }

  // The request is read from here on: its body, then what is done with it, then the answer.
  void expectBody() { wait(Waiting::kBody, patience_.body); }
  void expectHandler();
  // Nothing more is read: the connection ends with the answer.
  void endReading() { phase_ = Phase::kEnded; }
  // Sends the interim answer that lets a client go on with its body.
  kj::Promise<void> writeContinue();
  // The next write is a head whose body follows: the two are sent together.
  void holdNextWrite() { holds_ = true; }
  // From here on nothing is written: what was begun is left without its end.
  void cut() { is_cut_ = true; }
  // Ends writing, and reads what is still sent, for a while, so that the answer gets through.
  kj::Promise<void> linger();

  kj::Promise<size_t> tryRead(void* buffer, size_t min_bytes, size_t max_bytes) override;
  kj::Promise<void> write(const void* buffer, size_t size) override;
  kj::Promise<void> write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) override;
  kj::Promise<void> whenWriteDisconnected() override { return inner_->whenWriteDisconnected(); }
  void shutdownWrite() override { inner_->shutdownWrite(); }
  void abortRead() override { inner_->abortRead(); }

 private:
  enum class Phase : std::uint8_t { kHead, kFeed, kBody, kChunked, kEnded };

  void wait(Waiting waiting, kj::Duration patience);
  kj::Promise<size_t> readSome(void* buffer, size_t max_bytes);
  // Reads a head; false where the client has left.
  kj::Promise<bool> readHead();
  bool takeBufferedHead();
  void acceptHead(Head head);
  size_t takeFed(void* buffer, size_t max_bytes);
  size_t takeBuffered(void* buffer, size_t max_bytes);
  // Makes room for more of a head; false where there is none.
  bool makeRoom(std::size_t bytes);
  // Takes the first bytes off what was received, and leaves nothing of them.
  void drop(std::size_t bytes);
  void settle();
  kj::Promise<size_t> readBody(void* buffer, size_t max_bytes);
  kj::Promise<void> discard(size_t left);

  kj::Own<kj::AsyncIoStream> inner_;
  Transport transport_;
  const Patience& patience_;
  kj::Timer& timer_;
  Deadline& deadline_;

  Phase phase_ = Phase::kHead;
  std::string received_;      // and not yet handed on
  std::size_t searched_ = 0;  // of it, for the end of a head
  Head head_;
  std::string fed_;         // the head that KJ gets
  std::size_t fed_to_ = 0;  // as far as KJ has it
  std::uint64_t body_left_ = 0;
  const Budget heads_;
  std::size_t charged_ = 0;  // to it
  bool holds_ = false;
  bool is_cut_ = false;
  std::string held_;
};
#pragma GCC diagnostic pop

}  // namespace robotledger::http
