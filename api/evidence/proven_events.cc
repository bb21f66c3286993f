#include "api/evidence/proven_events.h"

#include "core/ledger/saved_state.h"
#include "projections/access_timeline.h"
#include "projections/accounts.h"
#include "projections/no_rows.h"
#include "projections/projection_set.h"

namespace robotledger {
namespace {

Error notAtHand(const std::string& what) { return {ErrorCode::kNotFound, what}; }

// The catalog of the projects that the events tell of. Those between them are there without a name.
class SparseCatalog {
 public:
  explicit SparseCatalog(TreeSize size) : size_(size) {}

  Result<void> take(const Event& event) {
    if (const auto* first = std::get_if<LedgerInitialized>(&event.body)) {
      catalog_->settings.push_back({event.time, event.sequence, first->system_expiry_days});
    } else if (const auto* setting = std::get_if<SystemExpiryChanged>(&event.body)) {
      catalog_->settings.push_back({event.time, event.sequence, setting->after_days});
    } else if (const auto* service = std::get_if<ServiceSettingsChanged>(&event.body)) {
      catalog_->service.push_back({event.time, event.sequence, service->after});
    } else if (const auto* created = std::get_if<ProjectCreated>(&event.body)) {
      auto life = find(created->project);
      if (!life) return life.error();
      **life = {.id = created->project,
                .name = created->name,
                .created = event.sequence,
                .created_at = event.time};
      catalog_->by_name.emplace(created->name, created->project);
    } else if (const auto* deleted = std::get_if<ProjectDeleted>(&event.body)) {
      auto life = find(deleted->project);
      if (!life) return life.error();
      (*life)->deleted = event.sequence;
      (*life)->deleted_at = event.time;
    }
    return {};
  }

  const Catalog& current() const { return *catalog_; }
  std::shared_ptr<const Catalog> share() const { return catalog_; }

 private:
  Result<ProjectLife*> find(ProjectId id) {
    // Every project took an event of the log.
    if (id.value == 0 || id.value > size_.value) {
      return Error{ErrorCode::kDamaged,
                   "there cannot be a project #" + std::to_string(id.value) + " in this log"};
    }
    auto& projects = catalog_->projects;
    while (projects.size() < id.value) {
      projects.push_back({.id = ProjectId{static_cast<std::uint32_t>(projects.size() + 1)}});
    }
    return &projects[id.value - 1];
  }

  TreeSize size_;
  std::shared_ptr<Catalog> catalog_ = std::make_shared<Catalog>();
};

bool givesName(const EventBody& body) {
  return std::holds_alternative<AccountCreated>(body) ||
         std::holds_alternative<ProjectCreated>(body);
}

}  // namespace

AppendOutcome ProvenEvents::append(TreeSize, const LogBatch&) {
  return {.ending = AppendEnding::kNotWritten,
          .head = head_,
          .error = {ErrorCode::kInvalidArgument, "events that were proven take no others"}};
}

Result<Bytes> ProvenEvents::read(Sequence sequence) const {
  const auto found = entries_.find(sequence);
  if (found != entries_.end()) return found->second;
  return Error{ErrorCode::kDamaged, "event " + std::to_string(sequence.value) +
                                        " is needed for the answer and is not there"};
}

Result<std::unique_ptr<LogCursor>> ProvenEvents::scan(Sequence, TreeSize) const {
  return notAtHand("not all of the log's events are there");
}

Result<Bytes> ProvenEvents::hashTile(unsigned, std::uint64_t, unsigned) const {
  return notAtHand("the log's hashes are not there");
}

Result<std::shared_ptr<const View>> viewOf(const ProvenEvents& events, RowStore& rows,
                                           const AsOf& as_of, EventsTaken taken) {
  const std::shared_ptr<const RowSnapshot> nothing = std::make_shared<NoRows>();
  SparseCatalog catalog(events.head().size);
  AccountTable accounts(kRebuildMemory.accounts);
  AccessTimeline timeline(kRebuildMemory.timeline_bytes);
  accounts.setRows(nothing);
  timeline.setRows(nothing);
  AccountBefore before;
  for (const auto& [sequence, entry] : events.entries()) {
    const auto event = eventOf(sequence, entry);
    if (!event) return event.error();
    if (taken == EventsTaken::kNames && !givesName(event->body)) continue;
    if (auto known = catalog.take(*event); !known) return known.error();
    const auto account = accounts.take(*event, before);
    if (!account) return Error{ErrorCode::kDamaged, account.error().message};
    auto applied = timeline.apply({*event, catalog.current(), *account, before});
    if (!applied) return Error{ErrorCode::kDamaged, applied.error().message};
  }
  RowBatch batch;
  accounts.flush(batch);
  timeline.flush(batch);
  if (auto written = rows.write(batch); !written) return written.error();
  return std::make_shared<const View>(View{.log = &events,
                                           .rows = rows.snapshot(),
                                           .catalog = catalog.share(),
                                           .size = events.head().size,
                                           .last_time = as_of.time});
}

}  // namespace robotledger
