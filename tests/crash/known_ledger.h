// What the tests share that break or change a small ledger, and then read all of it.
//
//   SmallLedger made;                                     // closed, in a directory of its own
//   fs::copy(made.path(), copy, fs::copy_options::recursive);
//   ... the copy is changed ...
//   const auto found = readAll(copy, made.contents());
//   if (found) EXPECT_EQ(found->code, ErrorCode::kDamaged);   // else it is what it was
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "api/embed/open_ledger.h"
#include "tests/core/log/log_testing.h"
#include "tests/projections/rows_in.h"

namespace robotledger {

// Everything that a ledger says.
struct Contents {
  std::vector<Bytes> records;
  LogHead head;
  StateImage state;
  Rows rows;
};

// A closed ledger with some thirty events, in tables and in a write-ahead log, with views and a
// saved state.
class SmallLedger {
 public:
  // With its guard at that path, or in the directory where it is empty.
  explicit SmallLedger(const std::string& guard = {});
  const std::filesystem::path& path() const { return path_; }
  const Contents& contents() const { return contents_; }

 private:
  TestDirectory room_;
  std::filesystem::path path_;
  Contents contents_;
};

enum class Looking : std::uint8_t { kReads, kReadsAndVerifies };

// Opens the ledger and reads every record and row, and the state. The first error; nothing where
// all of it is as it was. What is read and is not as it was fails the test fatally; so does a
// verification that is content with what cannot be read. `told` is what was mended on the way.
std::optional<Error> readAll(const std::filesystem::path& path, const Contents& right,
                             Looking looking, std::string& told);

}  // namespace robotledger
