#include "projections/access_timeline.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "projections/timeline_reader.h"
#include "tests/projections/built.h"

namespace robotledger {
namespace {

const Permission kPushInWeb{Scope::inProject(ProjectId{1}), kPushImage};

// Brief (#1) ends with 2025-01-02; busy (#2) is turned off and on until a page is full, the last
// two times of it and the first change of the next page coming `last_at`.
std::string fullPage(const std::string& last_at) {
  std::string commands =
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account project=web name=brief permissions=push-image expires=1\n"
      ". admin create_account project=web name=busy permissions=push-image expires=never\n";
  // Two changes were made by the creations.
  const std::uint32_t toggles = kPageChanges - 2 + 1;
  for (std::uint32_t i = 0; i < toggles; ++i) {
    commands += (i + 1 < toggles ? ". " : last_at + " ") + "admin " +
                (i % 2 == 0 ? "disable" : "enable") + " account=robot$web+busy\n";
  }
  return commands;
}

struct SeenPage {
  Instant time;
  bool has_set = false;
  std::vector<std::uint64_t> members;
  std::size_t changes = 0;
};

std::vector<SeenPage> pagesOf(const View& view, const Permission& timeline) {
  std::vector<SeenPage> pages;
  const Bytes prefix = timelinePrefix(timeline);
  const auto cursor = view.rows->cursor();
  for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix); cursor->next()) {
    ByteReader key(cursor->key().substr(prefix.size()));
    SeenPage page{.time = Instant{static_cast<std::int64_t>(key.bigEndian64())}};
    PageReader reader(Sequence{key.bigEndian64()}, page.time, cursor->value());
    page.has_set = reader.hasWholeSet();
    Member member;
    while (reader.nextMember(member)) page.members.push_back(member.account.value);
    MemberChange change;
    while (reader.nextChange(change)) page.changes += 1;
    EXPECT_TRUE(reader.ok());
    pages.push_back(std::move(page));
  }
  return pages;
}

std::vector<std::uint64_t> membersAt(const Built& built, Instant at) {
  TimelineReader reader(built.view());
  const auto members = reader.members(kPushInWeb, {.from = at}, built.view().newest());
  EXPECT_TRUE(members);
  std::vector<std::uint64_t> ids;
  for (const Member& member : *members) ids.push_back(member.account.value);
  return ids;
}

using Ids = std::vector<std::uint64_t>;

TEST(AccessTimeline, LeavesWhoExpiredForGoodOutOfWholeSets) {
  const Built built(fullPage("2025-01-02T00:00:00.000001Z"));
  const auto pages = pagesOf(built.view(), kPushInWeb);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[0].changes, kPageChanges);
  ASSERT_TRUE(pages[1].has_set);
  EXPECT_EQ(pages[1].members, kPageChanges % 2 == 0 ? Ids{2} : Ids());
}

TEST(AccessTimeline, KeepsWhoExpiresAtThisVeryInstantInWholeSets) {
  const std::string commands = fullPage("2025-01-02T00:00:00Z");
  const auto pages = pagesOf(Built(commands).view(), kPushInWeb);
  ASSERT_EQ(pages.size(), 2U);
  EXPECT_EQ(pages[1].members.front(), 1U);
  // His expiry may be undone at the same instant, and then never was.
  const Built undone(commands + ". admin set_expiry account=robot$web+brief expires=never\n");
  EXPECT_EQ(membersAt(undone, when("2025-01-02")).front(), 1U);
}

TEST(AccessTimeline, TakesWhoWasLeftOutBackWhenHeIsRenewed) {
  const Built built(fullPage("2025-01-03T00:00:00Z") +
                    "2025-01-05T00:00:00Z admin renew account=robot$web+brief\n");
  EXPECT_EQ(std::ranges::count(membersAt(built, when("2025-01-04")), 1U), 0);
  EXPECT_EQ(std::ranges::count(membersAt(built, when("2025-01-05")), 1U), 1);
}

TEST(AccessTimeline, HasEveryExplicitAndEveryImpliedPermissionOnce) {
  const Built built(
      "2025-01-01T00:00:00Z admin create_project project=web\n"
      ". admin create_account level=system name=s permissions=web/push-image,*/pull-chart\n"
      "+1s admin grant account=robot$s permissions=web/push-chart,web/pull-image\n"
      "+1s admin describe account=robot$s description=d\n"
      "+1s admin renew account=robot$s\n");
  const auto changes = [&](Scope scope, Capability capability) {
    const auto pages = pagesOf(built.view(), {scope, capability});
    std::size_t count = 0;
    for (const SeenPage& page : pages) count += page.changes;
    return count;
  };
  const Scope web = Scope::inProject(ProjectId{1});
  EXPECT_EQ(changes(web, kPushImage), 2U) << "the creation, and the renewal for its new terms";
  EXPECT_EQ(changes(web, kPullImage), 2U) << "that it is explicit now changes nothing";
  EXPECT_EQ(changes(web, kPushChart), 2U);
  EXPECT_EQ(changes(Scope::allProjects(), kPullImage), 2U);
  EXPECT_EQ(changes(Scope::allProjects(), kPullChart), 2U);
  EXPECT_EQ(changes(web, kPullChart), 0U) << "what the star gives is in its own timeline";
  EXPECT_EQ(changes(Scope::system(), kExists), 1U);
}

TEST(AccessTimeline, WritesAPageWithoutAWholeSetWhereTheSetIsLarger) {
  std::string commands = "2025-01-01T00:00:00Z admin create_project project=web\n";
  const std::uint32_t many = 4 * kPageChanges;
  for (std::uint32_t i = 1; i <= many; ++i) {
    commands += ". admin create_account project=web permissions=push-image expires=never name=a" +
                std::to_string(i) + "\n";
  }
  const Built built(commands);
  std::vector<bool> have_sets;
  for (const SeenPage& page : pagesOf(built.view(), kPushInWeb)) have_sets.push_back(page.has_set);
  // After one page the set has one page's members, after two more pages three pages'.
  EXPECT_EQ(have_sets, (std::vector<bool>{true, true, true, false}));
  EXPECT_EQ(membersAt(built, when("2025-01-01")).size(), many);
}

}  // namespace
}  // namespace robotledger
