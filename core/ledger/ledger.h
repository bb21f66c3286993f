// Ledger: the single writer over a log. Commands come in from any thread, are decided one after the
// other, and what they become is durable and in the tree before their callers are answered.
//
//   initializeLedger(log, {.origin = "ledger.example/robots"});      // once
//   auto ledger = Ledger::open(log, {.clock = &clock});
//   auto outcome = (*ledger)->submit({DisableAccount{{"robot$web+ci"}}, context});
//   if (!outcome) ...                                   // the world failed: nothing, or unknown
//   if (auto* no = std::get_if<Refusal>(&*outcome)) ... // the domain's no: nothing was written
//   else std::get<Receipt>(*outcome)                    // durable; or with no events, nothing to
//   do
//
// One thread of its own takes all that waits, decides, and appends it as one batch in one synced
// write (group commit). What is acknowledged is durable and seen by every later decision. Where
// nobody knows whether a write is on disk, the ledger is poisoned: it takes no further command, and
// opening it again finds out.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/domain/decide.h"
#include "core/ledger/observer.h"
#include "core/ledger/receipt.h"
#include "core/ledger/saved_state.h"
#include "core/log/log_store.h"

namespace robotledger {

struct NewLedger {
  std::string origin;  // see isOrigin(); names the ledger in its checkpoints
  std::string admin = "admin";
  std::string verifier_key{};  // checks its checkpoints, in C2SP's text; empty where it has none
};

// Writes the first event into an empty log. kInvalidArgument for a log that is not empty or an
// origin that is none; else as an append fails.
Result<void> initializeLedger(LogStore& log, const NewLedger& ledger, Clock& clock);

// A command and who, why, by which way. The writer sets the context's `now`.
struct Submission {
  Command command;
  Context context;
};

enum class AfterRefusal : std::uint8_t { kGoOn, kStop };

// Commands that are decided one after the other with nobody else's between them.
struct Job {
  std::vector<Submission> submissions;
  // With kStop, the commands behind the first refusal are not decided and have no outcome.
  AfterRefusal after_refusal = AfterRefusal::kGoOn;
  // Decided and written just before the first command that becomes events, at the time of the last
  // event before it; its sequence is then the `opened` of the Import channels in this job. Where it
  // is refused, so is every command that would become events.
  std::optional<Submission> announcement;
};

struct JobResult {
  std::vector<Outcome> outcomes;      // one for each command that was decided
  std::optional<Sequence> announced;  // where the announcement is
};

struct LedgerOptions {
  Clock* clock = nullptr;            // outlives the ledger; the system's where null
  SavedStates* copies = nullptr;     // outlives the ledger; none are kept where null
  std::vector<Observer*> observers;  // outlive the ledger; told in this order
  std::size_t copy_every = 65536;    // events, or as many as there are accounts, if more
  std::optional<Error> read_only{};  // why every command is refused with this, as in a copy
  // Told once, on the writer's thread, when the ledger is poisoned: a server then ends, so that its
  // supervisor starts it again and opening the ledger finds out. Has to be quick; may be empty.
  std::function<void(const Error& why)> poisoned{};
};

class Ledger {
 public:
  // The log outlives the ledger and has no other writer. kDamaged for a log that is no ledger's.
  static Result<std::unique_ptr<Ledger>> open(LogStore& log, LedgerOptions options);
  // The same, with the state that loadState() gave of the log, which has not grown since.
  static std::unique_ptr<Ledger> open(LogStore& log, LedgerOptions options, LoadedState loaded);

  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;
  // Answers what waits with kClosed, ends the thread, and saves a copy where it is worth it.
  ~Ledger();

  // All of these: any thread but an observer's.

  // Waits for the answer. Errors: kOverloaded (too much waits: try again), kClosed (shut down or
  // poisoned), kClock, kIo (nothing was written), kOutcomeUnknown; the options' `read_only`.
  Result<Outcome> submit(Submission submission);
  Result<JobResult> run(Job job);

  // Returns at once; `done` is called on the writer's thread, and has to be quick. Where the job
  // is not taken in, it is called on this one, before this returns.
  void enqueue(Job job, std::function<void(Result<JobResult>)> done);

  // Runs `look` on the writer's thread between two batches, with the state as acknowledged, and
  // waits for it. kClosed where the ledger is poisoned.
  Result<void> inspect(const std::function<void(const State&)>& look);

  // Commands that wait to be decided.
  std::size_t queuedCommands() const;
  // The time of the last event that is acknowledged.
  Instant lastTime() const;

  // The head that is acknowledged.
  LogHead head() const;
  const LogStore& log() const;

 private:
  class Writer;
  explicit Ledger(std::unique_ptr<Writer> writer);
  std::unique_ptr<Writer> writer_;
};

}  // namespace robotledger
