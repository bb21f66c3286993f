// A ledger's directory: its marker, its lock, and where its parts lie.
//
//   LEDGER    what says that this is a ledger, and of which format, and what lies elsewhere
//   guard     how far the log has come (core/log/guard.h), unless it is elsewhere
//   keys/     the signing key (core/ledger/log_key.h), unless it is elsewhere; a copy has none
//   lock      held by the one process that has the ledger, with who that is in it
//   log/      the truth: RocksDB, synced, append-only
//   state     a saved copy of the state, disposable
//   views/    what the projections built, disposable
//   control.sock   where its process listens for the command line (api/control), if it does
//   scratch/  what somebody builds who will remove it again; what is left of it goes on opening
//
// One process at a time has a ledger; another is told which one.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/ledger/ledger.h"
#include "core/merkle/verifier_key.h"

namespace robotledger {

// Where parts of a ledger lie that are not in its directory; empty for those that are. A ledger
// remembers it.
struct Elsewhere {
  std::string guard;
  std::string key;
};

class LedgerDirectory {
 public:
  // Makes the directory (mode 0700, its parent has to be there) with a ledger of one event in it,
  // which names the key that signs it: the one in the file of `elsewhere`, where there is one, else
  // a new one. `ledger` needs no verifier key; its ledger's is given back. kInvalidArgument where
  // there is something already, kInUse where another process is making one. What was half made is
  // taken away again; or by the next call, where the process was killed.
  static Result<VerifierKey> create(const std::string& path, const NewLedger& ledger,
                                    const Elsewhere& elsewhere, Clock& clock);

  // The same with what `fill` puts into the empty log, and without a key: a copy.
  static Result<void> createCopy(const std::string& path, const std::string& guard,
                                 const std::function<Result<void>(LogStore&)>& fill);

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
  std::string guardPath() const;
  std::string keyPath() const;

 private:
  LedgerDirectory(std::string path, Elsewhere elsewhere, int lock)
      : path_(std::move(path)), elsewhere_(std::move(elsewhere)), lock_(lock) {}
  std::string path_;
  Elsewhere elsewhere_;
  int lock_;  // the open lock file
};

}  // namespace robotledger
