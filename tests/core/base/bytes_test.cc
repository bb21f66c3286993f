#include "core/base/bytes.h"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace robotledger {
namespace {

template <class Int>
constexpr Int kMost = std::numeric_limits<Int>::max();
template <class Int>
constexpr Int kLeast = std::numeric_limits<Int>::min();

Bytes varint(std::uint64_t value) {
  Bytes out;
  putVarint(out, value);
  return out;
}

Bytes signedVarint(std::int64_t value) {
  Bytes out;
  putSigned(out, value);
  return out;
}

TEST(BigEndian, HasTheHighestByteFirst) {
  Bytes out;
  putBigEndian16(out, 0x0102);
  putBigEndian32(out, 0x03040506);
  putBigEndian64(out, 0x0708090a0b0c0d0e);
  EXPECT_EQ(toHex(out), "0102030405060708090a0b0c0d0e");
  ByteReader in(out);
  EXPECT_EQ(in.bigEndian16(), 0x0102);
  EXPECT_EQ(in.bigEndian32(), 0x03040506U);
  EXPECT_EQ(in.bigEndian64(), 0x0708090a0b0c0d0eU);
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.atEnd());
}

TEST(BigEndian, SortsAsTheNumbersDo) {
  Bytes before;
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255},
                                    std::uint64_t{256}, kMost<std::uint64_t>}) {
    Bytes now;
    putBigEndian64(now, value);
    EXPECT_LT(before, now);
    before = now;
  }
}

TEST(Varint, IsAsShortAsItsNumber) {
  EXPECT_EQ(toHex(varint(0)), "00");
  EXPECT_EQ(toHex(varint(127)), "7f");
  EXPECT_EQ(toHex(varint(128)), "8001");
  EXPECT_EQ(toHex(varint(300)), "ac02");
  EXPECT_EQ(toHex(varint(kMost<std::uint64_t>)), "ffffffffffffffffff01");
}

TEST(Varint, IsReadBackAtEveryBoundary) {
  for (int bits = 0; bits < 64; ++bits) {
    for (const std::uint64_t near : {kMost<std::uint64_t>, std::uint64_t{0}, std::uint64_t{1}}) {
      const std::uint64_t value = (std::uint64_t{1} << bits) + near;
      const Bytes bytes = varint(value);
      ByteReader in(bytes);
      EXPECT_EQ(in.varint(), value);
      EXPECT_TRUE(in.ok() && in.atEnd()) << value;
    }
  }
}

TEST(Varint, IsRefusedWhereverItIsCutOff) {
  for (const std::uint64_t value :
       {std::uint64_t{128}, std::uint64_t{1} << 62, kMost<std::uint64_t>}) {
    const Bytes whole = varint(value);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      ByteReader in(BytesView(whole).substr(0, length));
      EXPECT_EQ(in.varint(), 0U);
      EXPECT_FALSE(in.ok()) << value << " in " << length;
    }
  }
}

TEST(Varint, IsRefusedBeyond64Bits) {
  const Bytes two_to_the_64th = *fromHex("80808080808080808002");
  const Bytes eleven_bytes = *fromHex("8080808080808080808000");
  for (const Bytes& bytes : {two_to_the_64th, eleven_bytes}) {
    ByteReader in(bytes);
    EXPECT_EQ(in.varint(), 0U);
    EXPECT_FALSE(in.ok()) << toHex(bytes);
  }
}

TEST(SignedVarint, IsShortOnBothSidesOfZero) {
  EXPECT_EQ(toHex(signedVarint(0)), "00");
  EXPECT_EQ(toHex(signedVarint(-1)), "01");
  EXPECT_EQ(toHex(signedVarint(1)), "02");
  EXPECT_EQ(signedVarint(-64).size(), 1U);
  for (const std::int64_t value :
       {kLeast<std::int64_t>, std::int64_t{-65}, std::int64_t{64}, kMost<std::int64_t>}) {
    const Bytes bytes = signedVarint(value);
    ByteReader in(bytes);
    EXPECT_EQ(in.signedVarint(), value);
    EXPECT_TRUE(in.ok() && in.atEnd());
  }
}

TEST(Text, IsItsLengthAndItsBytes) {
  Bytes out;
  putText(out, BytesView("a\0b", 3));
  putText(out, "");
  EXPECT_EQ(toHex(out), "0361006200");
  ByteReader in(out);
  EXPECT_EQ(in.text(), BytesView("a\0b", 3));
  EXPECT_EQ(in.text(), "");
  EXPECT_TRUE(in.ok() && in.atEnd());
}

TEST(Text, IsRefusedWhereItIsCutOffOrClaimsTooMuch) {
  Bytes whole;
  putText(whole, "library");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ByteReader in(BytesView(whole).substr(0, length));
    EXPECT_EQ(in.text(), "");
    EXPECT_FALSE(in.ok());
  }
  const Bytes enormous = varint(kMost<std::uint64_t>) + "abc";
  ByteReader in(enormous);
  EXPECT_EQ(in.text(), "");
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, GivesNothingMoreAfterAFailure) {
  ByteReader in("abc");
  EXPECT_EQ(in.byte(), 'a');
  EXPECT_EQ(in.left(), 2U);
  EXPECT_EQ(in.take(3), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.byte(), 0);
  EXPECT_EQ(in.left(), 0U);
  EXPECT_EQ(in.bigEndian32(), 0U);
  EXPECT_FALSE(in.ok());
}

TEST(ByteReader, FailsForNumbersThatAreCutOff) {
  const Bytes seven(7, '\1');
  for (std::size_t length = 0; length < 8; ++length) {
    ByteReader in(BytesView(seven).substr(0, length));
    in.bigEndian64();
    EXPECT_FALSE(in.ok()) << length;
  }
  ByteReader short16("a");
  short16.bigEndian16();
  EXPECT_FALSE(short16.ok());
}

TEST(Hex, IsReadInEitherCaseAndWrittenInLower) {
  EXPECT_EQ(toHex(BytesView("\x00\x7f\xff", 3)), "007fff");
  EXPECT_EQ(fromHex("007fFf"), Bytes("\x00\x7f\xff", 3));
  EXPECT_EQ(fromHex(""), Bytes());
}

TEST(Hex, IsNothingForWhatIsNotHexadecimal) {
  for (const std::string_view text : {"0", "0g", "g0", " 0", "0x", "00 "}) {
    EXPECT_FALSE(fromHex(text)) << text;
  }
}

TEST(EqualInConstantTime, ComparesLengthAndBytes) {
  EXPECT_TRUE(equalInConstantTime("secret", "secret"));
  EXPECT_TRUE(equalInConstantTime("", ""));
  EXPECT_FALSE(equalInConstantTime("secret", "secreT"));
  EXPECT_FALSE(equalInConstantTime("secret", "secret "));
}

}  // namespace
}  // namespace robotledger
