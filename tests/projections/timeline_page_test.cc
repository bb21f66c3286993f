#include "projections/timeline_page.h"

#include <map>
#include <random>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

const std::vector<std::string> kNames = {"a", "ci", "deploy-web", std::string(255, 'x')};
constexpr Sequence kFirst{1000};
const Instant kTime{1'700'000'000'000'000};

std::string print(const Member& member) {
  return "#" + std::to_string(member.account.value) + " " + std::string(member.name) + " " +
         member.terms.expiry.text() + " " + std::to_string(member.terms.issued_at.us) + " " +
         std::to_string(member.terms.follows_since.us) + (member.system_level ? " system" : "");
}

std::string print(const MemberChange& change) {
  const std::string head =
      std::to_string(change.sequence.value) + " " + std::to_string(change.time.us) + " ";
  return head + (change.added ? "+" + print(change.member)
                              : "-#" + std::to_string(change.member.account.value));
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

  Member member(std::uint64_t account) {
    Member member{.account = AccountId{account}, .name = kNames[below(kNames.size())]};
    member.system_level = below(2) == 0;
    const Expiry expiries[] = {Expiry::system(), Expiry::never(), Expiry::days(90)};
    member.terms = {expiries[below(3)],
                    Instant{kTime.us - static_cast<std::int64_t>(below(1U << 30))},
                    Instant{kTime.us - static_cast<std::int64_t>(below(1U << 20))}};
    return member;
  }

  std::vector<Member> members() {
    std::vector<Member> members;
    std::uint64_t account = 0;
    for (std::uint64_t left = below(6); left > 0; --left) {
      account += 1 + below(300);
      members.push_back(member(account));
    }
    return members;
  }

  std::vector<MemberChange> changes(std::size_t count) {
    std::vector<MemberChange> changes;
    MemberChange change{.sequence = kFirst, .time = kTime};
    while (changes.size() < count) {
      change.added = below(3) > 0;
      change.member = member(1 + below(500));
      changes.push_back(change);
      change.sequence.value += below(200);
      change.time.us += static_cast<std::int64_t>(below(2) * below(1'000'000'000));
    }
    return changes;
  }

 private:
  std::mt19937_64 engine_;
};

// All that is in a page, as far as it can be read.
struct Read {
  std::vector<std::string> members;
  std::vector<std::string> changes;
  bool ok = false;
};

Read readPage(BytesView page) {
  Read read;
  PageReader reader(kFirst, kTime, page);
  Member member;
  while (reader.nextMember(member)) read.members.push_back(print(member));
  MemberChange change;
  while (reader.nextChange(change)) read.changes.push_back(print(change));
  read.ok = reader.ok();
  return read;
}

template <class T>
std::vector<std::string> printed(const std::vector<T>& things) {
  std::vector<std::string> texts;
  for (const T& thing : things) texts.push_back(print(thing));
  return texts;
}

PageBuilder build(const std::vector<Member>& members, const std::vector<MemberChange>& changes) {
  PageBuilder page(kFirst, kTime, members);
  for (const MemberChange& change : changes) page.add(change);
  return page;
}

TEST(TimelinePage, GivesBackItsSetAndItsChanges) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const auto members = random.members();
    const auto changes = random.changes(random.below(20));
    const PageBuilder page = build(members, changes);
    EXPECT_TRUE(page.hasWholeSet());
    EXPECT_EQ(page.setSize(), members.size());
    EXPECT_EQ(page.changes(), changes.size());
    const Read read = readPage(page.bytes());
    EXPECT_TRUE(read.ok);
    EXPECT_EQ(read.members, printed(members)) << "seed " << seed;
    EXPECT_EQ(read.changes, printed(changes)) << "seed " << seed;
  }
}

TEST(TimelinePage, WithoutASetIsNotOneWithAnEmptySet) {
  const PageBuilder without(kFirst, kTime);
  const PageBuilder empty(kFirst, kTime, {});
  EXPECT_FALSE(PageReader(kFirst, kTime, without.bytes()).hasWholeSet());
  EXPECT_TRUE(PageReader(kFirst, kTime, empty.bytes()).hasWholeSet());
  EXPECT_TRUE(readPage(without.bytes()).ok);
  EXPECT_TRUE(readPage(empty.bytes()).ok);
}

TEST(TimelinePage, IsResumedAnywhereWithTheSameBytes) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    const auto members = random.members();
    const auto changes = random.changes(12);
    const Bytes whole = build(members, changes).bytes();
    for (std::size_t stop = 0; stop <= changes.size(); ++stop) {
      const auto stored =
          build(members, {changes.begin(), changes.begin() + static_cast<int>(stop)});
      auto resumed = PageBuilder::resume(kFirst, kTime, stored.bytes());
      ASSERT_TRUE(resumed);
      EXPECT_EQ(resumed->changes(), stop);
      EXPECT_EQ(resumed->setSize(), members.size());
      for (std::size_t i = stop; i < changes.size(); ++i) resumed->add(changes[i]);
      EXPECT_EQ(resumed->bytes(), whole) << "seed " << seed << ", resumed at " << stop;
    }
  }
}

// Whether one list begins with the other.
bool isBeginning(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

TEST(TimelinePage, ThatIsCutShortIsDamagedOrEndsWithAChange) {
  Random random(3);
  const auto members = random.members();
  const auto changes = random.changes(10);
  const Bytes page = build(members, changes).bytes();
  std::size_t ends_with_a_change = 0;
  for (std::size_t length = 0; length < page.size(); ++length) {
    const Read read = readPage(BytesView(page).substr(0, length));
    EXPECT_TRUE(isBeginning(read.members, printed(members)));
    EXPECT_TRUE(isBeginning(read.changes, printed(changes)));
    const bool resumes = PageBuilder::resume(kFirst, kTime, page.substr(0, length)).has_value();
    EXPECT_EQ(resumes, read.ok);
    if (read.ok) ++ends_with_a_change;
  }
  EXPECT_EQ(ends_with_a_change, changes.size());
}

TEST(TimelinePage, WithOtherBytesIsDamagedOrMeansSomething) {
  Random random(4);
  const Bytes page = build(random.members(), random.changes(10)).bytes();
  std::size_t damaged = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes other = page;
    for (int flips = 0; flips <= i % 3; ++flips) {
      other[random.below(other.size())] = static_cast<char>(random.below(256));
    }
    PageReader reader(kFirst, kTime, other);
    MemberSet set;
    Member member;
    while (reader.nextMember(member)) set.add(member);
    MemberChange change;
    while (reader.nextChange(change)) {
      ASSERT_LE(change.time, kEndOfTime);
      set.change(change);
    }
    for (const Member& one : set.settle()) {
      ASSERT_LE(one.terms.issued_at, kEndOfTime);
      (void)expiresAt(one.terms, Settings{{{}, {}, 30}});
    }
    if (!reader.ok()) ++damaged;
  }
  EXPECT_GT(damaged, 1000U);
}

TEST(MemberSet, SettlesAsAMapWould) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    MemberSet set;
    std::map<std::uint64_t, std::string> model;
    std::uint64_t account = 0;
    for (std::uint64_t left = random.below(20); left > 0; --left) {
      account += 1 + random.below(4);
      const Member member = random.member(account);
      set.add(member);
      model[account] = print(member);
    }
    // Settled once and again: the changes in between start from what was settled.
    for (int round = 0; round < 3; ++round) {
      for (std::uint64_t left = random.below(30); left > 0; --left) {
        const Member member = random.member(1 + random.below(60));
        const bool added = random.below(2) == 0;
        set.change({.member = member, .added = added});
        if (added) {
          model[member.account.value] = print(member);
        } else {
          model.erase(member.account.value);
        }
      }
      std::vector<std::string> expected;
      for (const auto& [id, text] : model) expected.push_back(text);
      ASSERT_EQ(printed(set.settle()), expected) << "seed " << seed << ", round " << round;
    }
  }
}

}  // namespace
}  // namespace robotledger
