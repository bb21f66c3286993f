#include "api/http/supervision.h"

#include <array>
#include <csignal>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace robotledger::http {

Result<std::unique_ptr<Supervision>> Supervision::start() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&signals, signal);
  if (::pthread_sigmask(SIG_BLOCK, &signals, nullptr) != 0) {
    return Error{ErrorCode::kIo, "the system does not let signals be blocked"};
  }
  Descriptor of_signals(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  Descriptor of_poison(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!of_signals.isOpen() || !of_poison.isOpen()) {
    return Error{ErrorCode::kIo, "the system gives no descriptors for signals"};
  }
  return std::unique_ptr<Supervision>(new Supervision(std::move(of_signals), std::move(of_poison)));
}

void Supervision::poisoned() {
  is_poisoned_ = true;
  (void)::eventfd_write(poison_.get(), 1);
}

Supervision::Event Supervision::wait() {
  while (true) {
    std::array<pollfd, 2> looked_at{{{.fd = poison_.get(), .events = POLLIN, .revents = 0},
                                     {.fd = signals_.get(), .events = POLLIN, .revents = 0}}};
    (void)::poll(looked_at.data(), looked_at.size(), -1);
    if (is_poisoned_) return Event::kPoisoned;
    signalfd_siginfo signal{};
    if (::read(signals_.get(), &signal, sizeof(signal)) != sizeof(signal)) continue;
    return signal.ssi_signo == SIGHUP ? Event::kReload : Event::kEnd;
  }
}

}  // namespace robotledger::http
