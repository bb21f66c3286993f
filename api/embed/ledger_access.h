// LedgerAccess: what one does with a ledger, wherever it is: in this process (OpenLedger), or in
// another that has it and listens (api/control).
//
//   auto outcome = ledger.submit({DisableAccount{{"robot$web+ci"}}, context});
//   auto person = ledger.findOperator("alice");
//   auto answers = ledger.ask([&](const View& view) { return whoCould(view, ...); });
//
// All of it: any thread. Beside the errors that are named, each may fail as the ledger does
// (kClosed, kIo, kDamaged), and one that is elsewhere with kClosed where its process went away.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/domain/decide.h"
#include "core/ledger/checkpointer.h"
#include "core/ledger/ledger.h"
#include "core/ledger/verifier.h"
#include "projections/view.h"

namespace robotledger {

// A living account, as far as those who change one tell of it.
struct LivingAccount {
  AccountId id;
  std::string name;  // qualified
  std::optional<Instant> expires_at;
};

// What there is, without the accounts themselves.
struct LedgerOutline {
  StateImage image;                             // its `accounts` is empty
  std::map<ProjectId, std::uint64_t> accounts;  // how many live in each, 0 for the system's
};

// What the guard saw, and where it is.
struct SeenByGuard {
  std::string path;
  TreeSize size;
  Digest root{};
};

// What is verified: the log and the saved state, or the views as well.
enum class VerifyScope : std::uint8_t { kLog, kEverything };
enum class VerifyStep : std::uint8_t { kLog, kBuildingRows, kComparingRows };
// How far a step is: events of how many, or rows; `all` is 0 where nobody knows.
using VerifyProgress = std::function<void(VerifyStep, std::uint64_t done, std::uint64_t all)>;

struct Verified {
  VerifiedLog log;
  std::optional<TreeSize> checkpoint;  // how many events the newest signed one covers, if any
  std::optional<std::uint64_t> rows;   // with kEverything, how many were compared
};

// Whether the command would be refused as things stand; nothing is written. Any thread.
Result<std::optional<Refusal>> refusalOf(Ledger& ledger, Submission submission);

class LedgerAccess {
 public:
  LedgerAccess() = default;
  LedgerAccess(const LedgerAccess&) = delete;
  LedgerAccess& operator=(const LedgerAccess&) = delete;
  virtual ~LedgerAccess() = default;

  // The ledger's directory.
  virtual const std::string& path() const = 0;
  // To be read only. Lives as long as this.
  virtual const LogStore& log() const = 0;

  // ---- commands, as Ledger has them --------------------------------------------------------

  virtual Result<JobResult> run(Job job) = 0;
  Result<Outcome> submit(Submission submission);
  // As the function above.
  virtual Result<std::optional<Refusal>> refusalOf(Submission submission) = 0;

  // ---- the state, with everything that is acknowledged -------------------------------------

  virtual Result<std::optional<Operator>> findOperator(const std::string& name) = 0;
  virtual Result<std::optional<LivingAccount>> findAccount(const AccountRef& account) = 0;
  virtual Result<LedgerOutline> outline() = 0;
  // What another setting would do now.
  virtual Result<ExpiryPreview> previewExpiry(std::int32_t days) = 0;

  // ---- signatures --------------------------------------------------------------------------

  // The key that checks the ledger's checkpoints, as the log names it; nothing where it has none.
  virtual const std::optional<VerifierKey>& verifierKey() const = 0;
  // Why nothing can be signed: kInvalidArgument where it is a copy, or the log names no key. So
  // fail the three that follow, and else as the Checkpointer does.
  virtual Result<void> canSign() = 0;
  virtual Result<SignedCheckpoint> checkpoint() = 0;  // of the log as it is now or later
  virtual Result<SignedCheckpoint> checkpointAt(TreeSize size) = 0;
  virtual Result<std::string> signText(const std::string& text) = 0;

  // ---- the views ---------------------------------------------------------------------------

  // The projections with everything that is acknowledged now. Let go of it soon: views are not
  // built anew while somebody holds one.
  virtual Result<std::shared_ptr<const View>> view() = 0;
  // Drops the views and builds them from the log.
  virtual Result<void> rebuildViews() = 0;

  // Asks a question, a function from a View to a Result. Where it finds damaged views, they are
  // built anew, that is told, and it is asked once more.
  template <class Question>
  auto ask(const Question& question) -> decltype(question(std::declval<const View&>())) {
    for (int attempt = 0;; ++attempt) {
      auto looked_at = view();
      if (!looked_at) return looked_at.error();
      auto answer = question(**looked_at);
      if (answer || answer.error().code != ErrorCode::kViewsDamaged || attempt > 0) return answer;
      looked_at->reset();
      tell(answer.error().message + "; the views are built anew");
      if (auto rebuilt = rebuildViews(); !rebuilt) return rebuilt.error();
    }
  }

  // Recomputes and replays the log, and compares the views with those that it gives, which are
  // built beside them meanwhile, on as much disk. The log is verified as far as the views go at
  // least; others may append. kDamaged names what is wrong first in the log or the saved state,
  // kViewsDamaged the first wrong row; else as what it needs fails. `progress` is told on this
  // thread, and may be empty.
  virtual Result<Verified> verify(VerifyScope scope, const VerifyProgress& progress) = 0;
  virtual Result<SeenByGuard> seenByGuard() = 0;

 protected:
  // Tells in one line what was mended on the way.
  virtual void tell(const std::string& note) = 0;
};

}  // namespace robotledger
