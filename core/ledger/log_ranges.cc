#include "core/ledger/log_ranges.h"

#include <algorithm>

#include "core/ledger/saved_state.h"
#include "core/log/tile_check.h"
#include "core/merkle/tree.h"

namespace robotledger {
namespace {

constexpr std::uint64_t kTilesARange = 16;
constexpr std::uint64_t kRecordsARange = kTilesARange * kTileWidth;
constexpr std::uint64_t kRangesAheadAWorker = 2;

// Reads the records of one tile; the hashes of those that are events of their place.
Result<Bytes> readTile(LogCursor& cursor, Sequence first, unsigned width,
                       std::vector<Event>& events) {
  Bytes hashes;
  hashes.reserve(kTileBytes);
  for (std::uint64_t sequence = first.value; sequence < first.value + width; ++sequence) {
    const auto record = cursor.next();
    if (!record) return record.error();
    if (!record->has_value()) {
      return Error{ErrorCode::kDamaged, "record " + std::to_string(sequence) + " is missing"};
    }
    hashes += digestBytes(leafHash(**record));
    auto event = eventOf(Sequence{sequence}, **record);
    if (!event) return event.error();
    events.push_back(*std::move(event));
  }
  return hashes;
}

CheckedRange checkRange(const LogStore& log, Sequence from, TreeSize until) {
  CheckedRange range;
  const auto cursor = log.scan(from, until);
  if (!cursor) {
    range.fault = cursor.error();
    return range;
  }
  range.events.reserve(static_cast<std::size_t>(until.value - from.value));
  for (std::uint64_t first = from.value; first < until.value; first += kTileWidth) {
    const TileId tile{.level = 0, .index = first / kTileWidth};
    const std::size_t events_before = range.events.size();
    const unsigned width = tileWidth(tile, until);
    const auto hashes = readTile(**cursor, Sequence{first}, width, range.events);
    if (!hashes) {
      range.fault = hashes.error();
      return range;
    }
    if (auto fault = checkTile(log, tile, *hashes)) {
      range.fault = std::move(fault->error);
      range.events.resize(events_before + fault->hash);
      return range;
    }
    range.tiles += 1;
    if (width == kTileWidth) range.tile_roots.push_back(tileRoot(*hashes));
  }
  return range;
}

}  // namespace

LogRanges::LogRanges(const LogStore& log, TreeSize until, unsigned workers)
    : log_(log),
      until_(until),
      ranges_(until.value / kRecordsARange + (until.value % kRecordsARange == 0 ? 0 : 1)),
      ahead_(kRangesAheadAWorker * workers) {
  threads_.reserve(workers);
  for (unsigned i = 0; i < workers; ++i) threads_.emplace_back([this] { work(); });
}

LogRanges::~LogRanges() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void LogRanges::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || begun_ == ranges_ || begun_ < taken_ + ahead_; });
    if (stopping_ || begun_ == ranges_) return;
    const std::uint64_t index = begun_++;
    lock.unlock();
    const std::uint64_t from = index * kRecordsARange;
    CheckedRange range = checkRange(log_, Sequence{from},
                                    TreeSize{from + std::min(until_.value - from, kRecordsARange)});
    lock.lock();
    ready_.emplace(index, std::move(range));
    changed_.notify_all();
  }
}

std::optional<CheckedRange> LogRanges::next() {
  std::unique_lock lock(mutex_);
  if (taken_ == ranges_) return std::nullopt;
  changed_.wait(lock, [&] { return ready_.contains(taken_); });
  CheckedRange range = std::move(ready_.extract(taken_).mapped());
  ++taken_;
  changed_.notify_all();
  return range;
}

}  // namespace robotledger
