#include "api/http/event_loop.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <kj/async-unix.h>
#include <unistd.h>

#include "api/http/loop_thread.h"

namespace robotledger::http {
namespace {

// How long an answer may take that was begun when draining began.
constexpr kj::Duration kDrain = 10 * kj::SECONDS;

// What KJ has to say for itself goes into the log, and not to standard error as it is.
class KjToLog final : public kj::ExceptionCallback {
 public:
  explicit KjToLog(Log& log) : log_(log) {}
  void logMessage(kj::LogSeverity severity, const char*, int, int, kj::String&& text) override {
    const LogLevel level = severity >= kj::LogSeverity::ERROR ? LogLevel::kError : LogLevel::kDebug;
    log_.write(level, "kj", {{"why", text.cStr()}});
  }

 private:
  Log& log_;
};

}  // namespace

Result<std::unique_ptr<EventLoop>> EventLoop::start(Serving& serving) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return Error{ErrorCode::kIo,
                 "a pipe cannot be made: " + std::generic_category().message(errno)};
  }
  std::unique_ptr<EventLoop> loop(new EventLoop(serving, Descriptor(ends[1])));
  loop->thread_ = std::thread([it = loop.get(), mailbox = ends[0]] { it->run(mailbox); });
  return loop;
}

EventLoop::EventLoop(Serving& serving, Descriptor mailbox)
    : serving_(serving), mailbox_(std::move(mailbox)) {}

EventLoop::~EventLoop() {
  (void)send(kStop);
  thread_.join();
}

bool EventLoop::send(int message) const {
  return ::write(mailbox_.get(), &message, sizeof(message)) == sizeof(message);
}

void EventLoop::take(int socket) {
  if (!ended_ && send(socket)) return;
  ::close(socket);
  --serving_.connections;
}

void EventLoop::drain() { (void)send(EventLoop::kDrain); }

void EventLoop::run(int mailbox) {
  KjToLog to_log(serving_.log);
  auto io = kj::setupAsyncIo();
  {
    LoopThread thread(serving_, io, connections_);
    auto letters = io.lowLevelProvider->wrapInputFd(
        mailbox, kj::LowLevelAsyncIoProvider::TAKE_OWNERSHIP |
                     kj::LowLevelAsyncIoProvider::ALREADY_CLOEXEC |
                     kj::LowLevelAsyncIoProvider::ALREADY_NONBLOCK);
    int letter = 0;
    bool drains = false;
    while (!drains) {
      letters->read(&letter, sizeof(letter)).wait(io.waitScope);
      if (letter == kStop) break;
      if (letter == EventLoop::kDrain) {
        drains = true;
      } else {
        const auto failed = kj::runCatchingExceptions([&] { thread.serve(letter); });
        if (failed != nullptr) {
          serving_.log.write(LogLevel::kError, "connection_failed",
                             {{"why", "the system has no room for a connection"}});
        }
      }
    }
    if (drains) {
      thread.drain()
          .exclusiveJoin(io.provider->getTimer().afterDelay(http::kDrain))
          .wait(io.waitScope);
    }
  }
  ended_ = true;
}

}  // namespace robotledger::http
