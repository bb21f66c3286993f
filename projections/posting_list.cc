#include "projections/posting_list.h"

#include <algorithm>

namespace robotledger {
namespace {

Sequence firstIn(BytesView key, std::size_t prefix) {
  ByteReader in(key.substr(prefix));
  return Sequence{in.bigEndian64()};
}

}  // namespace

Result<std::vector<Sequence>> readPostings(Sequence first, BytesView part) {
  std::vector<Sequence> entries{first};
  ByteReader in(part);
  while (in.ok() && !in.atEnd()) {
    entries.push_back(Sequence{entries.back().value + in.varint()});
  }
  if (!in.ok()) return Error{ErrorCode::kViewsDamaged, "a posting list in the views is damaged"};
  return entries;
}

PostingCursor::PostingCursor(const RowSnapshot& rows, Bytes prefix)
    : prefix_(std::move(prefix)), cursor_(rows.cursor()) {}

Result<void> PostingCursor::loadPart() {
  part_.clear();
  at_ = 0;
  if (auto status = cursor_->status(); !status) return status;
  if (!cursor_->valid() || !cursor_->key().starts_with(prefix_)) return {};
  auto part = readPostings(firstIn(cursor_->key(), prefix_.size()), cursor_->value());
  if (!part) return part.error();
  part_ = std::move(*part);
  return {};
}

Result<std::optional<Sequence>> PostingCursor::seek(Sequence from) {
  if (!placed_ || (!part_.empty() && part_.back() < from)) {
    placed_ = true;
    Bytes key = prefix_;
    putBigEndian64(key, from.value);
    // The part that holds `from` begins at or before it.
    cursor_->seekForPrev(key);
    if (!cursor_->valid() || !cursor_->key().starts_with(prefix_)) cursor_->seek(prefix_);
    if (auto loaded = loadPart(); !loaded) return loaded.error();
    if (!part_.empty() && part_.back() < from) {
      cursor_->next();
      if (auto loaded = loadPart(); !loaded) return loaded.error();
    }
  }
  const auto begin = part_.begin() + static_cast<std::ptrdiff_t>(at_);
  const auto found = std::lower_bound(begin, part_.end(), from);
  at_ = static_cast<std::size_t>(found - part_.begin());
  if (found == part_.end()) return std::optional<Sequence>();
  return std::optional<Sequence>(*found);
}

}  // namespace robotledger
