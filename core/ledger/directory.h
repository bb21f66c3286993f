// A ledger's directory: its marker, its lock, and where its parts lie.
//
//   LEDGER    what says that this is a ledger, and of which format, and where a guard elsewhere is
//   guard     how far the log has come (core/log/guard.h), unless it is elsewhere
//   lock      held by the one process that has the ledger, with who that is in it
//   log/      the truth: RocksDB, synced, append-only
//   state     a saved copy of the state, disposable
//   views/    what the projections built, disposable
//   scratch/  what somebody builds who will remove it again; what is left of it goes on opening
//
// One process at a time has a ledger; another is told which one.
#pragma once

#include <memory>
#include <string>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/ledger/ledger.h"

namespace robotledger {

class LedgerDirectory {
 public:
  // Makes the directory (mode 0700, its parent has to be there) with a ledger of one event in it.
  // kInvalidArgument where there is something already, kInUse where another process is making one.
  // What was half made is taken away again; or by the next call, where the process was killed.
  // With a guard at that path, which is remembered; in the directory where it is empty.
  static Result<void> create(const std::string& path, const NewLedger& ledger,
                             const std::string& guard, Clock& clock);

  // Takes the lock. `program` says in a few words who has it. kNotFound where there is nothing,
  // kInvalidArgument where that is no ledger or one of another format, kInUse where another process
  // has it, kIo where the system fails.
  static Result<std::unique_ptr<LedgerDirectory>> open(const std::string& path,
                                                       const std::string& program);

  LedgerDirectory(const LedgerDirectory&) = delete;
  LedgerDirectory& operator=(const LedgerDirectory&) = delete;
  // Gives the lock back.
  ~LedgerDirectory();

  const std::string& path() const { return path_; }
  std::string logPath() const { return path_ + "/log"; }
  std::string statePath() const { return path_ + "/state"; }
  std::string viewsPath() const { return path_ + "/views"; }
  std::string scratchPath() const { return path_ + "/scratch"; }
  const std::string& guardPath() const { return guard_; }

 private:
  LedgerDirectory(std::string path, std::string guard, int lock)
      : path_(std::move(path)), guard_(std::move(guard)), lock_(lock) {}
  std::string path_;
  std::string guard_;
  int lock_;  // the open lock file
};

}  // namespace robotledger
