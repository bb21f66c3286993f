#include "tools/robotledger/hidden_input.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <termios.h>
#include <unistd.h>

#include "tools/robotledger/command.h"

namespace robotledger {
namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr int kEndingSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

volatile std::sig_atomic_t caught_signal = 0;

void onSignal(int signal) { caught_signal = signal; }

// The terminal without echo, as long as this lives. A signal meanwhile ends the reading, and comes
// into its own afterwards.
class EchoOff {
 public:
  EchoOff() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    struct sigaction catching {};
    catching.sa_handler = onSignal;  // without SA_RESTART: the reading ends
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      ::sigaction(kEndingSignals[i], &catching, &actions_[i]);
    }
    struct termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    hidden.c_lflag |= ECHONL;
    is_off_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0;
    caught_ = true;
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff() {
    if (is_off_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    if (!caught_) return;
    for (std::size_t i = 0; i < actions_.size(); ++i) {
      ::sigaction(kEndingSignals[i], &actions_[i], nullptr);
    }
    if (caught_signal != 0) (void)std::raise(caught_signal);
  }

 private:
  struct termios before_ {};
  std::array<struct sigaction, std::size(kEndingSignals)> actions_{};
  bool is_off_ = false;
  bool caught_ = false;
};

Result<std::unique_ptr<SecretText>> readLine() {
  std::string line;
  line.reserve(kLongestLine);  // it does not move, so no copy stays behind
  char next = '\0';
  while (line.size() < kLongestLine) {
    const ssize_t got = ::read(STDIN_FILENO, &next, 1);
    if (got < 0 && errno == EINTR && caught_signal == 0) continue;
    if (got < 0) {
      const int error = errno;
      wipe(line);
      return Error{ErrorCode::kIo,
                   std::string("cannot read standard input: ") + std::strerror(error)};
    }
    if (got == 0 || next == '\n') break;
    line.push_back(next);
  }
  if (line.ends_with('\r')) line.pop_back();
  return std::make_unique<SecretText>(std::move(line));
}

}  // namespace

bool inputIsTerminal() { return ::isatty(STDIN_FILENO) == 1; }

Result<std::unique_ptr<SecretText>> readHiddenLine(const std::string& prompt) {
  if (!inputIsTerminal()) return readLine();
  fmt::print(stderr, "{}", prompt);
  (void)std::fflush(stderr);
  const EchoOff echo_off;
  return readLine();
}

}  // namespace robotledger
