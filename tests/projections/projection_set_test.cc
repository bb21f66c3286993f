// What the set does with rows that it finds. That it goes on from its own anywhere is in
// tests/conformance/projections_test.cc.
#include "projections/projection_set.h"

#include <set>

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "tests/projections/built.h"
#include "tests/projections/rows_in.h"

namespace robotledger {
namespace {

constexpr std::string_view kCommands =
    "2025-01-01T00:00:00Z admin create_project project=web\n"
    ". admin create_account project=web name=ci permissions=push-image\n";

// Opens a set over the rows; where they are of no use, why.
std::string whyNot(const LogStore& log, const RowStore& rows) {
  ProjectionSet set(ProjectionMemory{});
  std::string why;
  EXPECT_TRUE(set.open(log, rows, why));
  EXPECT_EQ(set.position().value, why.empty() ? log.head().size.value : 0);
  return why;
}

void put(RowStore& rows, const Bytes& key, std::optional<Bytes> value) {
  RowBatch batch;
  batch.changes.emplace_back(key, std::move(value));
  ASSERT_TRUE(rows.write(batch));
}

TEST(ProjectionSet, GoesOnFromRowsOfItsOwn) {
  Built built(kCommands);
  EXPECT_EQ(whyNot(built.ledger().log(), built.rows()), "");
}

TEST(ProjectionSet, BeginsWithEmptyRowsWithoutAReason) {
  const Built built(kCommands);
  const MemoryRowStore empty;
  ProjectionSet set(ProjectionMemory{});
  std::string why;
  ASSERT_TRUE(set.open(built.ledger().log(), empty, why));
  EXPECT_EQ(why, "");
  EXPECT_EQ(set.position(), TreeSize{0});
}

TEST(ProjectionSet, TakesNoRowsOfAnotherVersion) {
  Built built(kCommands);
  put(built.rows(), metaKey("versions"), "accounts=0 ");
  EXPECT_EQ(whyNot(built.ledger().log(), built.rows()),
            "the views were built by another version of this program");
  put(built.rows(), metaKey("versions"), std::nullopt);
  EXPECT_EQ(whyNot(built.ledger().log(), built.rows()),
            "the views were built by another version of this program");
}

TEST(ProjectionSet, TakesNoRowsThatAreHalfBuilt) {
  const Built built(kCommands);
  MemoryRowStore rows;
  put(rows, accountKey(ProjectId{1}, AccountId{1}), "finished before the end");
  EXPECT_EQ(whyNot(built.ledger().log(), rows), "the views were not built to their end");
}

TEST(ProjectionSet, TakesNoRowsOfAnotherLog) {
  Built built(kCommands);
  const Built other(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account project=web name=another permissions=push-image\n");
  EXPECT_EQ(whyNot(other.ledger().log(), built.rows()), "the views are of another log");
}

TEST(ProjectionSet, SaysThatTheLogIsDamagedWhereTheRowsAreAheadOfIt) {
  Built built(kCommands);
  const Built shorter("2025-01-01T00:00:00Z admin create_project project=web\n");
  // Rows of another version know as well how many events there were.
  for (const auto& versions : {std::optional<Bytes>(), std::optional<Bytes>("accounts=0 ")}) {
    ProjectionSet set(ProjectionMemory{});
    std::string why;
    const auto opened = set.open(shorter.ledger().log(), built.rows(), why);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kDamaged);
    EXPECT_NE(opened.error().message.find("the log has 3 events"), std::string::npos)
        << opened.error().message;
    if (versions) put(built.rows(), metaKey("versions"), versions);
  }
}

TEST(ProjectionSet, TakesNoPositionThatIsCutShort) {
  Built built(kCommands);
  const auto position = built.rows().snapshot()->get(metaKey("position"));
  ASSERT_TRUE(position && position->has_value());
  for (std::size_t length = 0; length < (*position)->size(); ++length) {
    put(built.rows(), metaKey("position"), (*position)->substr(0, length));
    EXPECT_EQ(whyNot(built.ledger().log(), built.rows()), "the position of the views is damaged");
  }
}

TEST(ProjectionSet, SaysThatTheRowsAreDamagedWhereTheSettingIsLost) {
  Built built(kCommands);
  put(built.rows(), settingKey(Sequence{0}), std::nullopt);
  ProjectionSet set(ProjectionMemory{});
  std::string why;
  const auto opened = set.open(built.ledger().log(), built.rows(), why);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::kViewsDamaged);
}

TEST(ProjectionSet, CountsWhatIsNotFlushed) {
  const Built built(kCommands);
  MemoryRowStore rows;
  ProjectionSet set(ProjectionMemory{});
  std::string why;
  ASSERT_TRUE(set.open(built.ledger().log(), rows, why));
  LedgerInitialized first{.origin = "test.example/robots", .admin = "admin"};
  first.system_expiry_days = 30;
  ASSERT_TRUE(set.apply(Event{.body = first}));
  EXPECT_EQ(set.unflushed(), 1U);
  EXPECT_EQ(set.position(), TreeSize{1});
  EXPECT_TRUE(rowsIn(rows).empty());
  const auto view = set.flush(built.ledger().log(), rows);
  ASSERT_TRUE(view);
  EXPECT_EQ(set.unflushed(), 0U);
  EXPECT_EQ((*view)->size, TreeSize{1});
  EXPECT_FALSE(rowsIn(rows).empty());
}

TEST(Projections, HaveNamesOfTheirOwn) {
  std::set<std::string_view> names = {CatalogKeeper::kName, AccountTable::kName};
  const auto projections = makeProjections(ProjectionMemory{});
  for (const auto& projection : projections) {
    EXPECT_GT(projection->version(), 0U);
    names.insert(projection->name());
  }
  EXPECT_EQ(names.size(), projections.size() + 2);
}

}  // namespace
}  // namespace robotledger
