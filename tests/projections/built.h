// Built: a ledger in memory, made of a few commands, and the projections of it.
//
//   Built built(
//       "2025-01-01T00:00:00Z admin create_project project=web\n"
//       "off: +1d admin delete_project project=web\n");
//   whoCould(built.view(), kPushImage, built.place("web"), ...); built["off"]   // its last event
//
// A command is a line as tests/scenarios/README.md has it, without what it becomes. One that is
// refused fails the test. Event 0 starts the ledger, event 1 announces a history.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "projections/account_row.h"
#include "projections/memory_row_store.h"
#include "projections/windows.h"
#include "tests/conformance/real_ledger.h"

namespace robotledger {

// "2025-01-01", or the same with a time, of UTC.
Instant when(std::string_view text);

class Built {
 public:
  explicit Built(std::string_view commands);

  const View& view() const { return *view_; }
  const RealLedger& ledger() const { return ledger_; }
  MemoryRowStore& rows() { return rows_; }
  // The last event of the command with that label.
  Sequence operator[](std::string_view label) const;
  // The same, to ask as of it.
  AsOf asOfEvent(std::string_view label) const;
  // The view must have what is asked for.
  Place place(std::string_view name) const;
  AccountRow row(std::uint64_t account) const;

 private:
  RealLedger ledger_;
  MemoryRowStore rows_;
  std::shared_ptr<const View> view_;
  std::map<std::string, Sequence, std::less<>> labels_;
};

}  // namespace robotledger
