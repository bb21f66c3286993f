#include "core/wire/state_codec.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

using testing::HasSubstr;

constexpr std::size_t kDigestBytes = 32;

Digest root() {
  Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<std::uint8_t>(i + 1);
  return digest;
}

StateImage sampleImage() {
  const ProjectId web{1};
  StateImage image;
  image.origin = "ledger.example/robots-3";
  image.former_origins = {"ledger.example/robots", "ledger.example/robots-2"};
  image.verifier_key = "ledger.example/robots-3+5ab8f56d+AYqI4910CfGV";
  image.ledger_id.fill(0xa5);
  image.size = TreeSize{70000};
  image.last_time = Instant{1740821400000000};
  image.next_account = AccountId{4};
  image.next_project = ProjectId{3};
  image.next_operator = OperatorId{3};
  image.service = {600, "helm", "harbor-registry"};
  image.settings = {{Instant{0}, Sequence{0}, 30},
                    {Instant{1740821400000000}, Sequence{69999}, 2147483646}};
  image.projects = {{web, "web"}, {ProjectId{2}, "api"}};
  image.operators = {{OperatorId{1}, "admin", {Role::kSystemAdmin, Role::kAuditor}, {}},
                     {OperatorId{2},
                      "bob",
                      {},
                      {web, ProjectId{2}},
                      SecretHash{SecretHash::Kind::kChosen, Bytes(32, 'p'), Bytes(16, 's'), 0}}};
  image.accounts = {{AccountId{1},
                     "ci",
                     "Bau und Prüfung",
                     {{Scope::inProject(web), kPushImage}, {Scope::inProject(web), kPushChart}},
                     {Expiry::days(90), Instant{5}, Instant{6}},
                     web,
                     AccountStatus::kDisabled},
                    {AccountId{2},
                     "mirror",
                     "",
                     {{Scope::allProjects(), kPullImage}},
                     {Expiry::never(), Instant{-7}, Instant{8}},
                     ProjectId{0},
                     AccountStatus::kEnabled},
                    {AccountId{3}, "bare", "", {}, {}, web, AccountStatus::kEnabled}};
  return image;
}

// With the digest of what it has become.
Bytes sealed(Bytes file) {
  file.resize(file.size() - kDigestBytes);
  file.append(digestBytes(sha256(file)));
  return file;
}

void expectDamaged(BytesView file, const std::string& why) {
  const Result<SavedState> saved = decodeState(file);
  ASSERT_FALSE(saved) << why;
  EXPECT_EQ(saved.error().code, ErrorCode::kDamaged);
  EXPECT_THAT(saved.error().message, HasSubstr(why));
}

TEST(StateCodec, AStateComesBackAsItWas) {
  const Result<SavedState> saved = decodeState(encodeState(sampleImage(), root()));
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->image, sampleImage());
  EXPECT_EQ(saved->root, root());
}

TEST(StateCodec, AnEmptyStateComesBackToo) {
  const Result<SavedState> saved = decodeState(encodeState(StateImage{}, Digest{}));
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(*saved, SavedState{});
}

TEST(StateCodec, TheSameStateGivesTheSameBytes) {
  EXPECT_EQ(encodeState(sampleImage(), root()), encodeState(sampleImage(), root()));
}

TEST(StateCodec, EveryFlippedBitIsFound) {
  Bytes file = encodeState(sampleImage(), root());
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    const auto flip = static_cast<char>(1 << (bit % 8));
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ flip);
    const Result<SavedState> saved = decodeState(file);
    ASSERT_FALSE(saved) << "bit " << bit;
    EXPECT_EQ(saved.error().code, ErrorCode::kDamaged);
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ flip);
  }
}

TEST(StateCodec, EveryTruncationIsFound) {
  const Bytes file = encodeState(sampleImage(), root());
  for (std::size_t size = 0; size < file.size(); ++size) {
    ASSERT_FALSE(decodeState(BytesView(file).substr(0, size))) << size;
  }
  ASSERT_FALSE(decodeState(file + '\0'));
  ASSERT_FALSE(decodeState(file + Bytes(8, '\0')));
}

// Whoever can write the file can write its digest.
TEST(StateCodec, DamageUnderAFittingDigestIsAnErrorOrSomeState) {
  const Bytes file = encodeState(sampleImage(), root());
  std::mt19937_64 random(11);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    Bytes other = file;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      other[8 + random() % (other.size() - 8 - kDigestBytes)] = static_cast<char>(random());
    }
    const Result<SavedState> saved = decodeState(sealed(other));
    refused += saved ? 0 : 1;
    if (!saved) {
      ASSERT_EQ(saved.error().code, ErrorCode::kDamaged);
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_LT(refused, 5000);
}

TEST(StateCodec, WhatIsWrongIsSaid) {
  const Bytes file = encodeState(sampleImage(), root());
  expectDamaged("", "it does not begin with RLSTATE3");
  expectDamaged("RLSTATE2" + file.substr(8), "it does not begin with RLSTATE3");
  expectDamaged("RLSTATE3", "none is 8 bytes long");
  expectDamaged(file.substr(0, file.size() - 8), "its digest does not fit");
  Bytes longer = file;
  longer.insert(longer.size() - kDigestBytes, 8, '\0');
  expectDamaged(sealed(longer), "there is more after its end");
}

TEST(StateCodec, TheAddressOfTheBytesDoesNotMatter) {
  const Bytes file = encodeState(sampleImage(), root());
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const Bytes shifted = Bytes(shift, 'x') + file;
    const Result<SavedState> saved = decodeState(BytesView(shifted).substr(shift));
    ASSERT_TRUE(saved) << shift;
    EXPECT_EQ(saved->image, sampleImage());
  }
}

// More than a reader of Cap'n Proto takes unless it is told.
TEST(StateCodec, AStateOfMoreThanSixtyFourMegabytesIsNotTooLarge) {
  StateImage image = sampleImage();
  image.accounts.resize(1);
  image.accounts[0].description = std::string(kMaxTextBytes, 'd');
  image.accounts.resize(70000, image.accounts[0]);
  const Bytes file = encodeState(image, root());
  ASSERT_GT(file.size(), std::size_t{64} << 20);
  const Result<SavedState> saved = decodeState(file);
  ASSERT_TRUE(saved) << saved.error().message;
  EXPECT_EQ(saved->image, image);
}

}  // namespace
}  // namespace robotledger
