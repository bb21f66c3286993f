// An account's history in short: what its access follows from, a few bytes an event, kept with its
// row so that its windows can be had without reading the log.
#pragma once

#include <cstddef>
#include <vector>

#include "core/base/result.h"
#include "core/domain/event.h"

namespace robotledger {

// An event's kind: its index in EventBody.
template <class Body>
inline constexpr std::size_t kKindOf = [] {
  constexpr auto kFind = []<class... Bodies>(std::variant<Bodies...>*) {
    std::size_t index = 0;
    (void)((std::is_same_v<Body, Bodies> || (++index, false)) || ...);
    return index;
  };
  return kFind(static_cast<EventBody*>(nullptr));
}();

struct HistoryEntry {
  Sequence sequence;
  Instant time;
  std::size_t kind = 0;
  Permissions permissions;  // created with, granted, revoked
  Expiry expiry;            // created with, changed to
  Instant issued_at;        // created with
};

using History = std::vector<HistoryEntry>;

// Appends one event to the bytes of a part; `previous` is the one before it in the part, zeros for
// the first.
struct HistoryMark {
  Sequence sequence;
  Instant time;
};
void putHistory(Bytes& part, const Event& event, HistoryMark previous);

// Walks over the entries of a part, up to `as_of`. The part outlives it.
class AccountHistoryReader {
 public:
  AccountHistoryReader(BytesView part, Sequence as_of) : in_(part), as_of_(as_of) {}
  // Sets what the next entry's kind has of fields; false at the end. One entry can be used for all:
  // its memory is used again.
  bool next(HistoryEntry& entry);
  // kViewsDamaged where it ended because the part is none.
  Result<void> status() const;

 private:
  ByteReader in_;
  Sequence as_of_;
  HistoryMark last_;
};

// Reads a part, and appends its entries up to `as_of`. kViewsDamaged where it is none.
Result<void> readHistory(BytesView part, Sequence as_of, History& out);

}  // namespace robotledger
