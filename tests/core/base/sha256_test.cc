#include "core/base/sha256.h"

#include <gtest/gtest.h>

namespace robotledger {
namespace {

std::string hexOf(const Digest& digest) { return toHex(digestBytes(digest)); }

struct Vector {
  std::string message;
  std::string_view digest;
};

// The examples of FIPS 180-4 (NIST, "SHA-256 examples"), and the empty message.
const Vector kVectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
     "lmnopqrsmnopqrstnopqrstu",
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {std::string(1000000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

TEST(Sha256, GivesTheDigestsOfTheStandard) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(hexOf(sha256(vector.message)), vector.digest) << vector.message.size() << " bytes";
  }
}

TEST(Sha256, OfPiecesIsThatOfTheWhole) {
  for (const Vector& vector : kVectors) {
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{100000}}) {
      if (vector.message.size() / piece > 20000) continue;
      Sha256 hash;
      for (std::size_t at = 0; at < vector.message.size(); at += piece) {
        hash.update(BytesView(vector.message).substr(at, piece));
      }
      EXPECT_EQ(hexOf(hash.finish()), vector.digest);
    }
  }
}

TEST(Sha256, StartsAnewAfterItsEnd) {
  Sha256 hash;
  hash.update("something");
  hash.finish();
  hash.update("abc");
  EXPECT_EQ(hash.finish(), sha256("abc"));
  EXPECT_EQ(hash.finish(), sha256(""));
}

TEST(Digest, IsReadBackFromItsBytes) {
  const Digest digest = sha256("abc");
  EXPECT_EQ(digestFrom(Bytes(digestBytes(digest))), digest);
  EXPECT_DEATH(digestFrom("too short"), "32 bytes");
}

}  // namespace
}  // namespace robotledger
