#include "api/login/last_used.h"

#include <chrono>
#include <filesystem>
#include <thread>
#include <vector>

#include "api/login/last_used_file.h"
#include "core/base/files.h"
#include "tests/api/login/login_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr Instant kBegan{1'700'000'000'000'000};

class FixedClock final : public Clock {
 public:
  Instant now() override { return kBegan; }
};

struct Noting {
  TestFolder folder;
  FixedClock clock;
  std::vector<std::string> told;

  std::string path() const { return folder / "last-used"; }
  std::unique_ptr<LastUsed> open(std::function<bool(AccountId)> lives = {}) {
    auto opened =
        LastUsed::open(path(), {.lives = std::move(lives),
                                .tell = [this](const std::string& what) { told.push_back(what); },
                                .clock = &clock});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *std::move(opened) : nullptr;
  }
};

Instant after(std::int64_t us) { return Instant{kBegan.us + us}; }

TEST(LastUsed, TheLatestUseCountsAndIsInTheFileInTheEnd) {
  Noting noting;
  EXPECT_EQ(readLastUsed(noting.path()).error().code, ErrorCode::kNotFound);
  {
    const auto uses = noting.open();
    EXPECT_EQ(readLastUsed(noting.path())->since, kBegan);
    uses->note(AccountId{7}, "10.0.0.7", after(5));
    uses->note(AccountId{7}, "10.0.0.8", after(9));
    uses->note(AccountId{7}, "10.0.0.9", after(8));
    uses->note(AccountId{8}, "2001:db8::1", after(1));
    EXPECT_EQ(uses->current().uses.at(AccountId{7}), (LastUse{after(9), "10.0.0.8"}));
    uses->note(AccountId{8}, "10.0.0.8", after(0));
    const LastUses one = uses->currentOf(AccountId{8});
    EXPECT_EQ(one.since, kBegan);
    EXPECT_EQ(one.uses.size(), 1U);
    EXPECT_EQ(one.uses.at(AccountId{8}), (LastUse{after(1), "2001:db8::1"}));
    EXPECT_TRUE(uses->currentOf(AccountId{9}).uses.empty());
  }
  const auto read = readLastUsed(noting.path());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->since, kBegan);
  EXPECT_EQ(read->uses.size(), 2U);
  EXPECT_EQ(read->uses.at(AccountId{7}), (LastUse{after(9), "10.0.0.8"}));
  EXPECT_EQ(read->uses.at(AccountId{8}), (LastUse{after(1), "2001:db8::1"}));
  EXPECT_EQ(fs::status(noting.path()).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST(LastUsed, GoesOnWithWhatWasNotedAndDropsTheDead) {
  Noting noting;
  {
    const auto uses = noting.open();
    for (std::uint64_t id = 1; id <= 10; ++id) uses->note(AccountId{id}, "10.0.0.7", after(5));
  }
  {
    const auto uses = noting.open([](AccountId id) { return id.value % 2 == 0; });
    EXPECT_EQ(uses->current().uses.size(), 5U);
    uses->note(AccountId{2}, "10.0.0.8", after(4));
    uses->note(AccountId{4}, "10.0.0.8", after(6));
    ASSERT_TRUE(uses->flush());
    const auto read = readLastUsed(noting.path());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->uses.size(), 5U);
    EXPECT_EQ(read->uses.at(AccountId{2}).address, "10.0.0.7");
    EXPECT_EQ(read->uses.at(AccountId{4}).address, "10.0.0.8");
  }
  EXPECT_TRUE(noting.told.empty());
}

TEST(LastUsed, IsWrittenByItselfAFewSecondsLater) {
  Noting noting;
  const auto uses = noting.open();
  uses->note(AccountId{7}, "10.0.0.7", after(5));
  for (int i = 0; i < 300 && readLastUsed(noting.path())->uses.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(readLastUsed(noting.path())->uses.size(), 1U);
}

TEST(LastUsed, NotesOfManyThreadsAreAllKept) {
  Noting noting;
  const auto uses = noting.open();
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::uint64_t i = 0; i < 20000; ++i) {
        uses->note(AccountId{i % 1000}, "10.0.0.7", after(static_cast<std::int64_t>(i)));
        const bool flushes = thread == 0 && i % 4000 == 0;
        EXPECT_TRUE(!flushes || uses->flush());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const LastUses current = uses->current();
  ASSERT_EQ(current.uses.size(), 1000U);
  for (std::uint64_t id = 0; id < 1000; ++id) {
    EXPECT_EQ(current.uses.at(AccountId{id}).at, after(static_cast<std::int64_t>(19000 + id)));
  }
}

TEST(LastUsed, AFileThatIsNotWhatWasWrittenIsPutAsideAndNotingBeginsAnew) {
  Noting noting;
  {
    const auto uses = noting.open();
    uses->note(AccountId{7}, "10.0.0.7", after(5));
  }
  fs::resize_file(noting.path(), fs::file_size(noting.path()) - 1);
  EXPECT_EQ(readLastUsed(noting.path()).error().code, ErrorCode::kDamaged);
  const auto uses = noting.open();
  EXPECT_TRUE(uses->current().uses.empty());
  ASSERT_EQ(noting.told.size(), 1U);
  EXPECT_TRUE(fs::exists(noting.path() + ".damaged"));
  EXPECT_TRUE(readLastUsed(noting.path()));
}

TEST(LastUsed, WhereItCannotBeWrittenItIsToldAndTriedAgain) {
  Noting noting;
  const auto uses = noting.open();
  uses->note(AccountId{7}, "10.0.0.7", after(5));
  // A folder where the file beside it is made stands in the way of anybody, root too.
  fs::create_directory(noting.path() + ".new");
  EXPECT_EQ(uses->flush().error().code, ErrorCode::kIo);
  EXPECT_TRUE(readLastUsed(noting.path())->uses.empty());
  fs::remove(noting.path() + ".new");
  EXPECT_TRUE(uses->flush());
  EXPECT_EQ(readLastUsed(noting.path())->uses.size(), 1U);
}

TEST(LastUsed, AddressesThatAreNoneDoNotGetIntoTheFile) {
  Noting noting;
  const auto uses = noting.open();
  const std::string strange[] = {"", "two words", "a\nend 0 00000000", std::string(65, 'a'),
                                 "\xff"};
  std::uint64_t id = 0;
  for (const std::string& address : strange) uses->note(AccountId{++id}, address, after(5));
  ASSERT_TRUE(uses->flush());
  const auto read = readLastUsed(noting.path());
  ASSERT_TRUE(read);
  for (const auto& [account, use] : read->uses) EXPECT_EQ(use.address, "?") << account.value;
  EXPECT_EQ(read->uses.size(), std::size(strange));
}

TEST(LastUsedFile, HasOneSpellingAndNoOtherIsRead) {
  const LastUses uses{.since = kBegan,
                      .uses = {{AccountId{7}, {after(5), "10.0.0.7"}},
                               {AccountId{12}, {after(kUsPerSecond), "?"}}}};
  const Bytes text = formatLastUsed(uses);
  EXPECT_EQ(text.substr(0, text.rfind(' ')),
            "robotledger last used 1\n"
            "since 2023-11-14T22:13:20Z\n"
            "7 2023-11-14T22:13:20.000005Z 10.0.0.7\n"
            "12 2023-11-14T22:13:21Z ?\n"
            "end 2");
  EXPECT_EQ(parseLastUsed(text), uses);
  EXPECT_EQ(parseLastUsed(formatLastUsed({.since = kBegan, .uses = {}}))->uses.size(), 0U);
  for (std::size_t i = 0; i < text.size(); ++i) {
    Bytes other = text;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(parseLastUsed(other)) << i;
    EXPECT_FALSE(parseLastUsed(text.substr(0, i))) << i;
  }
  EXPECT_FALSE(parseLastUsed(text + "\n"));
}

TEST(LastUsed, AUseFromBeforeTheAccountWasMadeIsAnothers) {
  const LastUses uses{.since = kBegan, .uses = {{AccountId{7}, {after(5), "10.0.0.7"}}}};
  EXPECT_NE(uses.find(AccountId{7}, after(5)), nullptr);
  EXPECT_EQ(uses.find(AccountId{7}, after(6)), nullptr);
  EXPECT_EQ(uses.find(AccountId{8}, kBegan), nullptr);
}

}  // namespace
}  // namespace robotledger
