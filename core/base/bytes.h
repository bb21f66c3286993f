// Bytes: opaque bytes in a std::string, and the few ways to read and write numbers in them.
//
//   Bytes key; putBigEndian64(key, 7);       // sorts as the number does
//   ByteReader in(row); auto n = in.varint(); if (!in.ok()) return damaged();
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace robotledger {

using Bytes = std::string;
using BytesView = std::string_view;

void putBigEndian16(Bytes& out, std::uint16_t value);
void putBigEndian32(Bytes& out, std::uint32_t value);
void putBigEndian64(Bytes& out, std::uint64_t value);
// LEB128: seven bits a byte, the lowest first, at most ten bytes.
void putVarint(Bytes& out, std::uint64_t value);
// Zigzag, then LEB128: small numbers of either sign are short.
void putSigned(Bytes& out, std::int64_t value);
// The length as a varint, then the bytes.
void putText(Bytes& out, BytesView text);

// Walks over bytes that nobody vouches for. After a read past the end, or of a malformed number,
// ok() is false for good and every read gives 0 or nothing.
class ByteReader {
 public:
  explicit ByteReader(BytesView in) : at_(in.data()), end_(in.data() + in.size()) {}

  bool ok() const { return ok_; }
  bool atEnd() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  std::uint8_t byte() {
    if (at_ != end_) return static_cast<std::uint8_t>(*at_++);
    fail();
    return 0;
  }
  std::uint16_t bigEndian16();
  std::uint32_t bigEndian32();
  std::uint64_t bigEndian64();
  std::uint64_t varint() {
    // Most numbers in rows are small.
    if (at_ != end_ && static_cast<std::uint8_t>(*at_) < 0x80) {
      return static_cast<std::uint8_t>(*at_++);
    }
    return longVarint();
  }
  std::int64_t signedVarint();
  // A view into the bytes that are read.
  BytesView text();
  BytesView take(std::size_t count);

 private:
  void fail();
  std::uint64_t longVarint();
  const char* at_;
  const char* end_;
  bool ok_ = true;
};

std::string toHex(BytesView bytes);
// Nothing for an odd length or a character that is no hexadecimal digit.
std::optional<Bytes> fromHex(std::string_view text);

// Whether two secrets are alike, in a time that depends on their lengths alone.
bool equalInConstantTime(BytesView left, BytesView right);

}  // namespace robotledger
