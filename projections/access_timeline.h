// The access timeline: for each scope and capability the changes of the set of accounts that hold
// it and are enabled, in pages (timeline_page.h); and for each project, and the system level, of
// the accounts that exist there.
#pragma once

#include <memory>
#include <unordered_map>

#include "projections/projection.h"
#include "projections/timeline_page.h"

namespace robotledger {

class AccessTimeline final : public Projection {
 public:
  // Keeps the pages it works on in memory, and lets go of them after a flush where they are more
  // than `capacity` bytes.
  explicit AccessTimeline(std::size_t capacity) : capacity_(capacity) {}

  std::string_view name() const override { return "access_timeline"; }
  unsigned version() const override { return 1; }
  void expect(const AccountRow& account) const override;
  Result<void> apply(const Change& change) override;
  void flush(RowBatch& batch) override;
  void flushFinished(RowBatch& batch) override { batch.take(pending_); }
  bool isFull() const override { return kept_bytes_ > capacity_; }
  void setRows(std::shared_ptr<const RowSnapshot> rows) override;

 private:
  // The pages since the last whole set, the last of them open.
  struct Timeline {
    std::vector<PageBuilder> pages;
    std::size_t changes = 0;          // since the whole set
    std::size_t first_unwritten = 0;  // the pages from here on changed since the last flush
    bool changed = false;
  };

  struct PermissionHash {
    std::size_t operator()(const Permission& key) const noexcept {
      return (std::size_t{key.scope.project.value} << 20) ^
             (static_cast<std::size_t>(key.scope.kind) << 16) ^ key.capability.index;
    }
  };

  Result<Timeline*> find(const Permission& key);
  Result<void> load(const Permission& key, Timeline& timeline) const;
  Result<void> add(const Permission& key, const MemberChange& member, const Change& change);
  Result<void> startPage(const Permission& key, Timeline& timeline, const MemberChange& next,
                         const Change& change);
  void putPages(const Permission& key, Timeline& timeline, RowBatch& batch);

  std::size_t capacity_;
  std::size_t kept_bytes_ = 0;
  std::shared_ptr<const RowSnapshot> rows_;
  std::unordered_map<Permission, Timeline, PermissionHash> timelines_;
  std::vector<std::pair<Permission, Timeline*>> changed_;  // in timelines_, where they do not move
  RowBatch pending_;  // pages that are finished and no longer kept
};

}  // namespace robotledger
