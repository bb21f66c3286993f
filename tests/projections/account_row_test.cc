#include "projections/account_row.h"

#include <random>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

constexpr AccountId kId{12};

AccountRow fullRow() {
  AccountRow row;
  row.account = {.id = kId,
                 .name = "ci",
                 .description = "builds and pushes",
                 .permissions = {{Scope::inProject(ProjectId{3}), kPushImage}},
                 .terms = {Expiry::days(30), Instant{2'000'000}, Instant{3'000'000}},
                 .project = ProjectId{3},
                 .status = AccountStatus::kDisabled};
  row.created = Sequence{40};
  row.created_at = Instant{1'700'000'000'000'000};
  row.created_by = "alice@example.com";
  row.created_line = 900;
  row.deleted = Sequence{4000};
  row.deleted_at = Instant{1'700'000'100'000'000};
  row.secret = Sequence{41};
  row.secret_at = row.created_at;
  row.secret_hash = {SecretHash::Kind::kChosen, Bytes(32, 'h'), Bytes(16, 's'), 7};
  row.last = {Sequence{4000}, row.deleted_at};
  row.history = "whatever is in it";
  row.history_count = 17;
  row.history_first = Sequence{50};
  row.older_parts = 2;
  return row;
}

AccountRow smallRow() {
  AccountRow row;
  row.account = {.id = kId, .name = "a", .description = {}, .permissions = {}};
  row.account.terms.expiry = Expiry::never();
  return row;
}

void expectSame(const AccountRow& one, const AccountRow& other) {
  EXPECT_EQ(one.account, other.account);
  EXPECT_EQ(one.created, other.created);
  EXPECT_EQ(one.created_at, other.created_at);
  EXPECT_EQ(one.created_by, other.created_by);
  EXPECT_EQ(one.created_line, other.created_line);
  EXPECT_EQ(one.deleted, other.deleted);
  EXPECT_EQ(one.deleted_at, other.deleted_at);
  EXPECT_EQ(one.secret, other.secret);
  EXPECT_EQ(one.secret_at, other.secret_at);
  EXPECT_EQ(one.secret_hash, other.secret_hash);
  EXPECT_EQ(one.last.sequence, other.last.sequence);
  EXPECT_EQ(one.last.time, other.last.time);
  EXPECT_EQ(one.history, other.history);
  EXPECT_EQ(one.history_count, other.history_count);
  EXPECT_EQ(one.history_first, other.history_first);
  EXPECT_EQ(one.older_parts, other.older_parts);
}

TEST(AccountRow, ComesBackAsItWas) {
  for (const AccountRow& row : {fullRow(), smallRow()}) {
    const auto read = decodeAccountRow(kId, encodeAccountRow(row));
    ASSERT_TRUE(read);
    expectSame(*read, row);
    EXPECT_EQ(read->lives(), !row.deleted.has_value());
  }
}

TEST(AccountRow, ThatIsCutShortIsDamaged) {
  for (AccountRow row : {fullRow(), smallRow()}) {
    row.history.clear();  // which is what is left, and ends where the row does
    const Bytes bytes = encodeAccountRow(row);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      const auto read = decodeAccountRow(kId, BytesView(bytes).substr(0, length));
      ASSERT_FALSE(read) << "the first " << length << " of " << bytes.size() << " bytes";
      EXPECT_EQ(read.error().code, ErrorCode::kViewsDamaged);
      EXPECT_NE(read.error().message.find("#12"), std::string::npos);
    }
  }
}

TEST(AccountRow, WithOtherBytesIsDamagedOrMeansSomething) {
  const Bytes bytes = encodeAccountRow(fullRow());
  std::mt19937_64 random(1);
  std::size_t damaged = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes other = bytes;
    for (int flips = 0; flips <= i % 3; ++flips) {
      other[random() % other.size()] = static_cast<char>(random());
    }
    const auto read = decodeAccountRow(kId, other);
    if (!read) {
      ++damaged;
      continue;
    }
    for (const Permission& permission : read->account.permissions) {
      ASSERT_LT(permission.capability.index, capabilityCount());
    }
    for (const Instant instant : {read->created_at, read->deleted_at, read->secret_at,
                                  read->last.time, read->account.terms.issued_at}) {
      ASSERT_LE(instant, kEndOfTime);
    }
    ASSERT_LE(read->secret_hash.kind, SecretHash::Kind::kAsserted);
    (void)expiresAt(read->account.terms, Settings{{{}, {}, 30}});
  }
  EXPECT_GT(damaged, 1000U);
}

}  // namespace
}  // namespace robotledger
