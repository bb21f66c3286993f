#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <unistd.h>

#include "core/domain/text.h"
#include "tools/robotledger/command.h"

namespace robotledger {
namespace {

constexpr std::int64_t kShowEveryMs = 100;

// The first error of standard output; 0 while there is none.
int output_error = 0;

void remember(int error) {
  if (output_error == 0) output_error = error == 0 ? EIO : error;
}

std::int64_t nowMs() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

int exitCodeOf(ErrorCode code) { return code == ErrorCode::kDamaged ? kExitDamage : kExitFailed; }

}  // namespace

void printText(std::string_view text) {
  if (output_error != 0 || text.empty()) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) remember(errno);
}

void printJson(const Json& json) { printText(jsonText(json) + "\n"); }

bool flushOutput() {
  errno = 0;
  if (output_error == 0 && std::fflush(stdout) != 0) remember(errno);
  return output_error == 0;
}

bool outputFailed() { return output_error != 0; }

void printNote(std::string_view text) {
  const std::string line = fmt::format("robotledger: {}\n", text);
  // There is nobody to tell that standard error is gone.
  (void)std::fwrite(line.data(), 1, line.size(), stderr);
}

int fail(const Error& error) {
  printNote(error.message);
  return exitCodeOf(error.code);
}

int refuse(const Session& session, const Refusal& refusal) {
  if (session.json()) {
    printJson({{"refused", refusalName(refusal.code)}, {"message", refusal.message}});
  } else {
    const std::string line =
        fmt::format("refused ({}): {}\n", refusalName(refusal.code), refusal.message);
    (void)std::fwrite(line.data(), 1, line.size(), stderr);
  }
  return kExitRefused;
}

int misuse(std::string_view text) {
  printNote(text);
  return kExitUsage;
}

int finishOutput(int exit_code) {
  if (flushOutput()) return exit_code;
  if (output_error == EPIPE) {
    (void)std::signal(SIGPIPE, SIG_DFL);
    (void)std::raise(SIGPIPE);
  }
  printNote(fmt::format("cannot write to standard output: {}", std::strerror(output_error)));
  return exit_code == kExitDamage ? exit_code : kExitFailed;
}

Progress::Progress(std::string what) : what_(std::move(what)) {}
Progress::~Progress() { wipe(); }

void Progress::show(std::uint64_t done, std::uint64_t all) {
  static const bool kOnTerminal = ::isatty(STDERR_FILENO) == 1;
  if (!kOnTerminal) return;
  const std::int64_t now = nowMs();
  if (now - last_shown_ms_ < kShowEveryMs) return;
  last_shown_ms_ = now;
  const std::string line = all == 0 ? fmt::format("{}: {}", what_, done)
                                    : fmt::format("{}: {} of {} ({}%)", what_, done, all,
                                                  done >= all ? 100 : done * 100 / all);
  fmt::print(stderr, "\r{:<{}}", line, width_);
  (void)std::fflush(stderr);
  width_ = line.size();
}

void Progress::wipe() {
  if (width_ == 0) return;
  fmt::print(stderr, "\r{:<{}}\r", "", width_);
  (void)std::fflush(stderr);
  width_ = 0;
}

}  // namespace robotledger
