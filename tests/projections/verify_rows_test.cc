#include "projections/verify_rows.h"

#include <atomic>

#include "projections/row_build.h"
#include "projections/row_keys.h"
#include "tests/projections/runner_testing.h"

namespace robotledger {
namespace {

// A ledger with rows, which may be changed and are then looked at.
struct Verifying {
  House house;
  MemoryRowStore rows;

  Verifying() {
    house.start();
    house.work(0, 30);
    house.viewNow();
    house.stop();
    fill(rows, rowsIn(house.rows));
  }
  void put(const Bytes& key, const Bytes& value) { ASSERT_TRUE(writeRow(key, value)); }
  void remove(const Bytes& key) { ASSERT_TRUE(writeRow(key, std::nullopt)); }
  Result<void> writeRow(const Bytes& key, std::optional<Bytes> value) {
    RowBatch batch;
    batch.changes.emplace_back(key, std::move(value));
    return rows.write(batch);
  }
  Result<std::uint64_t> verify(unsigned workers = 0) {
    MemoryRowStore fresh;
    const TreeSize size = house.log.head().size;
    const View view{.log = &house.log, .rows = rows.snapshot(), .size = size};
    return verifyRows(view, fresh, {.workers = workers});
  }
  std::string fault() {
    std::string fault;
    for (const unsigned workers : {1U, 2U, 5U}) {
      const auto verified = verify(workers);
      const std::string now = verified ? "none" : verified.error().message;
      EXPECT_TRUE(fault.empty() || fault == now) << now;
      fault = now;
      if (verified) continue;
      EXPECT_EQ(verified.error().code, ErrorCode::kViewsDamaged);
    }
    return fault;
  }
};

const Bytes kAccount = accountKey(ProjectId{2}, AccountId{2});

TEST(VerifyRows, FindsNothingWrongWithHonestRows) {
  Verifying verifying;
  const auto verified = verifying.verify();
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(*verified, rowsIn(verifying.rows).size());
}

TEST(VerifyRows, NamesARowThatWasChanged) {
  Verifying verifying;
  verifying.put(kAccount, "anything else");
  EXPECT_EQ(verifying.fault(),
            "the row of account 2 in project 2 was changed (key " + toHex(kAccount) + ")");
}

TEST(VerifyRows, NamesARowThatIsMissing) {
  Verifying verifying;
  verifying.remove(kAccount);
  EXPECT_EQ(verifying.fault(),
            "the row of account 2 in project 2 is missing (key " + toHex(kAccount) + ")");
}

TEST(VerifyRows, NamesARowThatIsOneTooMany) {
  for (const Bytes& key : {accountKey(ProjectId{2}, AccountId{99}), homeKey(AccountId{99}),
                           Bytes("zz"), Bytes("\x01"), Bytes(1, '\0'), Bytes("\xff\xff")}) {
    Verifying verifying;
    verifying.put(key, "");
    EXPECT_TRUE(verifying.fault().ends_with(" is one too many (key " + toHex(key) + ")"))
        << verifying.fault();
  }
}

TEST(VerifyRows, FindsAnyRowThatWasChangedOrIsMissing) {
  Verifying verifying;
  for (const auto& [key, value] : rowsIn(verifying.rows)) {
    verifying.put(key, value + "x");
    EXPECT_NE(verifying.fault().find("was changed (key " + toHex(key)), std::string::npos);
    verifying.remove(key);
    EXPECT_NE(verifying.fault().find("is missing (key " + toHex(key)), std::string::npos);
    verifying.put(key, value);
  }
  EXPECT_EQ(verifying.fault(), "none");
}

TEST(VerifyRows, NamesTheFirstOfSeveral) {
  Verifying verifying;
  verifying.put(homeKey(AccountId{2}), "x");
  verifying.remove(kAccount);
  verifying.put(Bytes("zz"), "");
  EXPECT_TRUE(verifying.fault().starts_with("the row of account 2 in project 2 is missing"));
}

TEST(VerifyRows, LooksAtTheLogAsFarAsTheViewGoes) {
  Verifying verifying;
  House& house = verifying.house;
  house.openLedger();
  house.work(30, 40);
  house.stop();
  MemoryRowStore fresh;
  ProjectionSet set{ProjectionMemory{}};
  std::string why;
  ASSERT_TRUE(set.open(house.log, verifying.rows, why));
  ASSERT_LT(set.position(), house.log.head().size);
  const View view{.log = &house.log, .rows = verifying.rows.snapshot(), .size = set.position()};
  EXPECT_TRUE(verifyRows(view, fresh, {}));
}

TEST(VerifyRows, TellsHowFarItIs) {
  Verifying verifying;
  MemoryRowStore fresh;
  const TreeSize size = verifying.house.log.head().size;
  TreeSize told;
  const View view{.log = &verifying.house.log, .rows = verifying.rows.snapshot(), .size = size};
  ASSERT_TRUE(verifyRows(view, fresh, {.building = [&](TreeSize done, TreeSize all) {
                           EXPECT_EQ(all, size);
                           told = done;
                         }}));
  EXPECT_EQ(told, size);
}

// More than fits: what is kept goes to the rows before the end, and is read back from there.
TEST(VerifyRows, AreBuiltInLittleMemoryToo) {
  Verifying verifying;
  MemoryRowStore fresh;
  const TreeSize size = verifying.house.log.head().size;
  const View view{.log = &verifying.house.log, .rows = verifying.rows.snapshot(), .size = size};
  EXPECT_TRUE(verifyRows(view, fresh, {.memory = {1, 1, 1}}));
  EXPECT_EQ(rowsIn(fresh), rowsIn(verifying.rows));
}

TEST(VerifyRows, AreNotBuiltAmongOthers) {
  Verifying verifying;
  MemoryRowStore fresh;
  fill(fresh, rowsIn(verifying.rows));
  const TreeSize size = verifying.house.log.head().size;
  const View view{.log = &verifying.house.log, .rows = verifying.rows.snapshot(), .size = size};
  const auto verified = verifyRows(view, fresh, {});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, ErrorCode::kInvalidArgument);
}

// What a build from nothing writes on its way and what it keeps make all rows, whenever it ends.
TEST(RowBuild, MayEndFromNothingAtAnyMoment) {
  Verifying verifying;
  const LogStore& log = verifying.house.log;
  for (std::uint64_t until = 1; until <= log.head().size.value; until += 17) {
    MemoryRowStore rows;
    for (const TreeSize stop : {TreeSize{until}, log.head().size}) {
      ProjectionSet set{ProjectionMemory{}};
      std::string why;
      ASSERT_TRUE(set.open(log, rows, why));
      RowBuild build(log, rows, set, stop);
      EXPECT_EQ(build.isFromNothing(), stop.value == until);
      while (*build.next()) {
      }
      if (build.isFromNothing()) {
        ASSERT_TRUE(build.endOfNothing());
      }
      EXPECT_FALSE(build.isFromNothing());
      ASSERT_TRUE(set.flush(log, rows));
    }
    EXPECT_EQ(rowsIn(rows), rowsIn(verifying.rows));
  }
}

}  // namespace
}  // namespace robotledger
