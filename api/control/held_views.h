// HeldViews: the views that connections of a control socket hold, each for its client.
//
//   auto opened = views.open(ledger);                 // an id and the view
//   auto view = views.find(id);                       // null where it is not there any more
//   auto rebuilt = views.rebuild(ledger);             // nobody holds one meanwhile
//
// Views are built anew only where nobody holds one, so a client that stays away would hold that up:
// a rebuild takes the others' views from them.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>

#include "api/embed/ledger_access.h"

namespace robotledger {

class HeldViews {
 public:
  // Of one connection.
  class Mine {
   public:
    explicit Mine(HeldViews& all) : all_(all) {}
    Mine(const Mine&) = delete;
    Mine& operator=(const Mine&) = delete;
    ~Mine() { closeAll(); }

    // A new one with everything that is acknowledged; kInvalidArgument where it holds as many as it
    // may. Waits for a rebuild.
    Result<std::uint64_t> open(LedgerAccess& ledger);
    // kClosed where it is not held any more.
    Result<std::shared_ptr<const View>> find(std::uint64_t id) const;
    void close(std::uint64_t id);
    void closeAll();

   private:
    friend class HeldViews;
    HeldViews& all_;
    std::uint64_t last_id_ = 0;
  };

  Result<void> rebuild(LedgerAccess& ledger);

 private:
  using Key = std::pair<const Mine*, std::uint64_t>;

  mutable std::mutex mutex_;
  std::condition_variable rebuilt_;
  // Guarded by mutex_.
  std::map<Key, std::shared_ptr<const View>> held_;
  unsigned rebuilding_ = 0;
};

}  // namespace robotledger
