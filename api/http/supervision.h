// What a server is told from outside while it runs: signals, and that its ledger is poisoned.
//
//   auto supervision = Supervision::start();       // before the first thread
//   ...
//   while ((*supervision)->wait() == Supervision::Event::kReload) reloadKeys();
#pragma once

#include <atomic>
#include <memory>

#include "core/base/files.h"
#include "core/base/result.h"

namespace robotledger::http {

class Supervision {
 public:
  enum class Event : std::uint8_t {
    kReload,    // SIGHUP
    kEnd,       // SIGTERM, SIGINT
    kPoisoned,  // see poisoned()
  };

  // Takes these signals from now on, in all threads that are started later. While there is one.
  // kIo where the system does not give what it takes.
  static Result<std::unique_ptr<Supervision>> start();

  // Any thread; quick. The ledger is poisoned: the process has to end.
  void poisoned();
  bool isPoisoned() const { return is_poisoned_; }

  // Waits for the next. What is poisoned comes first.
  Event wait();

 private:
  Supervision(Descriptor signals, Descriptor poison)
      : signals_(std::move(signals)), poison_(std::move(poison)) {}

  Descriptor signals_;
  Descriptor poison_;
  std::atomic<bool> is_poisoned_ = false;
};

}  // namespace robotledger::http
