#include "projections/timeline_page.h"

#include <algorithm>

#include "projections/row_codec.h"

namespace robotledger {
namespace {

// A page: 0 for no whole set, or one more than its size; the members (each its account less the one
// before it, then its description); then the changes until the end (sequence and time less those
// of the one before it, twice the account and one more for an addition, the description of what is
// added). A description: twice the name's length and one more for a system account, the name, the
// terms. The page's own first sequence and time are in its key.

void putMember(Bytes& out, const Member& member, Instant near) {
  putVarint(out, member.name.size() * 2 + (member.system_level ? 1 : 0));
  out += member.name;
  putTerms(out, member.terms, near);
}

}  // namespace

PageBuilder::PageBuilder(Sequence first, Instant time)
    : bytes_(1, '\0'), first_(first), time_(time), last_(first), last_time_(time) {}

PageBuilder::PageBuilder(Sequence first, Instant time, const std::vector<Member>& members)
    : first_(first),
      time_(time),
      last_(first),
      last_time_(time),
      set_size_(members.size()),
      has_set_(true) {
  putVarint(bytes_, members.size() + 1);
  AccountId last;
  for (const Member& member : members) {
    putVarint(bytes_, member.account.value - last.value);
    last = member.account;
    putMember(bytes_, member, time);
  }
}

Result<PageBuilder> PageBuilder::resume(Sequence first, Instant time, BytesView page) {
  PageBuilder builder(first, time);
  PageReader reader(first, time, page);
  builder.has_set_ = reader.hasWholeSet();
  builder.set_size_ = reader.setSize();
  Member member;
  while (reader.nextMember(member)) {
  }
  MemberChange change;
  while (reader.nextChange(change)) {
    builder.changes_ += 1;
    builder.last_ = change.sequence;
    builder.last_time_ = change.time;
  }
  if (!reader.ok()) {
    return Error{ErrorCode::kViewsDamaged, "a page of a timeline in the views is damaged"};
  }
  builder.bytes_ = page;
  return builder;
}

void PageBuilder::add(const MemberChange& change) {
  putVarint(bytes_, change.sequence.value - last_.value);
  putVarint(bytes_, static_cast<std::uint64_t>(change.time.us - last_time_.us));
  putVarint(bytes_, change.member.account.value * 2 + (change.added ? 1 : 0));
  if (change.added) putMember(bytes_, change.member, time_);
  last_ = change.sequence;
  last_time_ = change.time;
  changes_ += 1;
}

PageReader::PageReader(Sequence first, Instant time, BytesView page)
    : in_(page), last_(first), time_(time), last_time_(time) {
  const std::uint64_t head = in_.varint();
  has_set_ = head > 0;
  set_size_ = has_set_ ? head - 1 : 0;
  members_left_ = set_size_;
}

Member PageReader::readMember(AccountId account) {
  Member member{.account = account};
  const std::uint64_t packed = in_.varint();
  member.system_level = (packed & 1) != 0;
  member.name = in_.take(packed / 2);
  member.terms = readTerms(in_, time_);
  return member;
}

bool PageReader::nextMember(Member& member) {
  if (members_left_ == 0 || !in_.ok()) return false;
  members_left_ -= 1;
  last_account_.value += in_.varint();
  member = readMember(last_account_);
  return in_.ok();
}

bool PageReader::nextChange(MemberChange& change) {
  if (!in_.ok() || in_.atEnd()) return false;
  last_.value += in_.varint();
  last_time_ = readLaterInstant(in_, last_time_);
  const std::uint64_t packed = in_.varint();
  change.sequence = last_;
  change.time = last_time_;
  change.added = (packed & 1) != 0;
  const AccountId account{packed / 2};
  change.member = change.added ? readMember(account) : Member{.account = account};
  return in_.ok();
}

std::vector<Member>& MemberSet::settle() {
  if (changes_.empty()) return members_;
  std::ranges::stable_sort(changes_, {},
                           [](const MemberChange& change) { return change.member.account; });
  std::vector<Member> settled;
  settled.reserve(members_.size() + changes_.size());
  auto member = members_.begin();
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const AccountId account = changes_[i].member.account;
    // Of several changes of one account the last counts.
    if (i + 1 < changes_.size() && changes_[i + 1].member.account == account) continue;
    for (; member != members_.end() && member->account < account; ++member) {
      settled.push_back(*member);
    }
    if (member != members_.end() && member->account == account) ++member;
    if (changes_[i].added) settled.push_back(changes_[i].member);
  }
  settled.insert(settled.end(), member, members_.end());
  members_ = std::move(settled);
  changes_.clear();
  return members_;
}

}  // namespace robotledger
