#include "api/embed/open_ledger.h"

#include <filesystem>

#include "core/log/rocks_log_store.h"
#include "projections/rocks_row_store.h"
#include "projections/verify_rows.h"

namespace robotledger {
namespace {

SystemClock& systemClock() {
  static SystemClock clock;
  return clock;
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

Result<void> createLedger(const std::string& path, const NewLedger& ledger,
                          const std::string& guard) {
  return LedgerDirectory::create(path, ledger, guard, systemClock());
}

Result<SeenByGuard> readGuard(const std::string& path, const std::string& guard) {
  const auto directory = LedgerDirectory::open(path, "robotledger guard");
  if (!directory) return directory.error();
  const auto opened = Guard::open(guard.empty() ? (*directory)->guardPath() : guard);
  if (!opened) return opened.error();
  const GuardState state = (*opened)->state();
  return SeenByGuard{.path = (*opened)->path(), .size = state.size, .root = state.root};
}

Result<LogHead> renewGuard(const std::string& path, const std::string& guard, TreeSize size) {
  const auto directory = LedgerDirectory::open(path, "robotledger guard");
  if (!directory) return directory.error();
  GuardState state;
  RocksLogOptions log_options;
  log_options.accept = [&](const LogHead& head, const RootAt& root_at) -> Result<void> {
    if (head.size != size || size.value == 0) {
      return Error{ErrorCode::kInvalidArgument, "the log has " + std::to_string(head.size.value) +
                                                    " events, and not " +
                                                    std::to_string(size.value)};
    }
    const auto first = root_at(TreeSize{1});
    if (!first) return first.error();
    state = {.first = *first, .size = head.size, .root = head.root};
    return {};
  };
  const auto log = openRocksLogStore((*directory)->logPath(), log_options);
  if (!log) return log.error();
  const std::string& place = guard.empty() ? (*directory)->guardPath() : guard;
  // What was built from the log as it was would not fit one that is shorter.
  std::error_code failed;
  std::filesystem::remove((*directory)->statePath(), failed);
  std::filesystem::remove_all((*directory)->viewsPath(), failed);
  std::filesystem::remove(place, failed);
  if (auto made = Guard::create(place, state); !made) return made.error();
  return (*log)->head();
}

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
  opened->runner_ = Runner::start(*opened->log_, *opened->rows_, opened->runnerOptions());
  opened->copies_ = savedStatesIn(opened->directory_->statePath());
  LedgerOptions ledger_options;
  ledger_options.clock = opened->options_.clock;
  ledger_options.copies = opened->copies_.get();
  ledger_options.observers = {opened->runner_.get()};
  auto ledger = Ledger::open(*opened->log_, std::move(ledger_options));
  if (!ledger) return ledger.error();
  opened->ledger_ = std::move(*ledger);
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
  log_ = guardLog(std::move(*log), std::move(*guard));
  // A ledger that was just made has none yet.
  if (views_were_missing_ && log_->head().size.value > 1 && options_.tell) {
    options_.tell("the views are missing and are built anew");
  }
  return {};
}

Result<std::shared_ptr<const View>> OpenLedger::view() {
  return runner_->view(ledger_->head().size);
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
  if (!looked_at) return looked_at.error();
  if (scope == VerifyScope::kLog) return Verified{.log = *log, .rows = {}};
  const auto rows = verifyViews(**looked_at, progress);
  if (!rows) return rows.error();
  return Verified{.log = *log, .rows = *rows};
}

Result<std::uint64_t> OpenLedger::verifyViews(const View& looked_at,
                                              const VerifyProgress& progress) {
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
