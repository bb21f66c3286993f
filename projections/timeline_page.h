// A page of an access timeline: who could do one thing in one scope, and how that changed.
//
// A timeline is the row of changes, in order of sequence, of the set of accounts that hold one
// capability in one scope and are enabled. It is kept in pages of up to kPageChanges changes. A
// page may begin with the whole set as it stood before its first change; at least the first page
// does, and later every page before which as many changes came since the last whole set as that had
// members (and at least kPageChanges). So the set at any instant is had from the pages since the
// last whole set, and what it costs does not grow with history.
//
// Whoever expired for good before the page is left out of its whole set; what brings him back is a
// change that names him with everything again.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/ids.h"
#include "core/base/result.h"
#include "core/domain/expiry.h"
#include "projections/page_sizes.h"

namespace robotledger {

// A member of the set, as it stands in a page. The name is a view into the page.
struct Member {
  AccountId account;
  std::string_view name;
  ExpiryTerms terms;
  bool system_level = false;
};

struct MemberChange {
  Sequence sequence;
  Instant time;
  Member member;       // for a removal the account alone
  bool added = false;  // or changed; else removed
};

// A page in the making. Its bytes are those of the finished page at any moment.
class PageBuilder {
 public:
  // A page without the whole set.
  PageBuilder(Sequence first, Instant time);
  // A page with it; `members` in order of account.
  PageBuilder(Sequence first, Instant time, const std::vector<Member>& members);
  // A page that was stored, to go on with. kViewsDamaged where it is none.
  static Result<PageBuilder> resume(Sequence first, Instant time, BytesView page);

  void add(const MemberChange& change);
  std::uint32_t changes() const { return changes_; }
  bool hasWholeSet() const { return has_set_; }
  std::size_t setSize() const { return set_size_; }
  Sequence first() const { return first_; }
  Instant time() const { return time_; }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  Sequence first_;
  Instant time_;
  Sequence last_;
  Instant last_time_;
  std::size_t set_size_ = 0;
  std::uint32_t changes_ = 0;
  bool has_set_ = false;
};

// Reads pages. The views in what it gives live as long as the page's bytes.
class PageReader {
 public:
  PageReader(Sequence first, Instant time, BytesView page);

  bool hasWholeSet() const { return has_set_; }
  std::size_t setSize() const { return set_size_; }
  // The members of the whole set, in order of account; first of all, and once.
  bool nextMember(Member& member);
  // The changes, after the members; false at the end, or where the page is damaged.
  bool nextChange(MemberChange& change);
  // False where the page is damaged.
  bool ok() const { return in_.ok(); }

 private:
  Member readMember(AccountId account);

  ByteReader in_;
  Sequence last_;
  Instant time_;
  Instant last_time_;
  AccountId last_account_;
  std::size_t set_size_ = 0;
  std::size_t members_left_ = 0;
  bool has_set_ = false;
};

// Folds changes, in order, into a set in order of account. The names' owner outlives both.
class MemberSet {
 public:
  void add(const Member& member) { members_.push_back(member); }  // in order of account
  void change(const MemberChange& change) { changes_.push_back(change); }
  // Settles the changes, and gives the set.
  std::vector<Member>& settle();

 private:
  std::vector<Member> members_;
  std::vector<MemberChange> changes_;
};

}  // namespace robotledger
