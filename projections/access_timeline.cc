#include "projections/access_timeline.h"

#include <algorithm>
#include <iterator>

#include "core/base/prefetch.h"
#include "projections/account_row.h"
#include "projections/catalog.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

Error damaged() { return Error{ErrorCode::kViewsDamaged, "a timeline in the views is damaged"}; }

Member memberFrom(const Account& account) {
  return Member{.account = account.id,
                .name = account.name,
                .terms = account.terms,
                .system_level = account.isSystemLevel()};
}

// What the account holds after the event, as far as the timelines go.
Permissions heldAfter(const AccountRow& row) {
  if (!row.lives() || row.account.status == AccountStatus::kDisabled) return {};
  return heldBy(row.account);
}

Permission existence(const Account& account) {
  return {account.isSystemLevel() ? Scope::system() : Scope::inProject(account.project), kExists};
}

}  // namespace

Result<void> AccessTimeline::apply(const Change& change) {
  if (change.account == nullptr || !touchesAccess(change.event.body)) return {};
  const Account& account = change.account->account;
  MemberChange member{
      .sequence = change.event.sequence, .time = change.event.time, .member = memberFrom(account)};
  const Permissions held = heldAfter(*change.account);
  const bool same_terms = change.before.lived && change.before.terms == account.terms;

  for (const Permission& key : change.before.held) {
    if (contains(held, key)) continue;
    if (auto added = add(key, member, change); !added) return added;
  }
  member.added = true;
  for (const Permission& key : held) {
    if (same_terms && contains(change.before.held, key)) continue;
    if (auto added = add(key, member, change); !added) return added;
  }
  if (!change.before.lived || !change.account->lives()) {
    member.added = change.account->lives();
    // Who expired exists all the same.
    member.member.terms = ExpiryTerms{.expiry = Expiry::never()};
    return add(existence(account), member, change);
  }
  return {};
}

void AccessTimeline::expect(const AccountRow& account) const {
  for (const Permission& key : account.account.permissions) {
    const auto found = timelines_.find(key);
    if (found == timelines_.end() || found->second.pages.empty()) continue;
    const Bytes& page = found->second.pages.back().bytes();
    prefetch(page.data() + page.size());
  }
}

Result<AccessTimeline::Timeline*> AccessTimeline::find(const Permission& key) {
  const auto [place, fresh] = timelines_.try_emplace(key);
  if (fresh) {
    if (auto loaded = load(key, place->second); !loaded) return loaded.error();
    for (const PageBuilder& page : place->second.pages) kept_bytes_ += page.bytes().size();
  }
  return &place->second;
}

Result<void> AccessTimeline::load(const Permission& key, Timeline& timeline) const {
  const Bytes prefix = timelinePrefix(key);
  const auto cursor = rows_->cursor();
  cursor->seekForPrev(prefix + Bytes(16, '\xff'));
  for (; cursor->valid() && cursor->key().starts_with(prefix); cursor->prev()) {
    ByteReader place(cursor->key().substr(prefix.size()));
    const Instant time{static_cast<std::int64_t>(place.bigEndian64())};
    const Sequence first{place.bigEndian64()};
    auto page = PageBuilder::resume(first, time, cursor->value());
    if (!page) return page.error();
    timeline.changes += page->changes();
    timeline.pages.push_back(std::move(*page));
    if (timeline.pages.back().hasWholeSet()) break;
  }
  if (auto status = cursor->status(); !status) return status;
  if (!timeline.pages.empty() && !timeline.pages.back().hasWholeSet()) return damaged();
  std::ranges::reverse(timeline.pages);
  timeline.first_unwritten = timeline.pages.size();
  return {};
}

Result<void> AccessTimeline::add(const Permission& key, const MemberChange& member,
                                 const Change& change) {
  auto found = find(key);
  if (!found) return found.error();
  Timeline& timeline = **found;
  if (!timeline.changed) {
    timeline.changed = true;
    changed_.emplace_back(key, &timeline);
  }
  if (timeline.pages.empty() || timeline.pages.back().changes() == kPageChanges) {
    if (auto started = startPage(key, timeline, member, change); !started) return started;
  }
  PageBuilder& page = timeline.pages.back();
  const std::size_t before = page.bytes().size();
  page.add(member);
  kept_bytes_ += page.bytes().size() - before;
  timeline.changes += 1;
  timeline.first_unwritten = std::min(timeline.first_unwritten, timeline.pages.size() - 1);
  return {};
}

Result<void> AccessTimeline::startPage(const Permission& key, Timeline& timeline,
                                       const MemberChange& next, const Change& change) {
  if (timeline.pages.empty()) {
    timeline.pages.emplace_back(next.sequence, next.time, std::vector<Member>());
    return {};
  }
  const std::size_t due = std::max<std::size_t>(kPageChanges, timeline.pages.front().setSize());
  if (timeline.changes < due) {
    timeline.pages.emplace_back(next.sequence, next.time);
    return {};
  }
  MemberSet set;
  for (const PageBuilder& page : timeline.pages) {
    PageReader reader(page.first(), page.time(), page.bytes());
    Member one;
    while (reader.nextMember(one)) set.add(one);
    MemberChange changed;
    while (reader.nextChange(changed)) set.change(changed);
    if (!reader.ok()) return damaged();
  }
  std::vector<Member>& members = set.settle();
  // What expired before this instant did so for good. At this very instant it may yet be undone.
  std::erase_if(members, [&](const Member& one) {
    const auto end = expiresAt(one.terms, change.catalog.settings);
    return end && *end < next.time;
  });
  PageBuilder fresh(next.sequence, next.time, members);
  kept_bytes_ += fresh.bytes().size();
  putPages(key, timeline, pending_);
  timeline.pages.clear();
  timeline.pages.push_back(std::move(fresh));
  timeline.changes = 0;
  timeline.first_unwritten = 0;
  return {};
}

void AccessTimeline::putPages(const Permission& key, Timeline& timeline, RowBatch& batch) {
  for (std::size_t i = timeline.first_unwritten; i < timeline.pages.size(); ++i) {
    const PageBuilder& page = timeline.pages[i];
    batch.put(timelineKey(key, page.time(), page.first()), page.bytes());
  }
  timeline.first_unwritten = timeline.pages.size();
}

void AccessTimeline::flush(RowBatch& batch) {
  batch.take(pending_);
  for (const auto& [key, timeline] : changed_) {
    putPages(key, *timeline, batch);
    timeline->changed = false;
  }
  changed_.clear();
}

void AccessTimeline::setRows(std::shared_ptr<const RowSnapshot> rows) {
  rows_ = std::move(rows);
  if (!isFull()) return;
  timelines_.clear();
  kept_bytes_ = 0;
}

}  // namespace robotledger
