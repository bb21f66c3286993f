#include "projections/projection_set.h"

#include <algorithm>

#include "core/merkle/tree.h"
#include "core/wire/event_codec.h"
#include "projections/access_timeline.h"
#include "projections/audit_trail.h"
#include "projections/expirations.h"
#include "projections/no_rows.h"
#include "projections/row_keys.h"

namespace robotledger {

std::vector<std::unique_ptr<Projection>> makeProjections(const ProjectionMemory& memory) {
  std::vector<std::unique_ptr<Projection>> projections;
  projections.push_back(std::make_unique<AccessTimeline>(memory.timeline_bytes));
  projections.push_back(std::make_unique<AuditTrail>(memory.posting_lists));
  projections.push_back(std::make_unique<Expirations>());
  return projections;
}

ProjectionSet::ProjectionSet(const ProjectionMemory& memory)
    : accounts_(memory.accounts), projections_(makeProjections(memory)) {}

std::string ProjectionSet::versions() const {
  const auto one = [](std::string_view name, unsigned version) {
    return std::string(name) + "=" + std::to_string(version) + " ";
  };
  std::string all = one(CatalogKeeper::kName, CatalogKeeper::kVersion) +
                    one(AccountTable::kName, AccountTable::kVersion);
  for (const auto& projection : projections_) all += one(projection->name(), projection->version());
  return all;
}

Result<void> ProjectionSet::readFrom(const std::shared_ptr<const RowSnapshot>& snapshot) {
  accounts_.setRows(snapshot);
  for (const auto& projection : projections_) projection->setRows(snapshot);
  return catalog_.load(*snapshot);
}

Result<void> checkNothingIsMissing(TreeSize log_size, const RowStore& rows) {
  const auto stored = rows.snapshot()->get(metaKey("position"));
  if (!stored) return stored.error();
  if (!stored->has_value()) return {};
  ByteReader in(**stored);
  const TreeSize position{in.varint()};
  if (!in.ok() || position <= log_size) return {};
  return Error{
      ErrorCode::kDamaged,
      "the log has " + std::to_string(log_size.value) + " events and the views were built from " +
          std::to_string(position.value) +
          ": events that were acknowledged are missing from the log; keep a copy of all "
          "there is, and remove the views only where an older log was put back on purpose"};
}

Result<void> ProjectionSet::open(const LogStore& log, const RowStore& rows, std::string& why) {
  if (auto whole = checkNothingIsMissing(log.head().size, rows); !whole) return whole;
  const std::shared_ptr<const RowSnapshot> snapshot = rows.snapshot();
  const auto built_by = snapshot->get(metaKey("versions"));
  if (!built_by) return built_by.error();
  const auto stored = snapshot->get(metaKey("position"));
  if (!stored) return stored.error();
  position_ = TreeSize{0};
  if (!stored->has_value()) {
    const auto any = snapshot->cursor();
    any->seek({});
    if (any->valid()) {
      why = "the views were not built to their end";
      return {};
    }
    if (auto status = any->status(); !status) return status;
    return readFrom(std::make_shared<NoRows>());
  }
  if (*built_by != versions()) {
    why = "the views were built by another version of this program";
    return {};
  }
  ByteReader in(**stored);
  const TreeSize position{in.varint()};
  const Instant last_time{static_cast<std::int64_t>(in.varint())};
  const BytesView last_leaf = in.take(sizeof(Digest));
  if (!in.ok() || position.value == 0) {
    why = "the position of the views is damaged";
    return {};
  }
  auto last_event = log.read(Sequence{position.value - 1});
  if (!last_event) return last_event.error();
  if (digestBytes(leafHash(*last_event)) != last_leaf) {
    why = "the views are of another log";
    return {};
  }
  position_ = position;
  last_time_ = last_time;
  last_event_ = std::move(*last_event);
  if (auto read = readFrom(snapshot); !read) return read;
  const Settings& settings = catalog_.current().settings;
  if (settings.empty() || settings.front().sequence != Sequence{0}) {
    return Error{ErrorCode::kViewsDamaged, "the system's setting is missing in the views"};
  }
  return {};
}

void ProjectionSet::expect(const std::vector<Event>& events) const {
  std::vector<const AccountRow*> accounts;
  accounts.reserve(events.size());
  for (const Event& event : events) {
    const AccountRow* account = accounts_.expect(accountOf(event.body));
    if (account != nullptr && touchesAccess(event.body)) accounts.push_back(account);
  }
  for (const AccountRow* account : accounts) {
    for (const auto& projection : projections_) projection->expect(*account);
  }
}

Result<void> ProjectionSet::apply(const Event& event) {
  if (auto taken = catalog_.take(event); !taken) return taken;
  const auto account = accounts_.take(event, before_);
  if (!account) return account.error();
  const Change change{event, catalog_.current(), *account, before_};
  for (const auto& projection : projections_) {
    if (auto applied = projection->apply(change); !applied) return applied;
  }
  position_.value = event.sequence.value + 1;
  last_time_ = event.time;
  unflushed_ += 1;
  return {};
}

bool ProjectionSet::isFull() const {
  return accounts_.isFull() ||
         std::ranges::any_of(projections_, [](const auto& one) { return one->isFull(); });
}

RowBatch ProjectionSet::takeFinished() {
  RowBatch batch;
  accounts_.flushFinished(batch);
  for (const auto& projection : projections_) projection->flushFinished(batch);
  return batch;
}

Bytes ProjectionSet::positionRow() const {
  Bytes row;
  putVarint(row, position_.value);
  putVarint(row, static_cast<std::uint64_t>(last_time_.us));
  row += digestBytes(leafHash(last_event_));
  return row;
}

Result<std::shared_ptr<const View>> ProjectionSet::flush(const LogStore& log, RowStore& rows) {
  if (unflushed_ > 0) {
    auto last = log.read(Sequence{position_.value - 1});
    if (!last) return last.error();
    last_event_ = std::move(*last);
    RowBatch batch;
    catalog_.flush(batch);
    accounts_.flush(batch);
    for (const auto& projection : projections_) projection->flush(batch);
    batch.put(metaKey("position"), positionRow());
    batch.put(metaKey("versions"), versions());
    if (auto written = rows.write(batch); !written) return written.error();
    unflushed_ = 0;
  }
  const auto snapshot = rows.snapshot();
  accounts_.setRows(snapshot);
  for (const auto& projection : projections_) projection->setRows(snapshot);
  return std::make_shared<const View>(View{.log = &log,
                                           .rows = snapshot,
                                           .catalog = catalog_.share(),
                                           .size = position_,
                                           .last_time = last_time_});
}

}  // namespace robotledger
