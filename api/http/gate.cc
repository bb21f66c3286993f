#include "api/http/gate.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "core/base/secure.h"

namespace robotledger::http {
namespace {

// What is read at once while a head comes.
constexpr std::size_t kHeadReadBytes = 2048;
// How much, and how long, is read after an answer that ends a connection.
constexpr std::size_t kLingerBytes = std::size_t{256} << 10;
constexpr kj::Duration kLinger = 2 * kj::SECONDS;
constexpr kj::StringPtr kContinue = "HTTP/1.1 100 Continue\r\n\r\n"_kj;

// A head that KJ reads as we have read the client's.
std::string plainHead(const Head& head) {
  std::string text = head.method == "HEAD" ? "HEAD" : head.method == "GET" ? "GET" : "POST";
  text += " / HTTP/1.1\r\n";
  if (head.refused) return text + "\r\n";
  if (head.framing == Framing::kChunked) return text + "Transfer-Encoding: chunked\r\n\r\n";
  if (head.body_bytes > 0) text += "Content-Length: " + std::to_string(head.body_bytes) + "\r\n";
  return text + "\r\n";
}

}  // namespace

const char* waitingName(Waiting waiting) {
  switch (waiting) {
    case Waiting::kHandshake: return "handshake";
    case Waiting::kHead: return "head";
    case Waiting::kBody: return "body";
    case Waiting::kHandler: return "handler";
    case Waiting::kReader: return "reader";
    case Waiting::kIdle: return "idle";
  }
  return "unknown";
}

Gate::Gate(kj::Own<kj::AsyncIoStream> inner, Transport transport, const Patience& patience,
           kj::Timer& timer, Deadline& deadline, Budget heads)
    : inner_(kj::mv(inner)),
      transport_(transport),
      patience_(patience),
      timer_(timer),
      deadline_(deadline),
      heads_(heads) {
  wait(Waiting::kHead, patience_.head);
}

Gate::~Gate() noexcept(false) {
  settle();
  wipe(received_);
  wipe(held_);
}

// What was received is small again, or gone.
void Gate::settle() {
  heads_.held -= charged_;
  charged_ = 0;
}

bool Gate::makeRoom(std::size_t bytes) {
  const std::size_t had = received_.size();
  if (had > kHeadReadBytes) {
    if (heads_.held + bytes > heads_.most) return false;
    heads_.held += bytes;
    charged_ += bytes;
  }
  if (had + bytes <= received_.capacity()) {
    received_.resize(had + bytes);
    return true;
  }
  // Growing by itself it would leave a copy behind.
  std::string larger;
  larger.reserve(had == 0 ? bytes : 2 * (had + bytes));
  larger = received_;
  larger.resize(had + bytes);
  wipe(received_);
  received_ = std::move(larger);
  return true;
}

void Gate::drop(std::size_t bytes) {
  const std::size_t left = received_.size() - bytes;
  std::memmove(received_.data(), received_.data() + bytes, left);
  wipe(received_.data() + left, bytes);
  received_.resize(left);
  if (left <= kHeadReadBytes) settle();
}

void Gate::wait(Waiting waiting, kj::Duration patience) {
  deadline_ = {.waiting = waiting, .since = timer_.now(), .until = timer_.now() + patience};
}

// A handler is ours, and bounded by itself; the client is not to be blamed for it.
void Gate::expectHandler() {
  deadline_ = {.waiting = Waiting::kHandler, .since = timer_.now(), .until = kj::maxValue};
}

kj::Promise<size_t> Gate::tryRead(void* buffer, size_t min_bytes, size_t max_bytes) {
  return readSome(buffer, max_bytes).then([=, this](size_t count) -> kj::Promise<size_t> {
    if (count == 0 || count >= min_bytes) return count;
    return tryRead(static_cast<kj::byte*>(buffer) + count, min_bytes - count, max_bytes - count)
        .then([count](size_t more) { return count + more; });
  });
}

kj::Promise<size_t> Gate::readSome(void* buffer, size_t max_bytes) {
  switch (phase_) {
    case Phase::kHead:
      return readHead().then([=, this](bool is_there) -> kj::Promise<size_t> {
        if (!is_there) return size_t{0};
        return takeFed(buffer, max_bytes);
      });
    case Phase::kFeed: return takeFed(buffer, max_bytes);
    case Phase::kBody: return readBody(buffer, std::min<std::uint64_t>(max_bytes, body_left_));
    case Phase::kChunked: return readBody(buffer, max_bytes);
    case Phase::kEnded: return size_t{0};
  }
  KJ_UNREACHABLE;
}

kj::Promise<bool> Gate::readHead() {
  if (takeBufferedHead()) return true;
  const std::size_t had = received_.size();
  // Who once sent a long head does not keep its memory while he is idle.
  if (had == 0 && received_.capacity() > 2 * kHeadReadBytes) std::string().swap(received_);
  if (!makeRoom(kHeadReadBytes)) return false;
  return inner_->tryRead(received_.data() + had, 1, kHeadReadBytes)
      .then([this, had](size_t count) -> kj::Promise<bool> {
        received_.resize(had + count);
        if (count == 0) return false;
        // A client that has begun has to go on.
        if (deadline_.waiting == Waiting::kIdle) wait(Waiting::kHead, patience_.head);
        return readHead();
      });
}

// True when there is a head to hand on: one that has come whole, or is refused already.
bool Gate::takeBufferedHead() {
  const auto end = findHeadEnd(received_, searched_);
  if (!end && received_.size() <= kMaxHeadBytes) {
    searched_ = received_.size();
    return false;
  }
  searched_ = 0;
  if (!end || *end > kMaxHeadBytes) {
    acceptHead(parseTooLongHead(received_));
    return true;
  }
  Head head = parseHead(std::string_view(received_).substr(0, *end));
  drop(*end);
  acceptHead(kj::mv(head));
  return true;
}

void Gate::acceptHead(Head head) {
  fed_ = plainHead(head);
  fed_to_ = 0;
  body_left_ = head.body_bytes;
  head_ = kj::mv(head);
  phase_ = Phase::kFeed;
}

size_t Gate::takeFed(void* buffer, size_t max_bytes) {
  const std::size_t count = std::min(max_bytes, fed_.size() - fed_to_);
  std::memcpy(buffer, fed_.data() + fed_to_, count);
  fed_to_ += count;
  if (fed_to_ < fed_.size()) return count;
  if (head_.refused) {
    phase_ = Phase::kEnded;
  } else if (head_.framing == Framing::kChunked) {
    // Where its last chunk ends is KJ's to find, so that nothing is read behind it.
    phase_ = Phase::kChunked;
  } else {
    phase_ = body_left_ > 0 ? Phase::kBody : Phase::kHead;
  }
  return count;
}

size_t Gate::takeBuffered(void* buffer, size_t max_bytes) {
  const std::size_t count = std::min(max_bytes, received_.size());
  std::memcpy(buffer, received_.data(), count);
  drop(count);
  return count;
}

kj::Promise<size_t> Gate::readBody(void* buffer, size_t max_bytes) {
  auto took = [this](size_t count) {
    if (phase_ != Phase::kBody) return count;
    body_left_ -= count;
    if (body_left_ == 0) phase_ = Phase::kHead;
    return count;
  };
  if (!received_.empty()) return took(takeBuffered(buffer, max_bytes));
  return inner_->tryRead(buffer, 1, max_bytes).then(kj::mv(took));
}

kj::Promise<void> Gate::writeContinue() {
  return inner_->write(kContinue.begin(), kContinue.size());
}

kj::Promise<void> Gate::write(const void* buffer, size_t size) {
  const kj::ArrayPtr<const kj::byte> piece(static_cast<const kj::byte*>(buffer), size);
  return write(kj::arrayPtr(&piece, 1));
}

kj::Promise<void> Gate::write(kj::ArrayPtr<const kj::ArrayPtr<const kj::byte>> pieces) {
  if (is_cut_) return KJ_EXCEPTION(DISCONNECTED, "the answer was cut");
  if (holds_) {
    holds_ = false;
    for (const auto& piece : pieces) held_.append(piece.asChars().begin(), piece.size());
    return kj::READY_NOW;
  }
  auto all = kj::heapArrayBuilder<kj::ArrayPtr<const kj::byte>>(pieces.size() + 1);
  auto held = kj::heap<std::string>(kj::mv(held_));
  held_.clear();
  std::size_t bytes = held->size();
  if (!held->empty()) all.add(kj::StringPtr(held->c_str(), held->size()).asBytes());
  for (const auto& piece : pieces) {
    bytes += piece.size();
    all.add(piece);
  }
  wait(Waiting::kReader,
       patience_.answer + static_cast<std::int64_t>(bytes / kAnswerBytesPerSecond) * kj::SECONDS);
  auto kept = all.finish();
  auto written = inner_->write(kept);
  return written.attach(kj::mv(kept), kj::mv(held)).then([this] {
    // What is there of the next request already is under way.
    const bool has_begun = !received_.empty();
    wait(has_begun ? Waiting::kHead : Waiting::kIdle, has_begun ? patience_.head : patience_.idle);
  });
}

kj::Promise<void> Gate::discard(size_t left) {
  received_.resize(kHeadReadBytes);
  return inner_->tryRead(received_.data(), 1, kHeadReadBytes)
      .then([this, left](size_t count) -> kj::Promise<void> {
        if (count == 0 || count >= left) return kj::READY_NOW;
        return discard(left - count);
      });
}

kj::Promise<void> Gate::linger() {
  wait(Waiting::kReader, kLinger);
  inner_->shutdownWrite();
  return discard(kLingerBytes).exclusiveJoin(timer_.afterDelay(kLinger));
}

}  // namespace robotledger::http
