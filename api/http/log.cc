#include "api/http/log.h"

#include <chrono>

#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include "core/base/instant.h"

namespace robotledger::http {
namespace {

// A write of no more than this into a pipe is whole, and does not wait once the pipe has room.
constexpr std::size_t kPieceBytes = 4096;
constexpr int kLookMs = 50;
constexpr std::chrono::seconds kLastWords{1};

const char* levelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
    case LogLevel::kOff: return "off";
  }
  return "off";
}

// Writes to a descriptor that may be slow. Its thread is spdlog's; ending may be asked for by
// another.
class DescriptorSink final : public spdlog::sinks::sink {
 public:
  explicit DescriptorSink(int fd) : fd_(fd) {}

  void log(const spdlog::details::log_msg& message) override {
    put(message);
    ++done_;
  }
  // How many lines have gone out, or were given up.
  std::uint64_t done() const { return done_; }

  void flush() override {}
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

  void endBy(std::chrono::steady_clock::time_point end) { ends_ = end.time_since_epoch().count(); }

 private:
  void put(const spdlog::details::log_msg& message) const {
    std::string line(message.payload.data(), message.payload.size());
    line.push_back('\n');
    std::string_view rest = line;
    while (!rest.empty() && waitForRoom()) {
      const ssize_t count = ::write(fd_, rest.data(), std::min(rest.size(), kPieceBytes));
      if (count < 0 && errno != EINTR && errno != EAGAIN) return;  // nobody reads it any more
      if (count > 0) rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  bool waitForRoom() const {
    while (true) {
      const auto ends = ends_.load();
      if (ends != 0 && std::chrono::steady_clock::now().time_since_epoch().count() > ends) {
        return false;
      }
      pollfd looked_at{.fd = fd_, .events = POLLOUT, .revents = 0};
      if (::poll(&looked_at, 1, kLookMs) > 0) return true;
    }
  }

  const int fd_;
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<std::chrono::steady_clock::rep> ends_ = 0;
};

}  // namespace

struct Log::Impl {
  std::shared_ptr<DescriptorSink> sink;
  std::shared_ptr<spdlog::details::thread_pool> thread;
  std::shared_ptr<spdlog::async_logger> logger;
};

std::optional<LogLevel> parseLogLevel(std::string_view word) {
  for (const LogLevel level :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError, LogLevel::kOff}) {
    if (word == levelName(level)) return level;
  }
  return std::nullopt;
}

Log::Log(const Options& options) : level_(options.level), impl_(std::make_unique<Impl>()) {
  impl_->sink = std::make_shared<DescriptorSink>(options.fd);
  impl_->thread = std::make_shared<spdlog::details::thread_pool>(options.queue, 1);
  impl_->logger = std::make_shared<spdlog::async_logger>(
      "robotledger", impl_->sink, impl_->thread, spdlog::async_overflow_policy::overrun_oldest);
}

Log::~Log() {
  impl_->sink->endBy(std::chrono::steady_clock::now() + kLastWords);
  impl_->logger.reset();
  impl_->thread.reset();
}

void Log::write(LogLevel level, std::string_view event, const Json& fields) {
  if (!wants(level)) return;
  SystemClock clock;
  Json line{{"time", formatInstant(clock.now())}, {"level", levelName(level)}, {"event", event}};
  line.update(fields);
  // In ASCII, so that no terminal and no tool takes a part of it for a command or a line's end.
  const std::string text = line.dump(-1, ' ', true, Json::error_handler_t::replace);
  // The logger's own level is info, and ours has been looked at.
  ++written_;
  impl_->logger->log(spdlog::level::info, spdlog::string_view_t(text.data(), text.size()));
}

void Log::flush(std::chrono::milliseconds most) {
  const std::uint64_t wanted = written_;
  const auto end = std::chrono::steady_clock::now() + most;
  while (impl_->sink->done() + dropped() < wanted && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::uint64_t Log::dropped() const { return impl_->thread->overrun_counter(); }

}  // namespace robotledger::http
