#include "core/base/bytes.h"

#include <array>

#include <openssl/crypto.h>

namespace robotledger {
namespace {

constexpr std::size_t kMaxVarintBytes = 10;

template <class T>
void putBigEndian(Bytes& out, T value) {
  std::array<char, sizeof(T)> bytes;
  for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8)) {
    bytes[i] = static_cast<char>(value);
  }
  out.append(bytes.data(), bytes.size());
}

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void putBigEndian16(Bytes& out, std::uint16_t value) { putBigEndian(out, value); }
void putBigEndian32(Bytes& out, std::uint32_t value) { putBigEndian(out, value); }
void putBigEndian64(Bytes& out, std::uint64_t value) { putBigEndian(out, value); }

void putVarint(Bytes& out, std::uint64_t value) {
  std::array<char, kMaxVarintBytes> bytes;
  std::size_t count = 0;
  for (; value >= 0x80; value >>= 7) bytes[count++] = static_cast<char>(value | 0x80);
  bytes[count++] = static_cast<char>(value);
  out.append(bytes.data(), count);
}

void putSigned(Bytes& out, std::int64_t value) {
  putVarint(out,
            (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void putText(Bytes& out, BytesView text) {
  putVarint(out, text.size());
  out.append(text);
}

void ByteReader::fail() {
  ok_ = false;
  at_ = end_;
}

std::uint16_t ByteReader::bigEndian16() {
  const auto high = byte();
  return static_cast<std::uint16_t>((high << 8) | byte());
}

std::uint32_t ByteReader::bigEndian32() {
  const std::uint32_t high = bigEndian16();
  return (high << 16) | bigEndian16();
}

std::uint64_t ByteReader::bigEndian64() {
  const std::uint64_t high = bigEndian32();
  return (high << 32) | bigEndian32();
}

std::uint64_t ByteReader::longVarint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (at_ == end_) break;
    const auto next = static_cast<std::uint8_t>(*at_++);
    if (shift == 63 && next > 1) break;
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if ((next & 0x80) == 0) return value;
  }
  fail();
  return 0;
}

std::int64_t ByteReader::signedVarint() {
  const std::uint64_t raw = varint();
  return static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
}

BytesView ByteReader::text() {
  const std::uint64_t count = varint();
  if (count > left()) {
    fail();
    return {};
  }
  return take(static_cast<std::size_t>(count));
}

BytesView ByteReader::take(std::size_t count) {
  if (count > left()) {
    fail();
    return {};
  }
  const BytesView taken(at_, count);
  at_ += count;
  return taken;
}

std::string toHex(BytesView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    text.push_back(kDigits[value >> 4]);
    text.push_back(kDigits[value & 15]);
  }
  return text;
}

std::optional<Bytes> fromHex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hexDigit(text[i]);
    const int low = hexDigit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

bool equalInConstantTime(BytesView left, BytesView right) {
  if (left.size() != right.size()) return false;
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace robotledger
