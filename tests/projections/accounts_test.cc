#include "projections/accounts.h"

#include <gtest/gtest.h>

#include "projections/access.h"
#include "projections/memory_row_store.h"
#include "projections/row_keys.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

constexpr AccountId kId{1};
const Permission kPush{Scope::inProject(ProjectId{1}), kPushImage};
const Permission kPull{Scope::inProject(ProjectId{1}), kPullImage};

// An account table that writes its rows after every event, and keeps nothing else.
class Table {
 public:
  Table() { table_.setRows(rows_.snapshot()); }

  // Whether the event fits; `before` and `after` are then how the account stood.
  bool take(EventBody body) {
    const Event event{.sequence = Sequence{next_},
                      .time = Instant{static_cast<std::int64_t>(next_) * kUsPerDay},
                      .actor = "alice",
                      .body = std::move(body)};
    ++next_;
    const auto taken = table_.take(event, before);
    if (!taken) return false;
    after = *taken == nullptr ? std::nullopt : std::optional(**taken);
    RowBatch batch;
    table_.flush(batch);
    EXPECT_TRUE(rows_.write(batch));
    table_.setRows(rows_.snapshot());
    return true;
  }
  bool create() {
    AccountCreated created{.account = kId, .project = ProjectId{1}, .name = "ci"};
    created.permissions = {kPush};
    created.expiry = Expiry::days(9);
    return take(created);
  }
  const MemoryRowStore& rows() const { return rows_; }

  AccountBefore before;
  std::optional<AccountRow> after;

 private:
  MemoryRowStore rows_;
  AccountTable table_{0};
  std::uint64_t next_ = 1;
};

TEST(AccountTable, TellsHowAnAccountStoodBeforeAndAfterAnEvent) {
  Table table;
  ASSERT_TRUE(table.create());
  EXPECT_FALSE(table.before.lived);
  EXPECT_TRUE(table.before.held.empty());
  ASSERT_TRUE(table.take(AccountDisabled{kId}));
  EXPECT_TRUE(table.before.lived);
  EXPECT_EQ(table.before.held, (Permissions{kPull, kPush})) << "the pull that is always there too";
  EXPECT_EQ(table.before.terms.expiry, Expiry::days(9));
  EXPECT_EQ(table.after->account.status, AccountStatus::kDisabled);
  ASSERT_TRUE(table.take(AccountRenewed{kId}));
  EXPECT_TRUE(table.before.held.empty()) << "nothing while it was disabled";
  EXPECT_EQ(table.after->account.terms.issued_at, Instant{3 * kUsPerDay});
  ASSERT_TRUE(table.take(AccountDeleted{kId}));
  EXPECT_TRUE(table.before.lived);
  EXPECT_FALSE(table.after->lives());
  EXPECT_EQ(table.after->deleted, Sequence{4});
}

TEST(AccountTable, HasNothingToTellOfOtherEvents) {
  Table table;
  ASSERT_TRUE(table.create());
  ASSERT_TRUE(table.take(ProjectCreated{ProjectId{1}, "web"}));
  EXPECT_EQ(table.after, std::nullopt);
  EXPECT_FALSE(table.before.lived);
  EXPECT_TRUE(table.before.held.empty());
}

TEST(AccountTable, RemembersTheLastSecretAndWhichOnesWereIssued) {
  Table table;
  ASSERT_TRUE(table.create());
  SecretIssued issued{.account = kId, .secret = {.kind = SecretHash::Kind::kGenerated}};
  issued.secret.fingerprint = 77;
  ASSERT_TRUE(table.take(issued));
  ASSERT_TRUE(table.take(SecretIssued{.account = kId, .secret = {}}));
  EXPECT_EQ(table.after->secret, Sequence{3});
  EXPECT_EQ(table.after->secret_hash.kind, SecretHash::Kind::kAsserted);
  const auto rows = table.rows().snapshot();
  EXPECT_TRUE(rows->get(fingerprintKey(77, kId, Sequence{2}))->has_value());
  const auto cursor = rows->cursor();
  cursor->seek(fingerprintPrefix(0));
  ASSERT_TRUE(cursor->valid());
  cursor->next();
  EXPECT_FALSE(cursor->valid() && cursor->key().starts_with("F"))
      << "what is not known of a secret has no row";
}

TEST(AccountTable, SaysWhereItsRowsAndTheEventsDoNotFit) {
  Table table;
  EXPECT_FALSE(table.take(AccountDisabled{kId})) << "an account that is in no row";
  ASSERT_TRUE(table.create());
  EXPECT_FALSE(table.take(AccountEnabled{kId})) << "an account that is enabled";
}

TEST(AccountTable, KeepsTheCreationAndTheNameOfTheDead) {
  const Built built(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      "made: +1d admin create_account project=web name=ci permissions=push-image description=d\n"
      "+1d admin describe account=robot$web+ci description=other\n"
      "gone: +1d admin delete account=robot$web+ci\n");
  const AccountRow row = built.row(1);
  EXPECT_EQ(row.created, built["made"]);
  EXPECT_EQ(row.created_at, when("2025-01-02"));
  EXPECT_EQ(row.created_by, "admin");
  EXPECT_EQ(row.created_line, 1U) << "it was imported";
  EXPECT_EQ(row.deleted, built["gone"]);
  EXPECT_EQ(row.deleted_at, when("2025-01-04"));
  EXPECT_EQ(row.account.description, "other");
  EXPECT_EQ(row.last.sequence, built["gone"]);
  EXPECT_TRUE(built.view().rows->get(nameKey(ProjectId{1}, "ci", AccountId{1}))->has_value());
}

TEST(AccountTable, PutsLongHistoriesIntoParts) {
  std::string commands =
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account project=web name=ci permissions=push-image\n";
  const std::uint32_t renewals = 3 * kHistoryPart;
  for (std::uint32_t i = 0; i < renewals; ++i) commands += "+1s admin renew account=robot$web+ci\n";
  const Built built(commands);
  const AccountRow row = built.row(1);
  EXPECT_EQ(row.older_parts, 3U);
  EXPECT_EQ(row.history_count, 1U);
  EXPECT_EQ(row.history_first, built.view().last());
  const auto history = historyOf(built.view(), row, built.view().newest());
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), renewals + 1);
  for (std::size_t i = 0; i < history->size(); ++i) {
    EXPECT_EQ((*history)[i].sequence, Sequence{i + 3});
  }
}

}  // namespace
}  // namespace robotledger
