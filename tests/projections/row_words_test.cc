#include "projections/row_words.h"

#include <gtest/gtest.h>

#include "projections/row_keys.h"

namespace robotledger {
namespace {

Bytes postingKey(PostingIndex index, BytesView of, std::uint64_t first) {
  Bytes key = postingPrefix(index, of);
  putBigEndian64(key, first);
  return key;
}

TEST(RowWords, SayWhatARowIsAbout) {
  Bytes three;
  putBigEndian32(three, 3);
  const ProjectId web{3};
  const AccountId ci{12};
  const std::pair<Bytes, const char*> rows[] = {
      {metaKey("position"), "the views' own 'position'"},
      {projectKey(web), "project 3"},
      {settingKey(Sequence{7}), "the system's setting of event 7"},
      {accountKey(web, ci), "account 12 in project 3"},
      {accountKey(ProjectId{0}, ci), "account 12 at system level"},
      {homeKey(ci), "the home of account 12"},
      {olderHistoryKey(ci, Sequence{7}), "the older history of account 12 from event 7 on"},
      {nameKey(web, "ci", ci), "the name 'ci' in project 3 of account 12"},
      {fingerprintKey(99, ci, Sequence{7}), "the secret of account 12 of event 7"},
      {timelineKey({Scope::inProject(web), kPushImage}, Instant{5}, Sequence{7}),
       "who could push-image in project 3 from event 7 on"},
      {timelineKey({Scope::allProjects(), kPullChart}, Instant{5}, Sequence{7}),
       "who could pull-chart in all projects from event 7 on"},
      {timelineKey({Scope::system(), kExists}, Instant{5}, Sequence{7}),
       "who existed in the system from event 7 on"},
      {timelineKey({Scope::system(), Capability{5000}}, Instant{5}, Sequence{7}),
       "who could do what is not known here in the system from event 7 on"},
      {postingKey(PostingIndex::kProject, three, 7), "the events in project 3 from event 7 on"},
      {postingKey(PostingIndex::kActor, "alice", 7), "the events by 'alice' from event 7 on"},
      {postingKey(PostingIndex::kActor, "", 7), "the events by '' from event 7 on"},
      {postingKey(PostingIndex::kKind, Bytes(1, '\7'), 7),
       "the events of kind account_disabled from event 7 on"},
      {postingKey(PostingIndex::kKind, Bytes(1, '\xee'), 7),
       "the events of kind unknown from event 7 on"},
      {endsByDaysKey(Instant{5}, ci), "the end of account 12 by its own days"},
      {endsBySystemKey(Instant{5}, ci), "the end of account 12 by the system's setting"},
  };
  for (const auto& [key, words] : rows) {
    EXPECT_EQ(rowInWords(key), std::string("the row of ") + words);
    if (key.front() == 'M') continue;  // its name has any length
    for (std::size_t length = 0; length < key.size(); ++length) {
      EXPECT_EQ(rowInWords(key.substr(0, length)), "a row of no kind") << words << " " << length;
    }
  }
}

TEST(RowWords, OfAKeyThatIsNone) {
  for (const char* key : {"", "x", "Q12345678", "P1", "P12345", "L", "N"}) {
    EXPECT_EQ(rowInWords(key), "a row of no kind") << key;
  }
}

}  // namespace
}  // namespace robotledger
