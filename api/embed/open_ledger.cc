#include "api/embed/open_ledger.h"

#include <filesystem>

#include "core/base/files.h"
#include "core/domain/text.h"
#include "core/ledger/log_key.h"
#include "core/log/rocks_log_store.h"
#include "projections/rocks_row_store.h"
#include "projections/verify_rows.h"

namespace robotledger {
namespace {

// Where a key lies until the log names it.
std::string newKeyPath(const std::string& file) { return file + ".new"; }

// Gives a key its place that the log has come to name. What stops it is found where it is missed.
void takeNewKey(const std::string& file, const VerifierKey& named) {
  const auto key = readLogKey(newKeyPath(file), named.name);
  if (!key || (*key)->verifierKey() != named) return;
  std::error_code failed;
  std::filesystem::rename(newKeyPath(file), file, failed);
  (void)syncDirectory(std::filesystem::path(file).parent_path().string());
}

// A directory that is removed in the end, with what an earlier use left in it at the start.
class Scratch {
 public:
  explicit Scratch(std::string path) : path_(std::move(path)) { remove(); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { remove(); }
  const std::string& path() const { return path_; }

 private:
  void remove() const {
    std::error_code failed;
    std::filesystem::remove_all(path_, failed);
  }
  std::string path_;
};

}  // namespace

Result<std::unique_ptr<OpenLedger>> OpenLedger::open(const std::string& path, OpenOptions options) {
  std::unique_ptr<OpenLedger> opened(new OpenLedger());
  opened->options_ = std::move(options);
  auto directory = LedgerDirectory::open(path, opened->options_.program);
  if (!directory) return directory.error();
  opened->directory_ = std::move(*directory);
  // The views come first: they know how many events there were, and a log that lost some is not to
  // be opened, which would cut off what is left of them.
  if (auto views = opened->openViews(); !views) return views.error();
  if (auto log = opened->openLog(); !log) return log.error();
  opened->copies_ = savedStatesIn(opened->directory_->statePath());
  opened->runner_ = Runner::start(*opened->log_, *opened->rows_, opened->runnerOptions());
  if (auto ledger = opened->openLedger(Copies::kReadOnly); !ledger) return ledger.error();
  return opened;
}

OpenLedger::~OpenLedger() = default;

Result<void> OpenLedger::openViews() {
  const std::string path = directory_->viewsPath();
  const RocksRowOptions rows_options{.block_cache_bytes = options_.views_cache_bytes};
  std::error_code failed;
  views_were_missing_ = !std::filesystem::exists(path, failed);
  auto rows = openRocksRowStore(path, rows_options);
  if (!rows) {
    // A busy or failing disk is not mended by throwing rows away.
    const ErrorCode code = rows.error().code;
    if (code == ErrorCode::kIo || code == ErrorCode::kInUse) return rows.error();
    std::filesystem::remove_all(path, failed);
    if (options_.tell) {
      options_.tell("the views could not be opened (" + rows.error().message +
                    ") and are built anew");
    }
    rows = openRocksRowStore(path, rows_options);
    if (!rows) return rows.error();
  }
  rows_ = std::move(*rows);
  return {};
}

Result<void> OpenLedger::openLog() {
  auto guard = Guard::open(options_.guard.empty() ? directory_->guardPath() : options_.guard);
  if (!guard) return guard.error();
  RocksLogOptions log_options;
  log_options.accept = [&](const LogHead& head, const RootAt& root_at) -> Result<void> {
    if (auto fits = checkAgainst((*guard)->state(), head, root_at); !fits) return fits;
    auto whole = checkNothingIsMissing(head.size, *rows_);
    // Views that are damaged themselves know nothing of it, and are built anew.
    if (!whole && whole.error().code == ErrorCode::kViewsDamaged) return {};
    return whole;
  };
  auto log = openRocksLogStore(directory_->logPath(), log_options);
  if (!log) return log.error();
  const LogHead head = (*log)->head();
  if (auto moved = (*guard)->advance(head.size, head.root); !moved) return moved;
  guard_ = guard->get();
  log_ = guardLog(std::move(*log), std::move(*guard));
  // A ledger that was just made has none yet.
  if (views_were_missing_ && log_->head().size.value > 1 && options_.tell) {
    options_.tell("the views are missing and are built anew");
  }
  return {};
}

Result<void> OpenLedger::openLedger(Copies copies) {
  auto loaded = loadState(*log_, copies_.get());
  if (!loaded) return loaded.error();
  if (auto key = openKey(loaded->state); !key) return key;
  if (auto authorizer = openAuthorizer(loaded->state); !authorizer) return authorizer;
  LedgerOptions ledger_options;
  ledger_options.clock = options_.clock;
  ledger_options.copies = copies_.get();
  ledger_options.poisoned = options_.poisoned;
  // The authorizer comes first: a runner that is far behind keeps the writer waiting.
  if (authorizer_) ledger_options.observers.push_back(authorizer_.get());
  ledger_options.observers.push_back(runner_.get());
  if (checkpointer_) {
    ledger_options.observers.push_back(checkpointer_.get());
  } else if (verifier_key_ && copies == Copies::kReadOnly) {
    ledger_options.read_only = signer().error();
  }
  for (Observer* const observer : options_.observers) {
    ledger_options.observers.push_back(observer);
  }
  ledger_ = Ledger::open(*log_, std::move(ledger_options), *std::move(loaded));
  return {};
}

Result<void> OpenLedger::openAuthorizer(const State& state) {
  if (options_.authorizer == AuthorizerUse::kNone) return {};
  if (authorizer_) {
    // The ledger was opened again: what it did not get to hear is in the log.
    const Sequence next{authorizer_->size().value};
    return forEachEvent(*log_, next, state.size(), [&](Event&& event) -> Result<void> {
      authorizer_->onCommitted(std::make_shared<const std::vector<Event>>(1, std::move(event)));
      return {};
    });
  }
  for (int attempt = 0;; ++attempt) {
    auto looked_at = runner_->view(state.size());
    if (!looked_at) return looked_at.error();
    auto loaded = Authorizer::load(state, *(*looked_at)->rows);
    if (loaded) {
      authorizer_ = *std::move(loaded);
      return {};
    }
    if (loaded.error().code != ErrorCode::kViewsDamaged || attempt > 0) return loaded.error();
    looked_at->reset();
    if (options_.tell) options_.tell(loaded.error().message + "; the views are built anew");
    if (auto rebuilt = rebuildViews(); !rebuilt) return rebuilt;
  }
}

// Finds the key that the log names, and checks with it what was signed before.
Result<void> OpenLedger::openKey(const State& state) {
  if (state.verifierKey().empty()) return {};
  auto named = parseVerifierKey(state.verifierKey());
  if (!named || named->name != state.origin()) {
    return Error{ErrorCode::kDamaged, "the log names a key that is none of the ledger's: " +
                                          inQuotes(state.verifierKey())};
  }
  verifier_key_ = *std::move(named);
  if (auto checked = checkSigned(); !checked) return checked;
  const bool given = !options_.key.empty();
  const std::string file = given ? options_.key : directory_->keyPath();
  takeNewKey(file, *verifier_key_);
  auto key = readLogKey(file, state.origin());
  if (!key && key.error().code == ErrorCode::kNotFound && !given) return {};
  if (!key) return key.error();
  if ((*key)->verifierKey() != *verifier_key_) {
    return Error{given ? ErrorCode::kInvalidArgument : ErrorCode::kDamaged,
                 "the key " + file +
                     " is not the one that the log names: it has the verifier key " +
                     formatVerifierKey((*key)->verifierKey()) + ", and the log names " +
                     state.verifierKey()};
  }
  checkpointer_ = std::make_unique<Checkpointer>(
      *log_, *std::move(key), [guard = guard_](const SignedCheckpoint& made) -> Result<void> {
        GuardedCheckpoint kept{.size = made.checkpoint.size, .root = made.checkpoint.root};
        kept.signature = made.signature;
        return guard->keep(kept);
      });
  return {};
}

Result<Outcome> OpenLedger::rollBack(Submission submission) {
  auto& command = std::get<RollBackLedger>(submission.command);
  if (checkpointer_ || !verifier_key_) {
    return Error{ErrorCode::kInvalidArgument,
                 "only a copy can be rolled back to, one that was restored and has no key"};
  }
  if (command.lost_size <= log_->head().size) {
    const auto root = rootAt(*log_, command.lost_size);
    if (!root) return root.error();
    if (*root == command.lost_root) {
      return Error{ErrorCode::kInvalidArgument,
                   "the lost checkpoint is a part of this log: nothing was lost, and its own key "
                   "(--key) goes on with it"};
    }
  }
  std::error_code failed;
  const std::string file = directory_->keyPath();
  std::filesystem::create_directory(std::filesystem::path(file).parent_path(), failed);
  std::filesystem::permissions(std::filesystem::path(file).parent_path(),
                               std::filesystem::perms::owner_all, failed);
  const std::string new_file = newKeyPath(file);
  std::filesystem::remove(new_file, failed);
  const auto key = makeLogKey(new_file, command.origin);
  if (!key) return key.error();
  command.verifier_key = formatVerifierKey((*key)->verifierKey());
  // What the old key signed is not for the new one to vouch for.
  if (auto forgotten = guard_->keep(std::nullopt); !forgotten) return forgotten.error();
  ledger_.reset();
  if (auto opened = openLedger(Copies::kTakeCommands); !opened) return opened.error();
  auto outcome = ledger_->submit(std::move(submission));
  // Where nobody knows what is in the log, opening it again finds the key under the new name.
  const bool done = outcome && std::holds_alternative<Receipt>(*outcome);
  if (!done && (outcome || outcome.error().code != ErrorCode::kOutcomeUnknown)) {
    std::filesystem::remove(new_file, failed);
  }
  ledger_.reset();
  if (auto opened = openLedger(Copies::kReadOnly); !opened) return opened.error();
  return outcome;
}

// Whether the checkpoint in the guard is signed by the key that the log names.
Result<void> OpenLedger::checkSigned() const {
  const auto kept = guard_->state().checkpoint;
  if (!kept) return {};
  const std::string text =
      formatCheckpoint({.origin = verifier_key_->name, .size = kept->size, .root = kept->root});
  const BytesView signature(reinterpret_cast<const char*>(kept->signature.data()),
                            kept->signature.size());
  if (verifies(verifier_key_->public_key, text, signature)) return {};
  return Error{ErrorCode::kDamaged, "the checkpoint of " + std::to_string(kept->size.value) +
                                        " events in the guard is not signed by the key that the "
                                        "log names, " +
                                        formatVerifierKey(*verifier_key_)};
}

Result<Checkpointer*> OpenLedger::signer() {
  if (checkpointer_) return checkpointer_.get();
  if (!verifier_key_) {
    return Error{ErrorCode::kInvalidArgument,
                 "the ledger at " + path() + " has no key: its log names none"};
  }
  return Error{ErrorCode::kInvalidArgument,
               "the ledger at " + path() +
                   " is a copy: its key is not there, so it answers, and takes and signs nothing; "
                   "with --key FILE it has its key"};
}

Result<std::shared_ptr<const View>> OpenLedger::view() { return view(ledger_->head().size); }

Result<std::shared_ptr<const View>> OpenLedger::view(TreeSize at_least) {
  return runner_->view(at_least);
}

RunnerOptions OpenLedger::runnerOptions() const {
  RunnerOptions options;
  options.progress = options_.progress;
  if (options_.tell) {
    options.tell = [tell = options_.tell](const std::string& why) {
      tell(why + "; they are built anew");
    };
  }
  return options;
}

Result<void> OpenLedger::rebuildViews() { return runner_->rebuild(); }

Result<Verified> OpenLedger::verify(VerifyScope scope, const VerifyProgress& progress) {
  // The views come first, so that the log has all that they have. What is wrong with the log is
  // told first.
  Result<std::shared_ptr<const View>> looked_at = std::shared_ptr<const View>();
  if (scope == VerifyScope::kEverything) looked_at = view();
  VerifyLogOptions options;
  options.copies = copies_.get();
  if (progress) {
    options.progress = [&](TreeSize done, TreeSize all) {
      progress(VerifyStep::kLog, done.value, all.value);
    };
  }
  const auto log = verifyLog(*log_, options);
  if (!log) return log.error();
  const auto checkpoint = verifyCheckpoint();
  if (!checkpoint) return checkpoint.error();
  Verified verified{.log = *log, .checkpoint = *checkpoint, .rows = {}};
  if (scope == VerifyScope::kLog) return verified;
  if (!looked_at) return looked_at.error();
  const auto rows = verifyViews(**looked_at, progress);
  if (!rows) return rows.error();
  verified.rows = *rows;
  return verified;
}

// The newest checkpoint: its signature, and its root against the tiles, which have been verified.
Result<std::optional<TreeSize>> OpenLedger::verifyCheckpoint() {
  if (checkpointer_) {
    if (auto made = checkpointer_->fresh(); !made) return made.error();
  }
  const auto kept = guard_->state().checkpoint;
  if (!kept) return std::optional<TreeSize>();
  if (auto is_signed = checkSigned(); !is_signed) return is_signed.error();
  const auto root = rootAt(*log_, kept->size);
  if (!root) return root.error();
  if (*root == kept->root) return std::optional<TreeSize>(kept->size);
  return Error{ErrorCode::kDamaged, "the first " + std::to_string(kept->size.value) +
                                        " events of the log have the root " +
                                        toHex(digestBytes(*root)) +
                                        ", and the checkpoint that was signed has the root " +
                                        toHex(digestBytes(kept->root))};
}

Result<std::uint64_t> OpenLedger::verifyViews(const View& looked_at,
                                              const VerifyProgress& progress) {
  const std::lock_guard alone(scratch_);
  const Scratch scratch(directory_->scratchPath());
  auto fresh = openRocksRowStore(scratch.path(), {});
  if (!fresh) return fresh.error();
  VerifyRowsOptions options;
  if (progress) {
    options.building = [&](TreeSize done, TreeSize all) {
      progress(VerifyStep::kBuildingRows, done.value, all.value);
    };
    options.comparing = [&](std::uint64_t rows) { progress(VerifyStep::kComparingRows, rows, 0); };
  }
  return verifyRows(looked_at, **fresh, options);
}

}  // namespace robotledger
