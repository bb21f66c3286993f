#include "projections/audit_trail.h"

#include <algorithm>

#include "projections/account_row.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

void addScopes(std::vector<ProjectId>& projects, const Permissions& permissions) {
  for (const Permission& permission : permissions) {
    if (permission.scope.kind != Scope::Kind::kProject) continue;
    const ProjectId project = permission.scope.project;
    if (projects.empty() || projects.back() != project) projects.push_back(project);
  }
}

// Each once, without 0, which stands for no project.
std::vector<ProjectId> sorted(std::vector<ProjectId> projects) {
  std::ranges::sort(projects);
  projects.erase(std::unique(projects.begin(), projects.end()), projects.end());
  if (!projects.empty() && projects.front().value == 0) projects.erase(projects.begin());
  return projects;
}

Bytes keyOf(Sequence first, const Bytes& prefix) {
  Bytes key = prefix;
  putBigEndian64(key, first.value);
  return key;
}

}  // namespace

std::vector<ProjectId> projectsIn(const EventBody& body) {
  std::vector<ProjectId> projects;
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { event.project; }) projects.push_back(event.project);
        if constexpr (requires { event.permissions; }) addScopes(projects, event.permissions);
      },
      body);
  return sorted(std::move(projects));
}

std::vector<ProjectId> projectsOf(const Change& change) {
  std::vector<ProjectId> projects = projectsIn(change.event.body);
  if (change.account == nullptr) return projects;
  projects.push_back(change.account->account.project);
  addScopes(projects, change.account->account.permissions);
  return sorted(std::move(projects));
}

Result<void> AuditTrail::apply(const Change& change) {
  const Sequence sequence = change.event.sequence;
  const Bytes kind(1, static_cast<char>(change.event.body.index()));
  if (auto added = add(postingPrefix(PostingIndex::kKind, kind), sequence); !added) return added;
  const Bytes actor = postingPrefix(PostingIndex::kActor, change.event.actor);
  if (auto added = add(actor, sequence); !added) return added;
  for (const ProjectId project : projectsOf(change)) {
    Bytes number;
    putBigEndian32(number, project.value);
    const Bytes prefix = postingPrefix(PostingIndex::kProject, number);
    if (auto added = add(prefix, sequence); !added) return added;
  }
  return {};
}

Result<void> AuditTrail::load(const Bytes& prefix, Part& part) const {
  const auto cursor = rows_->cursor();
  cursor->seekForPrev(prefix + Bytes(8, '\xff'));
  if (!cursor->valid() || !cursor->key().starts_with(prefix)) return cursor->status();
  ByteReader key(cursor->key().substr(prefix.size()));
  part.first = Sequence{key.bigEndian64()};
  const auto entries = readPostings(part.first, cursor->value());
  if (!entries) return entries.error();
  part.last = entries->back();
  part.count = static_cast<std::uint32_t>(entries->size());
  part.bytes = cursor->value();
  return {};
}

Result<void> AuditTrail::add(const Bytes& prefix, Sequence sequence) {
  const auto [place, fresh] = parts_.try_emplace(prefix);
  Part& part = place->second;
  if (fresh) {
    if (auto loaded = load(prefix, part); !loaded) return loaded;
  }
  if (part.count == kPostingPart) {
    if (part.changed) pending_.put(keyOf(part.first, prefix), std::move(part.bytes));
    part.bytes.clear();
    part.count = 0;
  }
  if (part.count == 0) {
    part.first = sequence;
  } else {
    putVarint(part.bytes, sequence.value - part.last.value);
  }
  part.last = sequence;
  part.count += 1;
  if (!part.changed) changed_.push_back(&*place);
  part.changed = true;
  return {};
}

void AuditTrail::flush(RowBatch& batch) {
  batch.take(pending_);
  for (auto* one : changed_) {
    auto& [prefix, part] = *one;
    batch.put(keyOf(part.first, prefix), part.bytes);
    part.changed = false;
  }
  changed_.clear();
}

void AuditTrail::setRows(std::shared_ptr<const RowSnapshot> rows) {
  rows_ = std::move(rows);
  if (isFull()) parts_.clear();
}

}  // namespace robotledger
