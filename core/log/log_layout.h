// The log's keys and values as bytes, described in core/FORMAT.md.
//
//   recordKey(Sequence{7})      'e' 00 00 00 00 00 00 00 07
//   tileKey(TileId{1, 7})       't' 01 00 00 00 00 00 00 00 07
//   kHeadKey                    'h'
//
// All functions: any thread.
#pragma once

#include <array>
#include <optional>

#include "core/log/log_store.h"
#include "core/merkle/tiles.h"

namespace robotledger {

inline constexpr char kRecordPrefix = 'e';
inline constexpr char kTilePrefix = 't';
inline constexpr BytesView kHeadKey = "h";
inline constexpr std::uint8_t kLogFormat = 1;
inline constexpr std::size_t kRecordKeyBytes = 9;
inline constexpr std::size_t kTileKeyBytes = 10;

std::array<char, kRecordKeyBytes> recordKey(Sequence sequence);
std::array<char, kTileKeyBytes> tileKey(TileId tile);

// Nothing for bytes that are no such key.
std::optional<Sequence> parseRecordKey(BytesView key);
std::optional<TileId> parseTileKey(BytesView key);

Bytes encodeHead(const LogHead& head);
// kDamaged for another length or format.
Result<LogHead> decodeHead(BytesView value);

// Splits a stored record and checks its entry against its leaf hash. The entry is a view into the
// value. kDamaged names the sequence.
struct StoredRecord {
  Digest leaf;
  BytesView entry;
};
Result<StoredRecord> decodeRecord(Sequence sequence, BytesView value);

template <std::size_t size>
BytesView bytesOf(const std::array<char, size>& bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace robotledger
