// Projection: something that the ledger means, built from its events into rows, and disposable.
//
// All projections of a ledger are built by one runner, on one thread, from the same events, and
// stand at one position, which is stored with their rows in the same batch. Before them come the
// catalog and the account table, which tell the others how the account of an event stands.
//
// A projection keeps in memory what it works on and writes rows when it is flushed, so that a row
// that changes a thousand times between two flushes is written once. Its rows depend on the events
// alone, not on when it was flushed: rebuilt rows equal the live ones, byte for byte.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/domain/event.h"
#include "projections/row_store.h"

namespace robotledger {

struct AccountRow;
struct Catalog;

// Whether the event, about an account, may change what it can, or until when.
inline bool touchesAccess(const EventBody& body) {
  return !std::holds_alternative<SecretIssued>(body) &&
         !std::holds_alternative<AccountDescribed>(body) &&
         !std::holds_alternative<ClaimRecorded>(body);
}

// How the account of an event stood before it.
struct AccountBefore {
  Permissions held;    // where the event touchesAccess(): heldBy(), nothing while it was disabled
  ExpiryTerms terms;   // when it lived
  bool lived = false;  // false before its creation
};

// An event, and what of the state it is about. Lives until the next one.
struct Change {
  const Event& event;
  const Catalog& catalog;     // projects and settings, after the event
  const AccountRow* account;  // the event's account after it; null for other events
  const AccountBefore& before;
};

// One thread at a time, the runner's.
class Projection {
 public:
  Projection() = default;
  Projection(const Projection&) = delete;
  Projection& operator=(const Projection&) = delete;
  virtual ~Projection() = default;

  // A stable name, and a number that changes whenever its rows would come out differently; the
  // rows of another version are dropped and built again.
  virtual std::string_view name() const = 0;
  virtual unsigned version() const = 0;

  // Told a while before that an event about this account will come. It may bring what that will
  // change into the processor's caches: in a build of all rows, waiting for memory is the larger
  // part of the work, and the waits for several events overlap.
  virtual void expect(const AccountRow&) const {}

  // Takes the next event in. kViewsDamaged where rows it reads are not what it wrote.
  virtual Result<void> apply(const Change& change) = 0;

  // Puts every row that changed since the last flush.
  virtual void flush(RowBatch& batch) = 0;

  // Puts the rows that it need not keep until the next flush: those that will not change again. So
  // a build from nothing holds few rows in memory and writes each but once.
  virtual void flushFinished(RowBatch& batch) = 0;

  // Whether it keeps so much in memory that it wants to be flushed, and to let go of it.
  virtual bool isFull() const = 0;

  // The rows to read from, which have everything put so far: at the start, and after each flush.
  // It may drop what it keeps in memory then.
  virtual void setRows(std::shared_ptr<const RowSnapshot> rows) = 0;
};

}  // namespace robotledger
