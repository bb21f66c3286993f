// What the verifier says of the saved copy of the state.
#include "core/wire/state_codec.h"
#include "tests/core/ledger/verifier_testing.h"

namespace robotledger {
namespace {

class GivenCopy final : public SavedStates {
 public:
  explicit GivenCopy(std::optional<Bytes> bytes) : bytes_(std::move(bytes)) {}
  Result<std::optional<Bytes>> load() override { return bytes_; }
  Result<void> save(BytesView) override { return {}; }

 private:
  std::optional<Bytes> bytes_;
};

StateImage imageAt(std::uint64_t size) {
  State state;
  for (std::uint64_t sequence = 0; sequence < size; ++sequence) {
    EXPECT_TRUE(state.apply(eventNumber(sequence)));
  }
  return state.image();
}

std::string faultOfCopy(const Bytes& bytes) {
  GivenCopy copy(bytes);
  return faultOf(manyEvents(), &copy);
}

std::string faultOfCopy(const StateImage& image) {
  return faultOfCopy(encodeState(image, *rootAt(manyEvents(), image.size)));
}

TEST(VerifierOfCopies, FindsNothingWrongWithACopyOfAnySize) {
  for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{5000}, kManyEvents}) {
    const StateImage image = imageAt(size);
    GivenCopy copy(encodeState(image, *rootAt(manyEvents(), image.size)));
    const auto verified = verifyLog(manyEvents(), {.copies = &copy});
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->copy, TreeSize{size});
  }
  GivenCopy none(std::nullopt);
  EXPECT_EQ(faultOf(manyEvents(), &none), "none");
}

TEST(VerifierOfCopies, SaysThatACopyIsDamaged) {
  Bytes bytes = encodeState(imageAt(5000), Digest{});
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  EXPECT_TRUE(faultOfCopy(bytes).starts_with("the saved state is damaged: "));
  EXPECT_TRUE(faultOfCopy(Bytes()).starts_with("the saved state is damaged: "));
}

TEST(VerifierOfCopies, NamesWhatACopyHasThatTheEventsDoNotGive) {
  const std::string differs = "the saved state differs from what the first 5000 events give, in ";
  StateImage image = imageAt(5000);
  image.accounts[0].status = AccountStatus::kEnabled;
  EXPECT_EQ(faultOfCopy(image), differs + "account 1");
  image = imageAt(5000);
  image.accounts.push_back(image.accounts[0]);
  image.accounts[1].id = AccountId{9};
  image.accounts[1].name = "one-more";
  EXPECT_EQ(faultOfCopy(image), differs + "account 9");
  image.accounts.clear();
  EXPECT_EQ(faultOfCopy(image), differs + "account 1");
  image = imageAt(5000);
  image.projects[0].name = "other";
  EXPECT_EQ(faultOfCopy(image), differs + "project 1");
  image = imageAt(5000);
  image.operators[0].roles.insert(Role::kAuditor);
  EXPECT_EQ(faultOfCopy(image), differs + "operator 1");
  image = imageAt(5000);
  image.settings[0].days = 31;
  EXPECT_EQ(faultOfCopy(image), differs + "the settings or the counters");
}

TEST(VerifierOfCopies, SaysThatACopyIsOfAnotherLedgerOrLog) {
  StateImage image = imageAt(5000);
  image.ledger_id = {8};
  EXPECT_EQ(faultOfCopy(image), "the saved state is of another ledger");
  EXPECT_TRUE(faultOfCopy(encodeState(imageAt(5000), Digest{}))
                  .starts_with("the saved state is of another log: its root at 5000 events is "));
}

TEST(VerifierOfCopies, SaysThatACopyHasMoreEventsThanTheLog) {
  EXPECT_EQ(faultOfCopy(encodeState(imageAt(kManyEvents + 3), Digest{})),
            "the saved state was made of 66239 events, and the log has 66236");
}

TEST(VerifierOfCopies, SpeaksOfTheLogFirst) {
  GivenCopy copy{Bytes()};
  LyingLog log(manyEvents());
  log.change(785, otherEntry(785));
  EXPECT_TRUE(faultOf(log, &copy).starts_with("record 785 was changed"));
}

}  // namespace
}  // namespace robotledger
