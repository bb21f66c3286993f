#include "projections/timeline_reader.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "projections/row_keys.h"
#include "tests/projections/built.h"
#include "tests/projections/rows_in.h"

namespace robotledger {
namespace {

const Permission kPushInWeb{Scope::inProject(ProjectId{1}), kPushImage};
const Instant kStart = when("2025-01-01");
constexpr int kAccounts = 5;

// What became of the set, told beside the timeline.
struct Toggle {
  Sequence sequence;
  Instant time;
  std::uint64_t account = 0;
  bool added = false;
};

// Five accounts that are disabled and enabled at random, several of them at one instant.
struct Toggled {
  explicit Toggled(std::size_t count) : built(commands(count)) {}

  std::string commands(std::size_t count) {
    std::string text = "2025-01-01T00:00:00Z admin create_project project=web\n";
    std::uint64_t sequence = 2;
    Instant time = kStart;
    std::vector<bool> enabled(kAccounts, true);
    for (std::uint64_t i = 1; i <= kAccounts; ++i) {
      text += ". admin create_account project=web permissions=push-image expires=never name=a" +
              std::to_string(i) + "\n";
      toggles.push_back({Sequence{++sequence}, time, i, true});
    }
    std::mt19937_64 random(count);
    while (toggles.size() < count) {
      const std::size_t one = random() % kAccounts;
      const auto step = static_cast<std::int64_t>(random() % 3);
      time.us += step;
      enabled[one] = !enabled[one];
      text += "+" + std::to_string(step) + "us admin " + (enabled[one] ? "enable" : "disable") +
              " account=robot$web+a" + std::to_string(one + 1) + "\n";
      toggles.push_back({Sequence{++sequence}, time, one + 1, enabled[one]});
    }
    return text;
  }

  std::vector<Toggle> toggles;
  Built built;
};

std::vector<std::uint64_t> idsOf(const std::vector<Member>& members) {
  std::vector<std::uint64_t> ids;
  for (const Member& member : members) ids.push_back(member.account.value);
  return ids;
}

std::vector<std::uint64_t> expectedOf(const std::vector<Toggle>& toggles, const Period& period,
                                      Sequence as_of) {
  std::set<std::uint64_t> at_start;
  std::vector<std::uint64_t> later;
  for (const Toggle& toggle : toggles) {
    if (toggle.sequence > as_of) break;
    if (toggle.time <= period.from) {
      if (toggle.added) at_start.insert(toggle.account);
      if (!toggle.added) at_start.erase(toggle.account);
    } else if (period.to && toggle.time < *period.to && toggle.added) {
      later.push_back(toggle.account);
    }
  }
  std::vector<std::uint64_t> all(at_start.begin(), at_start.end());
  all.insert(all.end(), later.begin(), later.end());
  return all;
}

TEST(TimelineReader, FindsWhoHeldItAtEveryInstantAsOfEveryEvent) {
  const Toggled toggled(400);
  TimelineReader reader(toggled.built.view());
  std::mt19937_64 random(1);
  for (int i = 0; i < 3000; ++i) {
    const Toggle& near = toggled.toggles[random() % toggled.toggles.size()];
    const Toggle& last = toggled.toggles[random() % toggled.toggles.size()];
    Period period{.from = Instant{near.time.us - 1 + static_cast<std::int64_t>(random() % 3)}};
    if (i % 2 == 0) {
      period.to = Instant{period.from.us + 1 + static_cast<std::int64_t>(random() % 300)};
    }
    const auto members = reader.members(kPushInWeb, period, {last.sequence, last.time});
    ASSERT_TRUE(members);
    ASSERT_EQ(idsOf(*members), expectedOf(toggled.toggles, period, last.sequence))
        << "from " << period.from.us - kStart.us << " as of " << last.sequence.value;
  }
}

TEST(TimelineReader, FindsNobodyBeforeTheFirstChangeAndWhereThereIsNoTimeline) {
  const Toggled toggled(kAccounts);
  const View& view = toggled.built.view();
  TimelineReader reader(view);
  for (const Instant at : {Instant{kStart.us - 1}, Instant{0}, Instant{-5}}) {
    EXPECT_TRUE(reader.members(kPushInWeb, {.from = at}, view.newest())->empty());
  }
  EXPECT_EQ(
      reader.members(kPushInWeb, {.from = Instant{-5}, .to = kEndOfTime}, view.newest())->size(),
      std::size_t{kAccounts});
  const Permission other{Scope::inProject(ProjectId{1}), kPushChart};
  EXPECT_TRUE(reader.members(other, {.from = kStart}, view.newest())->empty());
}

TEST(TimelineReader, SaysThatTheTimelineIsDamagedWhereItsWholeSetIsLost) {
  Toggled toggled(3 * kPageChanges);
  RowBatch batch;
  for (const auto& [key, value] : rowsIn(toggled.built.rows())) {
    if (!key.starts_with(timelinePrefix(kPushInWeb))) continue;
    // A page that says it has no whole set, and no changes.
    batch.put(key, Bytes(1, '\0'));
  }
  ASSERT_TRUE(toggled.built.rows().write(batch));
  View view = toggled.built.view();
  view.rows = toggled.built.rows().snapshot();
  const auto members =
      TimelineReader(view).members(kPushInWeb, {.from = view.last_time}, view.newest());
  ASSERT_FALSE(members);
  EXPECT_EQ(members.error().code, ErrorCode::kViewsDamaged);
}

TEST(TimelineReader, SaysThatTheTimelineIsDamagedWhereAPageIsCutShort) {
  Toggled toggled(kPageChanges);
  for (const auto& [key, value] : rowsIn(toggled.built.rows())) {
    if (!key.starts_with(timelinePrefix(kPushInWeb))) continue;
    RowBatch batch;
    batch.put(key, value.substr(0, value.size() - 1));
    ASSERT_TRUE(toggled.built.rows().write(batch));
  }
  View view = toggled.built.view();
  view.rows = toggled.built.rows().snapshot();
  const auto members =
      TimelineReader(view).members(kPushInWeb, {.from = view.last_time}, view.newest());
  ASSERT_FALSE(members);
  EXPECT_EQ(members.error().code, ErrorCode::kViewsDamaged);
}

}  // namespace
}  // namespace robotledger
