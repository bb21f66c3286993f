// What is done to the files of a ledger that nobody has open.
#include <filesystem>

#include "api/embed/open_ledger.h"
#include "api/login/pepper.h"
#include "api/token/token_key.h"
#include "core/log/rocks_log_store.h"

namespace robotledger {

Result<VerifierKey> createLedger(const std::string& path, const NewLedger& ledger,
                                 const Elsewhere& elsewhere) {
  SystemClock clock;
  auto made = LedgerDirectory::create(path, ledger, elsewhere, clock);
  // That they could not be made is no failure: what is not there and not missed is made when it is
  // needed.
  if (made) {
    (void)makePepper(pepperPath(path));
    (void)makeTokenKey(tokenKeyFiles(path), ledger.origin, clock.now());
  }
  return made;
}

Result<LogHead> createCopy(const std::string& path, const std::string& guard, const LogStore& log,
                           const CopyProgress& progress) {
  LogHead copied;
  const auto made = LedgerDirectory::createCopy(path, guard, [&](LogStore& to) -> Result<void> {
    const auto head = copyLog(log, to, progress);
    if (!head) return head.error();
    copied = *head;
    return {};
  });
  if (!made) return made.error();
  // Nobody misses views that never were: they are built when the copy is opened, without a word.
  std::error_code failed;
  std::filesystem::create_directory(path + "/views", failed);
  return copied;
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
  const std::string place = guard.empty() ? (*directory)->guardPath() : guard;
  // What was built from the log as it was would not fit one that is shorter.
  std::error_code failed;
  std::filesystem::remove((*directory)->statePath(), failed);
  std::filesystem::remove_all((*directory)->viewsPath(), failed);
  std::filesystem::remove(place, failed);
  if (auto made = Guard::create(place, state); !made) return made.error();
  return (*log)->head();
}

}  // namespace robotledger
