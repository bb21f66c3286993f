// The server's log: one JSON object a line on standard error, written by a thread of its own, so
// that a reader who is slow, or a disk that is full, never stops an event loop. Where lines come
// quicker than they can be written, the oldest that wait are dropped; the metrics tell how many.
//
//   Log log({.level = LogLevel::kInfo, .fd = 2});
//   log.write(LogLevel::kInfo, "listening", {{"address", "127.0.0.1:8080"}});
//
// Never in it: secrets, a query string, an Authorization header, a body.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "api/json/json_text.h"

namespace robotledger::http {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };
// "debug", "info", "warning", "error", "off"; nothing for another word.
std::optional<LogLevel> parseLogLevel(std::string_view word);

class Log {
 public:
  struct Options {
    LogLevel level = LogLevel::kInfo;
    int fd = 2;                // outlives this
    std::size_t queue = 8192;  // lines that may wait
  };
  explicit Log(const Options& options);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  // Writes what waits, as far as that takes no more than a second.
  ~Log();

  // All of these: any thread.

  bool wants(LogLevel level) const { return level >= level_ && level_ != LogLevel::kOff; }
  // A line with the time, the level and the event's name before `fields`.
  void write(LogLevel level, std::string_view event, const Json& fields = Json::object());
  // Waits until what was written so far has gone out, for at most so long.
  void flush(std::chrono::milliseconds most);
  // Lines that were dropped.
  std::uint64_t dropped() const;

 private:
  struct Impl;
  LogLevel level_;
  std::atomic<std::uint64_t> written_ = 0;  // lines, by those who write
  std::unique_ptr<Impl> impl_;
};

}  // namespace robotledger::http
