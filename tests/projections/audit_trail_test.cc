#include "projections/audit_trail.h"

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Scope kWeb = Scope::inProject(ProjectId{1});
const Scope kApi = Scope::inProject(ProjectId{2});

std::vector<std::uint32_t> projectsOfEvent(EventBody body, const AccountRow* account) {
  const Event event{.body = std::move(body)};
  const Catalog catalog;
  const AccountBefore before;
  std::vector<std::uint32_t> ids;
  for (const ProjectId id : projectsOf({event, catalog, account, before})) ids.push_back(id.value);
  return ids;
}

using Ids = std::vector<std::uint32_t>;

TEST(ProjectsOf, AreTheProjectsOwnEvents) {
  EXPECT_EQ(projectsOfEvent(ProjectCreated{ProjectId{3}, "web"}, nullptr), Ids{3});
  EXPECT_EQ(projectsOfEvent(ProjectDeleted{ProjectId{3}}, nullptr), Ids{3});
  EXPECT_EQ(projectsOfEvent(RoleGranted{"pat", Role::kProjectAdmin, ProjectId{3}}, nullptr),
            Ids{3});
}

TEST(ProjectsOf, AreNoneForEventsOfTheWholeSystem) {
  EXPECT_EQ(projectsOfEvent(RoleGranted{"pat", Role::kAuditor, {}}, nullptr), Ids());
  EXPECT_EQ(projectsOfEvent(SystemExpiryChanged{30, 7}, nullptr), Ids());
  const LedgerRolledBack back{TreeSize{9}, {}, "ledger.example/1", "ledger.example/2", "key"};
  EXPECT_EQ(projectsOfEvent(back, nullptr), Ids());
  AccountRow everywhere;
  everywhere.account.permissions = {{Scope::allProjects(), kPushImage},
                                    {Scope::system(), kPullImage}};
  EXPECT_EQ(projectsOfEvent(AccountDisabled{AccountId{1}}, &everywhere), Ids());
}

TEST(ProjectsOf, AreThoseAnAccountBelongsToOrReachesInto) {
  AccountRow of_web;
  of_web.account.project = ProjectId{1};
  EXPECT_EQ(projectsOfEvent(AccountDisabled{AccountId{1}}, &of_web), Ids{1});
  AccountRow reaches;
  reaches.account.permissions = {{kWeb, kPullImage}, {kWeb, kPushImage}, {kApi, kPushImage}};
  EXPECT_EQ(projectsOfEvent(AccountRenewed{AccountId{1}}, &reaches), (Ids{1, 2}));
}

TEST(ProjectsOf, AreThatOfAClaimAndThoseOfItsAccount) {
  EXPECT_EQ(projectsOfEvent(ClaimRecorded{.project = ProjectId{3}}, nullptr), Ids{3});
  EXPECT_EQ(projectsOfEvent(ClaimRecorded{}, nullptr), Ids());
  AccountRow of_web;
  of_web.account.project = ProjectId{1};
  const ClaimRecorded claim{.account = AccountId{1}};
  EXPECT_EQ(projectsOfEvent(claim, &of_web), Ids{1});
  const ClaimRecorded elsewhere{.account = AccountId{1}, .project = ProjectId{2}};
  EXPECT_EQ(projectsOfEvent(elsewhere, &of_web), (Ids{1, 2}));
}

TEST(ProjectsOf, AreThoseThatAreTakenAwayToo) {
  AccountRow left;
  left.account.permissions = {{kApi, kPushImage}};
  const PermissionsRevoked revoked{AccountId{1}, {{kWeb, kPushImage}}};
  EXPECT_EQ(projectsOfEvent(revoked, &left), (Ids{1, 2}));
}

std::vector<Sequence> entriesOf(const View& view, const Bytes& prefix) {
  std::vector<Sequence> entries;
  PostingCursor cursor(*view.rows, prefix);
  Sequence from;
  while (true) {
    const auto found = cursor.seek(from);
    EXPECT_TRUE(found);
    if (!found || !*found) return entries;
    entries.push_back(**found);
    from = Sequence{(*found)->value + 1};
  }
}

TEST(AuditTrail, FindsEventsByProjectActorAndKind) {
  const Built built(
      "web: 2025-01-01T00:00:00Z admin create_project project=web\n"
      "api: . admin create_project project=api\n"
      "pat: . admin add_operator operator=pat\n"
      "role: . admin grant_role operator=pat role=project_admin project=web\n"
      "ci: . pat create_account project=web name=ci permissions=push-image\n"
      "s: . admin create_account level=system name=s permissions=web/push-image,api/push-image\n"
      "off: . pat disable account=robot$web+ci\n"
      "less: . admin revoke account=robot$s permissions=web/push-image\n"
      "off2: . admin disable account=robot$s\n");
  const auto of_project = [&](std::uint32_t id) {
    Bytes key;
    putBigEndian32(key, id);
    return entriesOf(built.view(), postingPrefix(PostingIndex::kProject, key));
  };
  const auto labels = [&](std::initializer_list<std::string_view> names) {
    std::vector<Sequence> sequences;
    for (const auto name : names) sequences.push_back(built[name]);
    return sequences;
  };
  EXPECT_EQ(of_project(1), labels({"web", "role", "ci", "s", "off", "less"}));
  EXPECT_EQ(of_project(2), labels({"api", "s", "less", "off2"}));
  EXPECT_EQ(entriesOf(built.view(), postingPrefix(PostingIndex::kActor, "pat")),
            labels({"ci", "off"}));
  const Bytes disabled(1, static_cast<char>(kKindOf<AccountDisabled>));
  EXPECT_EQ(entriesOf(built.view(), postingPrefix(PostingIndex::kKind, disabled)),
            labels({"off", "off2"}));
}

TEST(AuditTrail, GoesOnOverManyParts) {
  std::string commands = "2025-01-01T00:00:00Z admin create_project project=web\n";
  const std::uint64_t many = 3 * kPostingPart;
  for (std::uint64_t i = 1; i <= many; ++i) {
    commands += "+1s admin add_operator operator=o" + std::to_string(i) + "\n";
  }
  const Built built(commands);
  const auto all = entriesOf(built.view(), postingPrefix(PostingIndex::kActor, "admin"));
  // All but the ledger's own first event.
  ASSERT_EQ(all.size(), many + 2);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], Sequence{i + 1});
}

}  // namespace
}  // namespace robotledger
