// Breaks the files of a whole ledger, its log, guard, saved state and views, once and at every
// place there is: a call of the system fails, the disk gets full, a bit is read wrong. What was
// acknowledged has to be there when the ledger is opened again, nothing that was refused may be,
// every answer is right or says what is wrong, and `verify` finds nothing.
//
// A failure says what to set to see it again alone; threads make a run alike, not the same.
#include <cerrno>

#include <gtest/gtest.h>

#include "core/wire/state_codec.h"
#include "tests/crash/broken_calls.h"
#include "tests/crash/crash_testing.h"
#include "tests/crash/known_ledger.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenings = 2;
constexpr int kJobs = 4;
constexpr std::uint64_t kRoomStep = 2048;
constexpr std::uint64_t kPrime = 1000003;  // so that each place has random numbers of its own

// A ledger's directory, and what is known to be in it.
struct Site {
  TestDirectory room{roomForDirectories()};
  fs::path path = room.path() / "data";
  Acknowledged known;
  bool unknown = false;  // whether there may be more
  std::string said;      // every error there was

  void note(const Error& error) { said += error.message + "\n"; }
};

bool make(Site& site) {
  const auto made = createLedger(site.path.string(), {.origin = "fault.example/robots"});
  if (made) return true;
  const ErrorCode code = made.error().code;
  EXPECT_TRUE(code == ErrorCode::kIo || code == ErrorCode::kOutcomeUnknown) << made.error().message;
  site.note(made.error());
  return false;
}

// What was found when it was opened is what was known, or more where nobody knew.
void settle(Site& site, const LogStore& log) {
  ASSERT_GE(log.head().size, site.known.size) << "acknowledged events are gone";
  if (!site.unknown) {
    ASSERT_TRUE(site.known.size.value == 0 || log.head().size == site.known.size)
        << "what was refused is there";
  }
  site.known = Acknowledged::of(log);
  site.unknown = false;
}

// Commands and questions, until nothing more is taken.
void work(Site& site, OpenLedger& opened, std::mt19937& random) {
  for (int i = 0; i < kJobs; ++i) {
    const auto done = opened.ledger().run(randomJob(random));
    if (done) {
      site.known = Acknowledged::of(opened.log());
      const auto view = opened.view();
      if (!view) site.note(view.error());
      continue;
    }
    site.note(done.error());
    const ErrorCode code = done.error().code;
    ASSERT_TRUE(code == ErrorCode::kIo || code == ErrorCode::kOutcomeUnknown)
        << done.error().message;
    if (code == ErrorCode::kIo) continue;
    site.unknown = true;
    return;
  }
}

void openAndWork(Site& site, std::mt19937& random) {
  const auto opened = OpenLedger::open(site.path.string(), {});
  if (!opened) {
    EXPECT_EQ(opened.error().code, ErrorCode::kIo) << opened.error().message;
    return site.note(opened.error());
  }
  ASSERT_NO_FATAL_FAILURE(settle(site, (*opened)->log()));
  work(site, **opened, random);
}

// On files that work.
void expectAllIsThere(Site& site, std::mt19937& random) {
  std::string told;
  const auto opened = OpenLedger::open(site.path.string(),
                                       {.tell = [&](const std::string& what) { told += what; }});
  ASSERT_TRUE(opened) << opened.error().message;
  ASSERT_NO_FATAL_FAILURE(settle(site, (*opened)->log()));
  expectWhole((*opened)->log(), site.known);
  const auto verified = (*opened)->verify(VerifyScope::kEverything, {});
  ASSERT_TRUE(verified) << verified.error().message << "; told: " << told;
  // It goes on from there.
  const auto done = (*opened)->ledger().run(randomJob(random));
  ASSERT_TRUE(done) << done.error().message;
  const auto view = (*opened)->view();
  ASSERT_TRUE(view) << view.error().message;
  ASSERT_EQ(rowsIn(*(*view)->rows), builtFrom((*opened)->log()));
}

TEST(LedgerFaults, AnyCallThatFailsOnceLosesNothing) {
  const auto places = atEveryPlace({1, 15, 3}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    Site site;
    Place met = Place::kMet;
    std::string broken;
    {
      EXPECT_TRUE(make(site));
      BrokenCalls calls(site.path.string());
      calls.failAt(at, seed % 2 == 0 ? ENOSPC : EIO);
      for (int i = 0; i < kOpenings; ++i) openAndWork(site, random);
      if (calls.made() < at) met = Place::kNone;
      broken = calls.broken();
    }
    SCOPED_TRACE(broken + ": " + site.said);
    expectAllIsThere(site, random);
    return met;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 50U);
}

TEST(LedgerFaults, AMakingThatFailsAtAnyCallLeavesNothingAndCanBeTriedAgain) {
  const auto places = atEveryPlace({1, 10}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    Site site;
    Place met = Place::kMet;
    std::string broken;
    {
      BrokenCalls calls(site.path.string());
      calls.failAt(at, seed % 2 == 0 ? ENOSPC : EIO);
      if (!make(site)) {
        EXPECT_FALSE(fs::exists(site.path)) << calls.broken();
        EXPECT_TRUE(make(site)) << calls.broken() << ": " << site.said;
      }
      if (calls.made() < at) met = Place::kNone;
      broken = calls.broken();
    }
    SCOPED_TRACE(broken + ": " + site.said);
    expectAllIsThere(site, random);
    return met;
  });
  EXPECT_GT(places, 20U);
}

bool saysFull(const std::string& said) {
  return said.find("no space left") != std::string::npos ||
         said.find("No space left") != std::string::npos;
}

TEST(LedgerFaults, ADiskThatGetsFullLosesNothingAndIsNamed) {
  const auto places = atEveryPlace({1, 20}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    Site site;
    Place met = Place::kNone;
    {
      BrokenCalls calls(site.path.string());
      calls.leaveRoomFor(at * kRoomStep - random() % kRoomStep);
      const bool made = make(site);
      for (int i = 0; made && i < kOpenings; ++i) openAndWork(site, random);
      if (calls.gotFull()) met = Place::kMet;
      EXPECT_TRUE(site.said.empty() || saysFull(site.said)) << site.said;
      calls.leaveAllRoom();
      EXPECT_TRUE(made || make(site)) << site.said;
    }
    SCOPED_TRACE(site.said);
    expectAllIsThere(site, random);
    return met;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 10U);
}

// The views are built again, so that no event waits for them.
TEST(LedgerFaults, WhereTheViewsDiskIsFullEventsAreAcknowledgedAllTheSame) {
  const auto places = atEveryPlace({1, 20}, [](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed));
    Site site;
    EXPECT_TRUE(make(site));
    openAndWork(site, random);
    std::uint64_t refused = 0;
    BrokenCalls calls((site.path / "views").string());
    {
      const auto opened = OpenLedger::open(site.path.string(), {});
      EXPECT_TRUE(opened);
      calls.leaveRoomFor((at - 1) * kRoomStep);
      for (int i = 0; i < kJobs; ++i) {
        if (!(*opened)->ledger().run(randomJob(random))) refused += 1;
      }
      if (auto rebuilt = (*opened)->rebuildViews(); !rebuilt) site.note(rebuilt.error());
      if (auto view = (*opened)->view(); !view) site.note(view.error());
      site.known = Acknowledged::of((*opened)->log());
    }
    EXPECT_EQ(refused, 0U);
    EXPECT_TRUE(site.said.empty() || saysFull(site.said)) << site.said;
    openAndWork(site, random);  // there is no room still, and that is said
    const Place met = calls.gotFull() ? Place::kMet : Place::kNone;
    calls.leaveAllRoom();
    SCOPED_TRACE(site.said);
    expectAllIsThere(site, random);
    return met;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 5U);
}

TEST(LedgerFaults, ABitThatIsReadWrongIsFoundOrOfNoEffectAndLosesNothing) {
  const SmallLedger made;
  const std::string small = made.path().string();
  std::uint64_t said = 0;
  const auto places = atEveryPlace({1, 40}, [&](std::uint64_t seed, std::uint64_t at) {
    std::mt19937 random(static_cast<unsigned>(seed * kPrime + at));
    const TestDirectory room(roomForDirectories());
    const fs::path path = room.path() / "data";
    fs::copy(small, path, fs::copy_options::recursive);
    std::string told;
    std::string flipped;
    {
      BrokenCalls calls(path.string());
      calls.flipBitInRead(at, static_cast<std::uint32_t>(random()));
      const auto found = readAll(path, made.contents(), Looking::kReads, told);
      flipped = calls.flipped();
      if (found || !told.empty()) said += 1;
    }
    SCOPED_TRACE(flipped + "; told: " + told);
    const auto left = readAll(path, made.contents(), Looking::kReadsAndVerifies, told);
    if (left) ADD_FAILURE() << left->message;
    return flipped.empty() ? Place::kNone : Place::kMet;
  });
  EXPECT_TRUE(onePlaceAlone() || places > 50U);
  EXPECT_TRUE(onePlaceAlone() || said > 0U);
}

// Of two copies there is the one or the other, whole, and nothing beside it.
TEST(LedgerFaults, ACopyOfTheStateThatCannotBeSavedLeavesTheOneBefore) {
  const auto places = atEveryPlace({1, 1}, [](std::uint64_t, std::uint64_t at) {
    const TestDirectory room(roomForDirectories());
    const auto copies = savedStatesIn((room.path() / "state").string());
    EXPECT_TRUE(copies->save("the first copy"));
    BrokenCalls calls(room.path().string());
    calls.failAt(at, EIO);
    const bool saved = copies->save("another").has_value();
    calls.failAt(0, 0);
    EXPECT_EQ(copies->load().value(), saved ? "another" : "the first copy");
    EXPECT_EQ(std::distance(fs::directory_iterator(room.path()), {}), 1);
    return saved ? Place::kNone : Place::kMet;
  });
  EXPECT_TRUE(onePlaceAlone() || places >= 4U);  // open, write, fsync, rename
}

}  // namespace
}  // namespace robotledger
