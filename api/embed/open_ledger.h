// OpenLedger: a ledger's directory, opened whole: its log, its writer, its projections.
//
//   createLedger("robotledger-data", {.origin = "ledger.example/robots"});
//   auto ledger = OpenLedger::open("robotledger-data", {.program = "my-registry"});
//   if (!ledger) { report(ledger.error().message); return; }
//   auto outcome = (*ledger)->ledger().submit({DisableAccount{{"robot$web+ci"}}, context});
//   auto answers = (*ledger)->ask([&](const View& view) {
//     return whoCould(view, kPushImage, *findPlace(*view.catalog, "web", view.last()),
//                     {.from = noon}, view.newest());
//   });
//
// One process at a time has a ledger. What a question reads has everything that was acknowledged
// before it was asked.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/embed/ledger_access.h"
#include "core/ledger/copy_log.h"
#include "core/ledger/directory.h"
#include "core/log/guard.h"
#include "projections/authorizer.h"
#include "projections/runner.h"

namespace robotledger {

// Whether an Authorizer follows the ledger. Loading it reads the whole account table.
enum class AuthorizerUse : std::uint8_t { kNone, kKept };

struct OpenOptions {
  std::string program = "robotledger";  // who has the ledger, as others are told
  Clock* clock = nullptr;               // outlives the ledger; the system's where null
  std::string guard;                    // where its guard is, if not where it was made
  std::string key;                      // where its signing key is, if not where it was made
  std::size_t views_cache_bytes = std::size_t{128} << 20;
  // Told of what is committed, after all that is in here; they outlive the ledger.
  std::vector<Observer*> observers;
  AuthorizerUse authorizer = AuthorizerUse::kNone;
  // Told in one line what was mended on the way, such as views that were damaged. Any thread.
  std::function<void(const std::string&)> tell;
  // Told once when the ledger is poisoned; see LedgerOptions. The writer's thread.
  std::function<void(const Error& why)> poisoned;
  // Told how far a long rebuild is. The runner's thread.
  std::function<void(TreeSize done, TreeSize all)> progress;
};

// Makes the directory with a ledger of one event, its guard, its keys and its pepper, and gives
// the key that checks its checkpoints. See LedgerDirectory::create().
Result<VerifierKey> createLedger(const std::string& path, const NewLedger& ledger,
                                 const Elsewhere& elsewhere = {});

// Makes the directory with a copy of a log, which may be one of published tiles, and a guard at
// that path, or in it where that is empty. The copy has no key: it answers, and takes no commands
// before it is opened with its key, or rolled back to. Errors as copyLog() and
// LedgerDirectory::create().
Result<LogHead> createCopy(const std::string& path, const std::string& guard, const LogStore& log,
                           const CopyProgress& progress);

// What the ledger's guard saw, and where it is; also where the ledger would not open. Errors as
// OpenLedger::open() has them.
Result<SeenByGuard> readGuard(const std::string& path, const std::string& guard);

// Makes a new guard for a ledger that lost its own, or that is meant to be as it is: the log is
// taken as whole, if it has just so many events and is not damaged within. Views and saved state,
// which may have been built from more, go, and are built anew. `guard` as OpenOptions has it.
// kInvalidArgument where it has another number of events; else as OpenLedger::open().
Result<LogHead> renewGuard(const std::string& path, const std::string& guard, TreeSize size);

class OpenLedger final : public LedgerAccess {
 public:
  // kNotFound, kInvalidArgument, kInUse as LedgerDirectory::open(); kDamaged where the log is not
  // what was written, or does not have what its guard saw or the views were built from, or has no
  // guard (nothing is changed then), or where the key beside it is not the one that the log names;
  // kInvalidArgument where the key that was given is not, or where others can read it; kIo where
  // the system fails. Damaged views are built anew, and told of.
  //
  // A ledger whose log names a key that is not there is a copy: it answers, and takes no commands.
  static Result<std::unique_ptr<OpenLedger>> open(const std::string& path, OpenOptions options);

  OpenLedger(const OpenLedger&) = delete;
  OpenLedger& operator=(const OpenLedger&) = delete;
  // Ends the writer, then the projections; nothing that was acknowledged is lost.
  ~OpenLedger() override;

  // All of these: any thread. What is not said here is in LedgerAccess.

  Ledger& ledger() { return *ledger_; }
  const LogStore& log() const override { return *log_; }
  const std::string& path() const override { return directory_->path(); }

  // What robots may do now, as of everything that is acknowledged; null unless it was asked for.
  // Lives as long as this.
  Authorizer* authorizer() { return authorizer_.get(); }

  Result<JobResult> run(Job job) override;
  Result<std::optional<Refusal>> refusalOf(Submission submission) override;
  Result<std::optional<Operator>> findOperator(const std::string& name) override;
  Result<std::optional<LivingAccount>> findAccount(const AccountRef& account) override;
  Result<LedgerOutline> outline() override;
  Result<ExpiryPreview> previewExpiry(std::int32_t days) override;

  const std::optional<VerifierKey>& verifierKey() const override { return verifier_key_; }
  // Who signs for the ledger. Lives as long as this. kInvalidArgument where this is a copy, or the
  // log names no key.
  Result<Checkpointer*> signer();

  Result<void> canSign() override;
  Result<SignedCheckpoint> checkpoint() override;
  Result<SignedCheckpoint> checkpointAt(TreeSize size) override;
  Result<std::string> signText(const std::string& text) override;
  // The projections with so many events at least, which have been announced to observers.
  Result<std::shared_ptr<const View>> view(TreeSize at_least);

  // How many events the projections have gone through, of ledger().head().size.
  TreeSize viewsSize() const { return runner_->applied(); }

  Result<std::shared_ptr<const View>> view() override;
  Result<void> rebuildViews() override;
  Result<Verified> verify(VerifyScope scope, const VerifyProgress& progress) override;
  Result<SeenByGuard> seenByGuard() override;

  // In a copy of an older history: goes on from there, on purpose, under a new key, which is made
  // in the directory, and the new origin. `submission.command` is a RollBackLedger whose verifier
  // key is filled in. A refusal, or the receipt; from then on the ledger takes commands. Errors as
  // a command has them; kInvalidArgument where this is no copy, or the lost checkpoint is a part of
  // its log, so that nothing was lost. Nobody else may use the ledger meanwhile.
  Result<Outcome> rollBack(Submission submission);

  // Bytes on disk.
  std::uint64_t viewsBytes() const { return rows_->diskBytes(); }

 private:
  OpenLedger() = default;
  void tell(const std::string& note) override;
  Result<void> openViews();
  Result<void> openLog();
  Result<void> openKey(const State& state);
  // Finds the key, and starts the ledger; one that is a copy is read-only unless it is said.
  enum class Copies : std::uint8_t { kReadOnly, kTakeCommands };
  Result<void> openLedger(Copies copies);
  // Loads it, where it is asked for, or brings it up to the state.
  Result<void> openAuthorizer(const State& state);
  Result<void> checkSigned() const;
  RunnerOptions runnerOptions() const;
  Result<std::optional<TreeSize>> verifyCheckpoint();
  Result<std::uint64_t> verifyViews(const View& looked_at, const VerifyProgress& progress);

  OpenOptions options_;
  bool views_were_missing_ = false;
  std::mutex scratch_;  // whose is the folder of that name
  // In the order of what stands on what; ended the other way round.
  std::unique_ptr<LedgerDirectory> directory_;
  std::unique_ptr<SavedStates> copies_;
  std::unique_ptr<RowStore> rows_;
  std::unique_ptr<LogStore> log_;
  Guard* guard_ = nullptr;  // the log's
  std::optional<VerifierKey> verifier_key_;
  std::unique_ptr<Checkpointer> checkpointer_;  // null where nothing can be signed
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Authorizer> authorizer_;  // null where nobody asked for it
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace robotledger
