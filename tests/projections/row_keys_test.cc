#include "projections/row_keys.h"

#include <algorithm>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "projections/memory_row_store.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kLast = std::numeric_limits<std::uint64_t>::max();
const std::vector<std::uint64_t> kNumbers = {
    0, 1, 127, 128, 255, 256, 65535, 65536, 0x7fffffff, 0xffffffff, 0x100000000, kLast / 2, kLast};

void expectSorted(const std::vector<Bytes>& keys) {
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  EXPECT_EQ(std::adjacent_find(keys.begin(), keys.end()), keys.end()) << "no two are alike";
}

TEST(RowKeys, SortAsTheirNumbersDo) {
  std::vector<Bytes> accounts;
  std::vector<Bytes> settings;
  std::vector<Bytes> histories;
  std::vector<Bytes> endings;
  std::vector<Bytes> timelines;
  for (const std::uint64_t first : kNumbers) {
    accounts.push_back(accountKey(ProjectId{7}, AccountId{first}));
    settings.push_back(settingKey(Sequence{first}));
    for (const std::uint64_t second : kNumbers) {
      histories.push_back(olderHistoryKey(AccountId{first}, Sequence{second}));
      if (first > kLast / 2) continue;  // instants have a sign
      const Instant time{static_cast<std::int64_t>(first)};
      endings.push_back(endsByDaysKey(time, AccountId{second}));
      timelines.push_back(timelineKey({Scope::allProjects(), kPushImage}, time, Sequence{second}));
    }
  }
  for (const auto& keys : {accounts, settings, histories, endings, timelines}) expectSorted(keys);
}

struct Kind {
  Bytes prefix;
  Bytes key;
};

std::vector<Kind> kindsOf(std::uint64_t number) {
  const auto small = static_cast<std::uint32_t>(number);
  const ProjectId project{small};
  const Permission timeline{Scope::inProject(project), kPushImage};
  std::vector<Kind> kinds = {
      {metaKey(""), metaKey("position")},
      {projectPrefix(), projectKey(project)},
      {settingPrefix(), settingKey(Sequence{number})},
      {servicePrefix(), serviceKey(Sequence{number})},
      {accountKey(project, AccountId{number}), accountKey(project, AccountId{number})},
      {homeKey(AccountId{number}), homeKey(AccountId{number})},
      {olderHistoryPrefix(AccountId{number}), olderHistoryKey(AccountId{number}, Sequence{7})},
      {namePrefix(project, "ci"), nameKey(project, "ci", AccountId{number})},
      {namePrefix(project, "ci-2"), nameKey(project, "ci-2", AccountId{number})},
      {fingerprintPrefix(number), fingerprintKey(number, AccountId{1}, Sequence{2})},
      {timelinePrefix(timeline), timelineKey(timeline, Instant{5}, Sequence{6})},
      {endsByDaysPrefix(), endsByDaysKey(Instant{9}, AccountId{number})},
      {endsBySystemPrefix(), endsBySystemKey(Instant{9}, AccountId{number})}};
  Bytes key;
  putBigEndian32(key, small);
  for (const Bytes& prefix :
       {postingPrefix(PostingIndex::kProject, key), postingPrefix(PostingIndex::kActor, "ann"),
        postingPrefix(PostingIndex::kActor, "anna"), postingPrefix(PostingIndex::kActor, ""),
        postingPrefix(PostingIndex::kKind, Bytes(1, '\5'))}) {
    Bytes entry = prefix;
    putBigEndian64(entry, number);
    kinds.push_back({prefix, entry});
  }
  return kinds;
}

TEST(RowKeys, OfOneThingAreNotUnderThePrefixOfAnother) {
  for (const std::uint64_t number : kNumbers) {
    const auto kinds = kindsOf(number);
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      for (std::size_t j = 0; j < kinds.size(); ++j) {
        EXPECT_EQ(kinds[i].key.starts_with(kinds[j].prefix), i == j)
            << "number " << number << ", kinds " << i << " and " << j;
      }
    }
  }
}

TEST(RowKeys, BeginWithTheByteThatSaysWhoseTheyAre) {
  std::string kinds;
  for (const Kind& kind : kindsOf(1)) {
    if (kinds.empty() || kinds.back() != kind.key[0]) kinds += kind.key[0];
  }
  EXPECT_EQ(kinds, "MPSAHaNFTEL");
}

TEST(RowKeys, OfOneProjectsPostingsAreNotUnderAnother) {
  const auto prefix_of = [](std::uint32_t project) {
    Bytes key;
    putBigEndian32(key, project);
    return postingPrefix(PostingIndex::kProject, key);
  };
  for (const std::uint32_t one : {0U, 1U, 256U, 65536U, 0xffffffffU}) {
    for (const std::uint32_t other : {0U, 1U, 256U, 65536U, 0xffffffffU}) {
      EXPECT_EQ(prefix_of(one).starts_with(prefix_of(other)), one == other);
    }
  }
}

TEST(RowKeys, LeadToTheLastRowOfAThing) {
  const Permission push{Scope::inProject(ProjectId{3}), kPushImage};
  const Permission chart{Scope::inProject(ProjectId{3}), kPullChart};
  const Bytes last =
      timelineKey(push, Instant{std::numeric_limits<std::int64_t>::max()}, Sequence{kLast});
  MemoryRowStore rows;
  RowBatch batch;
  batch.put(timelineKey(push, Instant{1}, Sequence{1}), "first");
  batch.put(last, "last");
  batch.put(timelineKey(chart, Instant{0}, Sequence{0}), "another's");
  ASSERT_TRUE(rows.write(batch));
  const auto snapshot = rows.snapshot();
  const auto cursor = snapshot->cursor();
  cursor->seekForPrev(timelinePrefix(push) + Bytes(16, '\xff'));
  ASSERT_TRUE(cursor->valid());
  EXPECT_EQ(cursor->value(), "last");
  cursor->next();
  EXPECT_EQ(cursor->value(), "another's");
}

TEST(RowKeys, OfATimelineTellTheCapability) {
  for (const Capability capability : {kPullImage, kPushChart, kExists}) {
    for (const Scope scope : {Scope::system(), Scope::inProject(ProjectId{0x01020304})}) {
      const Bytes key = timelineKey({scope, capability}, Instant{1}, Sequence{2});
      ASSERT_TRUE(key.starts_with(timelineScopePrefix(scope)));
      EXPECT_EQ(capabilityInTimelineKey(key), capability);
    }
  }
}

}  // namespace
}  // namespace robotledger
