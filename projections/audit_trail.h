// The audit trail: which events are about a project, came from an actor, or are of a kind, as
// posting lists. (Those about an account are in its history; those of a time follow from the log's
// order.)
//
// An event is about a project where it is the project's own, one of an account of it, one of a
// system account that has permissions in it or is given or loses some, or a role's in it.
#pragma once

#include <string>
#include <unordered_map>

#include "projections/posting_list.h"
#include "projections/projection.h"

namespace robotledger {

class AuditTrail final : public Projection {
 public:
  // Keeps the open parts in memory, and lets go of them after a flush where they are more than
  // `capacity`.
  explicit AuditTrail(std::size_t capacity) : capacity_(capacity) {}

  std::string_view name() const override { return "audit_trail"; }
  unsigned version() const override { return 1; }
  Result<void> apply(const Change& change) override;
  void flush(RowBatch& batch) override;
  void flushFinished(RowBatch& batch) override { batch.take(pending_); }
  bool isFull() const override { return parts_.size() > capacity_; }
  void setRows(std::shared_ptr<const RowSnapshot> rows) override;

 private:
  struct Part {
    Sequence first;
    Sequence last;
    std::uint32_t count = 0;
    Bytes bytes;
    bool changed = false;
  };

  Result<void> add(const Bytes& prefix, Sequence sequence);
  Result<void> load(const Bytes& prefix, Part& part) const;

  std::size_t capacity_;
  std::shared_ptr<const RowSnapshot> rows_;
  std::unordered_map<Bytes, Part> parts_;
  std::vector<std::pair<const Bytes, Part>*> changed_;  // in parts_, where they do not move
  RowBatch pending_;                                    // parts that are full
};

// The projects that an event names itself, sorted, each once.
std::vector<ProjectId> projectsIn(const EventBody& body);
// The projects that an event is about: those, and its account's; sorted, each once.
std::vector<ProjectId> projectsOf(const Change& change);

}  // namespace robotledger
