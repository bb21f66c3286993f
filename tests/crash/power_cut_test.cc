// Pulls the plug on a whole ledger, its log, its views and its saved state at once, in the middle
// of random commands, and opens what is left. Every acknowledged event has to be there, none torn,
// and the views, once they have caught up, those that a rebuild gives.
//
// ROBOTLEDGER_CRASH_SEEDS says how many seeds to try, ROBOTLEDGER_CRASH_SEED which one first.
// Threads make a seed's run alike, not the same.
#include <atomic>

#include <gtest/gtest.h>

#include "core/log/rocks_log_store.h"
#include "projections/rocks_row_store.h"
#include "projections/runner.h"
#include "tests/core/log/log_testing.h"
#include "tests/crash/crash_testing.h"
#include "tests/crash/fault_file_system.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kSeeds = 500;
constexpr std::uint64_t kSeedsInLongForm = 5000;
constexpr unsigned kSecondCuts = 4;  // one in so many directories is cut again after its recovery
constexpr std::uint64_t kMostOperations = 600;
constexpr int kMostJobs = 150;
constexpr std::size_t kSmallBuffer = std::size_t{64} << 10;
constexpr std::size_t kSmallCache = std::size_t{1} << 20;
constexpr std::size_t kCopyEvery = 16;

// One plug for both databases: counts their changes together.
class Plug {
 public:
  explicit Plug(std::uint64_t cut_at) : cut_at_(cut_at) {}
  FaultFileSystem::Rule rule() {
    return [this](FileOperation operation, const std::string&) {
      if (operation == FileOperation::kOpen) return FileFault::kNone;
      return ++changes_ >= cut_at_ ? FileFault::kIoError : FileFault::kNone;
    };
  }

 private:
  std::uint64_t cut_at_;
  std::atomic<std::uint64_t> changes_ = 0;
};

// Keeps all copies: a power cut may leave any of them, since a rename is not synced.
class OldCopies final : public SavedStates {
 public:
  Result<std::optional<Bytes>> load() override {
    if (copies_.empty()) return std::optional<Bytes>();
    return std::optional(copies_.back());
  }
  Result<void> save(BytesView bytes) override {
    copies_.emplace_back(bytes);
    return {};
  }
  void leaveAsAfterPowerCut(std::mt19937& random) {
    copies_.resize(random() % (copies_.size() + 1));
  }

 private:
  std::vector<Bytes> copies_;
};

struct Machine {
  TestDirectory room{roomForDirectories()};
  std::string log = (room.path() / "log").string();
  std::string views = (room.path() / "views").string();
  OldCopies copies;
  SystemClock clock;
  Acknowledged known;

  Result<std::unique_ptr<LogStore>> openLog(std::shared_ptr<rocksdb::Env> env) {
    auto opened = openRocksLogStore(log, {.opening = LogOpening::kCreateIfMissing,
                                          .write_buffer_bytes = kSmallBuffer,
                                          .block_cache_bytes = kSmallCache,
                                          .env = std::move(env)});
    if (!opened || (*opened)->head().size.value > 0) return opened;
    auto made = initializeLedger(**opened, {.origin = "crash.example/robots"}, clock);
    if (!made) return made.error();
    known = Acknowledged::of(**opened);
    return opened;
  }
  Result<std::unique_ptr<RowStore>> openRows(std::shared_ptr<rocksdb::Env> env) const {
    return openRocksRowStore(views, {.block_cache_bytes = kSmallCache,
                                     .write_buffer_bytes = kSmallBuffer,
                                     .env = std::move(env)});
  }
  Result<std::unique_ptr<Ledger>> openLedger(LogStore& opened, Runner& runner) {
    return Ledger::open(opened,
                        {.copies = &copies, .observers = {&runner}, .copy_every = kCopyEvery});
  }
};

// Until something fails, or it was enough.
void work(Machine& machine, const LogStore& log, Ledger& ledger, Runner& runner,
          std::mt19937& random) {
  for (int i = 0; i < kMostJobs; ++i) {
    if (!ledger.run(randomJob(random))) return;
    machine.known = Acknowledged::of(log);
    if (random() % 4 == 0 && !runner.view(log.head().size)) return;
  }
}

// Closes everything at the end.
void openAndWork(Machine& machine, const FaultFileSystem& log_files,
                 const FaultFileSystem& view_files, std::mt19937& random) {
  auto log = machine.openLog(log_files.env());
  if (!log) return;
  auto rows = machine.openRows(view_files.env());
  if (!rows) return;
  const auto runner = Runner::start(**log, **rows, {});
  const auto ledger = machine.openLedger(**log, *runner);
  if (ledger) work(machine, **log, **ledger, *runner, random);
}

void cutOnce(Machine& machine, std::mt19937& random) {
  FaultFileSystem log_files(machine.log);
  FaultFileSystem view_files(machine.views);
  Plug plug(random() % kMostOperations + 1);
  log_files.breakBy(plug.rule());
  view_files.breakBy(plug.rule());
  openAndWork(machine, log_files, view_files, random);
  log_files.cutPower();
  view_files.cutPower();
  log_files.leaveAsAfterPowerCut(random);
  view_files.leaveAsAfterPowerCut(random);
  machine.copies.leaveAsAfterPowerCut(random);
}

// On the system's own files.
void expectAllIsThere(Machine& machine, std::mt19937& random) {
  const auto log = machine.openLog(nullptr);
  ASSERT_TRUE(log) << log.error().message;
  expectWhole(**log, machine.known);
  auto rows = machine.openRows(nullptr);
  ASSERT_TRUE(rows) << rows.error().message;
  std::string told;
  const auto runner = Runner::start(
      **log, **rows, {.memory = {}, .progress = {}, .tell = [&](const auto& why) { told += why; }});
  const auto ledger = machine.openLedger(**log, *runner);
  ASSERT_TRUE(ledger) << ledger.error().message;

  // Whatever copy was left, the state is what the log says.
  const auto folded = loadState(**log, nullptr);
  StateImage image;
  ASSERT_TRUE((*ledger)->inspect([&](const State& state) { image = state.image(); }));
  ASSERT_EQ(image, folded->state.image());

  const auto caught_up = runner->view((*log)->head().size);
  ASSERT_TRUE(caught_up) << caught_up.error().message;
  ASSERT_EQ(rowsIn(*(*caught_up)->rows), builtFrom(**log)) << told;

  // It goes on from there.
  const auto done = (*ledger)->run(randomJob(random));
  ASSERT_TRUE(done) << done.error().message;
  machine.known = Acknowledged::of(**log);
}

TEST(PowerCut, AtAnyMomentLosesNothingThatWasAcknowledged) {
  const std::uint64_t first = numberFromEnvironment("ROBOTLEDGER_CRASH_SEED", 1);
  const std::uint64_t seeds =
      numberFromEnvironment("ROBOTLEDGER_CRASH_SEEDS", longForms() ? kSeedsInLongForm : kSeeds);
  std::uint64_t acknowledged = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    SCOPED_TRACE("ROBOTLEDGER_CRASH_SEED=" + std::to_string(seed));
    std::mt19937 random(static_cast<unsigned>(seed));
    Machine machine;
    const int cuts = random() % kSecondCuts == 0 ? 2 : 1;
    for (int i = 0; i < cuts; ++i) {
      cutOnce(machine, random);
      acknowledged += machine.known.size.value;
      expectAllIsThere(machine, random);
      if (HasFatalFailure()) return;
    }
  }
  // That they were not all cut before anything was written.
  EXPECT_GT(acknowledged, 5 * seeds);
}

}  // namespace
}  // namespace robotledger
