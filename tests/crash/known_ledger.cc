#include "tests/crash/known_ledger.h"

#include <random>

#include "core/ledger/saved_state.h"
#include "core/wire/state_codec.h"
#include "tests/crash/crash_testing.h"

namespace robotledger {
namespace {

namespace fs = std::filesystem;

constexpr int kOpenings = 4;
constexpr int kJobs = 3;

// As a question does: where it finds damaged views, they are built anew.
Result<Rows> rowsOf(OpenLedger& opened) {
  return opened.ask([](const View& view) -> Result<Rows> {
    Rows all;
    const auto cursor = view.rows->cursor();
    for (cursor->seek(""); cursor->valid(); cursor->next()) {
      all.emplace_back(cursor->key(), cursor->value());
    }
    if (auto walked = cursor->status(); !walked) return walked.error();
    return all;
  });
}

Result<StateImage> stateOf(OpenLedger& opened) {
  StateImage image;
  const auto looked = opened.ledger().inspect([&](const State& state) { image = state.image(); });
  if (!looked) return looked.error();
  return image;
}

Contents contentsOf(OpenLedger& opened) {
  Contents all{.records = {}, .head = opened.log().head(), .state = {}, .rows = {}};
  for (std::uint64_t i = 0; i < all.head.size.value; ++i) {
    all.records.push_back(opened.log().read(Sequence{i}).value());
  }
  all.state = stateOf(opened).value();
  all.rows = rowsOf(opened).value();
  return all;
}

// The first error in what is read; what is read is as it was.
void readOpened(OpenLedger& opened, const Contents& right, std::optional<Error>& first) {
  ASSERT_EQ(opened.log().head(), right.head);
  const auto note = [&](const Error& error) {
    if (!first) first = error;
  };
  for (std::uint64_t i = 0; i < right.records.size(); ++i) {
    const auto record = opened.log().read(Sequence{i});
    if (!record) {
      note(record.error());
    } else {
      ASSERT_EQ(*record, right.records[i]) << "record " << i;
    }
  }
  const auto state = stateOf(opened);
  if (!state) {
    note(state.error());
  } else {
    ASSERT_EQ(*state, right.state);
  }
  const auto rows = rowsOf(opened);
  if (!rows) {
    note(rows.error());
  } else {
    ASSERT_EQ(*rows, right.rows);
  }
}

}  // namespace

SmallLedger::SmallLedger(const std::string& guard)
    : room_(roomForDirectories()), path_(room_.path() / "data") {
  EXPECT_TRUE(createLedger(path_.string(), {.origin = "small.example/robots"}, {.guard = guard}));
  std::mt19937 random(1);
  for (int i = 0; i < kOpenings; ++i) {
    const auto opened = OpenLedger::open(path_.string(), {});
    EXPECT_TRUE(opened);
    for (int job = 0; job < kJobs; ++job) EXPECT_TRUE((*opened)->ledger().run(randomJob(random)));
    contents_ = contentsOf(**opened);
  }
  // As a ledger of many events leaves it.
  EXPECT_TRUE(savedStatesIn((path_ / "state").string())
                  ->save(encodeState(contents_.state, contents_.head.root)));
}

std::optional<Error> readAll(const fs::path& path, const Contents& right, Looking looking,
                             std::string& told) {
  const auto opened = OpenLedger::open(
      path.string(), {.views_cache_bytes = std::size_t{1} << 20,
                      .tell = [&](const std::string& what) { told += what + "\n"; }});
  if (!opened) return opened.error();
  std::optional<Error> first;
  readOpened(**opened, right, first);
  if (looking == Looking::kReads || testing::Test::HasFatalFailure()) return first;
  const auto verified = (*opened)->verify(VerifyScope::kEverything, {});
  if (!verified) return first ? first : verified.error();
  if (first) ADD_FAILURE() << "verified, but not read: " << first->message;
  return first;
}

}  // namespace robotledger
