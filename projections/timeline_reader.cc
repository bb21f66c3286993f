#include "projections/timeline_reader.h"

#include <algorithm>
#include <limits>

#include "projections/row_keys.h"

namespace robotledger {
namespace {

constexpr Sequence kLastSequence{std::numeric_limits<std::uint64_t>::max()};

Error damaged() { return Error{ErrorCode::kViewsDamaged, "a timeline in the views is damaged"}; }

}  // namespace

TimelineReader::Page TimelineReader::pageAtCursor(std::size_t prefix) const {
  ByteReader key(cursor_->key().substr(prefix));
  const Instant time{static_cast<std::int64_t>(key.bigEndian64())};
  return {Sequence{key.bigEndian64()}, time, Bytes(cursor_->value())};
}

Result<void> TimelineReader::loadPages(const Permission& timeline, const Period& period,
                                       const AsOf& as_of) {
  pages_.clear();
  const Bytes prefix = timelinePrefix(timeline);
  const auto here = [&] { return cursor_->valid() && cursor_->key().starts_with(prefix); };
  // Back to the last whole set at or before the period.
  const bool whole = period.from < as_of.time;  // `as_of` cuts nothing off before the period
  // Keys hold no time before 1970, and nothing happened then.
  const Instant from{std::max<std::int64_t>(period.from.us, 0)};
  cursor_->seekForPrev(whole ? timelineKey(timeline, from, kLastSequence)
                             : timelineKey(timeline, as_of.time, as_of.sequence));
  while (here()) {
    pages_.push_back(pageAtCursor(prefix.size()));
    if (PageReader(pages_.back().first, pages_.back().time, pages_.back().bytes).hasWholeSet()) {
      break;
    }
    cursor_->prev();
  }
  const bool begins_before = !pages_.empty();
  if (begins_before && !here()) return damaged();
  std::ranges::reverse(pages_);
  if (!period.to) return cursor_->status();
  // Forward through the period.
  if (begins_before) {
    cursor_->seek(timelineKey(timeline, pages_.back().time, pages_.back().first));
    if (here()) cursor_->next();
  } else {
    cursor_->seek(prefix);
  }
  for (; here(); cursor_->next()) {
    Page page = pageAtCursor(prefix.size());
    if (page.time >= *period.to) break;
    pages_.push_back(std::move(page));
  }
  return cursor_->status();
}

Result<std::vector<Member>> TimelineReader::members(const Permission& timeline,
                                                    const Period& period, const AsOf& as_of) {
  if (auto loaded = loadPages(timeline, period, as_of); !loaded) return loaded.error();
  MemberSet at_start;
  std::vector<Member> added;
  for (std::size_t i = 0; i < pages_.size(); ++i) {
    PageReader reader(pages_[i].first, pages_[i].time, pages_[i].bytes);
    Member member;
    // A whole set after the first says nothing new.
    while (reader.nextMember(member)) {
      if (i == 0 && pages_[i].time <= period.from) at_start.add(member);
    }
    MemberChange change;
    while (reader.nextChange(change)) {
      if (change.sequence > as_of.sequence) break;
      if (change.time <= period.from) {
        at_start.change(change);
      } else if (period.to && change.time < *period.to) {
        if (change.added) added.push_back(change.member);
      } else {
        break;
      }
    }
    if (!reader.ok()) return damaged();
  }
  std::vector<Member> members = std::move(at_start.settle());
  members.insert(members.end(), added.begin(), added.end());
  return members;
}

}  // namespace robotledger
