// Core: what stands behind the public header, a ledger that is open and those who follow it.
//
//   auto core = Core::open(directory, options);
//   if (auto use = (*core)->use()) use->view();        // not closed meanwhile
//
// For the files of the front only. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <string>

#include "api/control/control_server.h"
#include "api/embed/open_ledger.h"
#include "api/embed/robotledger/robotledger.h"
#include "api/login/login.h"
#include "core/ledger/observer.h"
#include "projections/authorizer.h"

namespace robotledger::v1 {

class Core final : public Observer {
 public:
  static robotledger::Result<std::shared_ptr<Core>> open(const std::string& directory,
                                                         const Options& options);
  ~Core() override;

  // For whoever has the Ledger, which is closed by nobody else.
  OpenLedger& open() { return *ledger_; }
  const Authorizer& authorizer() const { return *authorizer_; }
  const std::string& program() const { return program_; }
  // Checks logins of all kinds; started when it is first asked for. Errors as its start has them,
  // and those of the pepper.
  robotledger::Result<LoginChecker*> logins();

  // Ends waits, waits for those who use it, and lets go of the ledger. Once.
  void close();

  // For those who may outlive the Ledger: it stays open as long as this is held.
  class Use {
   public:
    explicit Use(Core& core) : core_(&core) {}
    Use(Use&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
    Use& operator=(Use&&) = delete;
    ~Use();
    OpenLedger* operator->() { return core_->ledger_.get(); }
    OpenLedger& operator*() { return *core_->ledger_; }

   private:
    Core* core_;
  };
  // Nothing where it is closed.
  std::optional<Use> use();

  // Waits until there are more events than that, it is closed, `stopped` holds after wake(), or the
  // time is up; how many there are then.
  TreeSize awaitMoreThan(TreeSize size, std::chrono::milliseconds timeout,
                         const std::function<bool()>& stopped);
  // Has those who wait look again.
  void wake();

  void onCommitted(const CommittedEvents& events) override;

 private:
  Core() = default;

  std::string program_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  bool closed_ = false;
  std::size_t users_ = 0;
  TreeSize size_;  // acknowledged

  const Authorizer* authorizer_ = nullptr;  // the ledger's
  std::mutex logins_mutex_;
  std::unique_ptr<OpenLedger> ledger_;    // it tells this
  std::unique_ptr<LoginChecker> logins_;  // guarded by logins_mutex_; uses the ledger's authorizer
  std::unique_ptr<ControlServer> control_;  // uses the ledger; null unless it was asked for
};

// ---- between the two sides of the front -------------------------------------------------------

Failure failureOf(const Error& error);
Failure failureOf(const Refusal& refusal);
inline Time timeOf(Instant instant) { return Time(std::chrono::microseconds(instant.us)); }
inline Instant instantOf(Time time) { return Instant{time.time_since_epoch().count()}; }
// Refused where it is outside of the years that there are.
robotledger::Result<Instant> checkedInstant(Time time);

// "robot$web+ci" or "#12"; kInvalidArgument for neither.
robotledger::Result<AccountRef> accountRef(const std::string& text);

// Runs `body`, which gives a Result of the public kind, and lets no exception out.
template <class Body>
auto guarded(const Body& body) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Failure{Code::kNoMemory, {}, "out of memory"};  // short enough to need none
  } catch (...) {
    return Failure{Code::kBug, {}, "unexpected"};
  }
}

}  // namespace robotledger::v1
