#include "core/log/log_layout.h"

#include <cstring>

#include "core/log/log_rules.h"

namespace robotledger {
namespace {

constexpr std::size_t kHeadBytes = 1 + 8 + sizeof(Digest) + sizeof(BatchId);

void storeBigEndian64(char* out, std::uint64_t value) {
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = static_cast<char>(value);
}

}  // namespace

std::array<char, kRecordKeyBytes> recordKey(Sequence sequence) {
  std::array<char, kRecordKeyBytes> key;
  key[0] = kRecordPrefix;
  storeBigEndian64(key.data() + 1, sequence.value);
  return key;
}

std::array<char, kTileKeyBytes> tileKey(TileId tile) {
  std::array<char, kTileKeyBytes> key;
  key[0] = kTilePrefix;
  key[1] = static_cast<char>(tile.level);
  storeBigEndian64(key.data() + 2, tile.index);
  return key;
}

std::optional<Sequence> parseRecordKey(BytesView key) {
  if (key.size() != kRecordKeyBytes || key.front() != kRecordPrefix) return std::nullopt;
  ByteReader in(key.substr(1));
  return Sequence{in.bigEndian64()};
}

std::optional<TileId> parseTileKey(BytesView key) {
  if (key.size() != kTileKeyBytes || key.front() != kTilePrefix) return std::nullopt;
  ByteReader in(key.substr(1));
  const unsigned level = in.byte();
  if (level >= kTileLevels) return std::nullopt;
  return TileId{level, in.bigEndian64()};
}

Bytes encodeHead(const LogHead& head) {
  Bytes value;
  value.reserve(kHeadBytes);
  value.push_back(static_cast<char>(kLogFormat));
  putBigEndian64(value, head.size.value);
  value.append(digestBytes(head.root));
  for (const std::uint8_t byte : head.batch) value.push_back(static_cast<char>(byte));
  return value;
}

Result<LogHead> decodeHead(BytesView value) {
  if (value.size() != kHeadBytes) {
    return Error{ErrorCode::kDamaged, "the log's head has " + std::to_string(value.size()) +
                                          " bytes, not " + std::to_string(kHeadBytes)};
  }
  ByteReader in(value);
  const std::uint8_t format = in.byte();
  if (format != kLogFormat) {
    return Error{ErrorCode::kDamaged, "the log's head is of format " + std::to_string(format) +
                                          ", and this program knows format " +
                                          std::to_string(kLogFormat)};
  }
  LogHead head;
  head.size.value = in.bigEndian64();
  head.root = digestFrom(in.take(sizeof(Digest)));
  const BytesView batch = in.take(head.batch.size());
  std::memcpy(head.batch.data(), batch.data(), batch.size());
  return head;
}

Result<StoredRecord> decodeRecord(Sequence sequence, BytesView value) {
  if (value.size() <= sizeof(Digest)) {
    return damagedRecord(sequence, "has " + std::to_string(value.size()) +
                                       " bytes, too few for a leaf hash and an entry");
  }
  StoredRecord record{.leaf = digestFrom(value.substr(0, sizeof(Digest))),
                      .entry = value.substr(sizeof(Digest))};
  if (auto damage = checkEntry(sequence, record.leaf, record.entry)) return *damage;
  return record;
}

}  // namespace robotledger
