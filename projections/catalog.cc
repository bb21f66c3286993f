#include "projections/catalog.h"

#include "core/base/limits.h"
#include "projections/row_codec.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

Error damaged() { return Error{ErrorCode::kViewsDamaged, "the catalog in the views is damaged"}; }

Bytes encodeProject(const ProjectLife& project) {
  Bytes out;
  putText(out, project.name);
  putVarint(out, project.created.value);
  putVarint(out, static_cast<std::uint64_t>(project.created_at.us));
  if (project.deleted) {
    putVarint(out, project.deleted->value);
    putVarint(out, static_cast<std::uint64_t>(project.deleted_at.us));
  }
  return out;
}

Result<ProjectLife> decodeProject(ProjectId id, BytesView bytes) {
  ByteReader in(bytes);
  ProjectLife project{.id = id, .name = Bytes(in.text())};
  project.created = Sequence{in.varint()};
  project.created_at = readLaterInstant(in, {});
  if (in.ok() && !in.atEnd()) {
    project.deleted = Sequence{in.varint()};
    project.deleted_at = readLaterInstant(in, {});
  }
  if (!in.ok() || !in.atEnd()) return damaged();
  return project;
}

Bytes encodeService(const ServiceChange& change) {
  Bytes out;
  putVarint(out, static_cast<std::uint64_t>(change.time.us));
  putSigned(out, change.settings.token_lifetime_s);
  putText(out, change.settings.charts_segment);
  putText(out, change.settings.service_name);
  return out;
}

Result<ServiceChange> decodeService(Sequence sequence, BytesView bytes) {
  ByteReader in(bytes);
  ServiceChange change{.sequence = sequence};
  change.time = readLaterInstant(in, {});
  const std::int64_t lifetime_s = in.signedVarint();
  change.settings.token_lifetime_s = static_cast<std::int32_t>(lifetime_s);
  change.settings.charts_segment = Bytes(in.text());
  change.settings.service_name = Bytes(in.text());
  if (!in.ok() || !in.atEnd() || change.settings.token_lifetime_s != lifetime_s) return damaged();
  return change;
}

}  // namespace

const ProjectLife* Catalog::find(ProjectId id) const {
  return id.value == 0 || id.value > projects.size() ? nullptr : &projects[id.value - 1];
}

std::vector<const ProjectLife*> Catalog::named(std::string_view name, Sequence as_of) const {
  std::vector<const ProjectLife*> lives;
  const auto [begin, end] = by_name.equal_range(name);
  for (auto at = begin; at != end; ++at) {
    const ProjectLife* project = find(at->second);
    if (project->created <= as_of) lives.push_back(project);
  }
  return lives;
}

std::string_view Catalog::nameOf(ProjectId id) const {
  const ProjectLife* project = find(id);
  return project == nullptr ? std::string_view() : std::string_view(project->name);
}

Result<void> CatalogKeeper::load(const RowSnapshot& rows) {
  catalog_ = std::make_shared<Catalog>();
  shared_ = false;
  const auto cursor = rows.cursor();
  if (auto loaded = loadProjects(*cursor); !loaded) return loaded;
  if (auto loaded = loadSettings(*cursor); !loaded) return loaded;
  if (auto loaded = loadService(*cursor); !loaded) return loaded;
  return cursor->status();
}

Result<void> CatalogKeeper::loadProjects(RowCursor& cursor) {
  const Bytes projects = projectPrefix();
  for (cursor.seek(projects); cursor.valid() && cursor.key().starts_with(projects); cursor.next()) {
    ByteReader key(cursor.key().substr(projects.size()));
    const ProjectId id{key.bigEndian32()};
    auto project = decodeProject(id, cursor.value());
    if (!project) return project.error();
    if (id.value != catalog_->projects.size() + 1) return damaged();
    catalog_->by_name.emplace(project->name, id);
    catalog_->projects.push_back(std::move(*project));
  }
  return {};
}

Result<void> CatalogKeeper::loadSettings(RowCursor& cursor) {
  const Bytes settings = settingPrefix();
  for (cursor.seek(settings); cursor.valid() && cursor.key().starts_with(settings); cursor.next()) {
    ByteReader key(cursor.key().substr(settings.size()));
    ByteReader in(cursor.value());
    SettingChange change;
    change.sequence = Sequence{key.bigEndian64()};
    change.time = readLaterInstant(in, {});
    const std::uint64_t days = in.varint();
    if (!in.ok() || !in.atEnd() || days > static_cast<std::uint64_t>(kMaxDays)) return damaged();
    change.days = static_cast<std::int32_t>(days);
    if (!catalog_->settings.empty() && change.time < catalog_->settings.back().time) {
      return damaged();
    }
    catalog_->settings.push_back(change);
  }
  return {};
}

Result<void> CatalogKeeper::loadService(RowCursor& cursor) {
  const Bytes prefix = servicePrefix();
  for (cursor.seek(prefix); cursor.valid() && cursor.key().starts_with(prefix); cursor.next()) {
    ByteReader key(cursor.key().substr(prefix.size()));
    auto change = decodeService(Sequence{key.bigEndian64()}, cursor.value());
    if (!change) return change.error();
    auto& changes = catalog_->service;
    if (!changes.empty() && change->time < changes.back().time) return damaged();
    changes.push_back(std::move(*change));
  }
  return {};
}

std::shared_ptr<const Catalog> CatalogKeeper::share() {
  shared_ = true;
  return catalog_;
}

Catalog& CatalogKeeper::writable() {
  // Whoever was given it keeps what he was given. (The count of its owners could tell that he let
  // go of it, but not that his last look happened before what is written now.)
  if (shared_) catalog_ = std::make_shared<Catalog>(*catalog_);
  shared_ = false;
  return *catalog_;
}

Result<void> CatalogKeeper::take(const Event& event) {
  if (const auto* first = std::get_if<LedgerInitialized>(&event.body)) {
    new_settings_.push_back({event.time, event.sequence, first->system_expiry_days});
    writable().settings.push_back(new_settings_.back());
  } else if (const auto* setting = std::get_if<SystemExpiryChanged>(&event.body)) {
    new_settings_.push_back({event.time, event.sequence, setting->after_days});
    writable().settings.push_back(new_settings_.back());
  } else if (const auto* service = std::get_if<ServiceSettingsChanged>(&event.body)) {
    new_service_.push_back({event.time, event.sequence, service->after});
    writable().service.push_back(new_service_.back());
  } else if (const auto* created = std::get_if<ProjectCreated>(&event.body)) {
    Catalog& catalog = writable();
    if (created->project.value != catalog.projects.size() + 1) return damaged();
    catalog.projects.push_back({.id = created->project,
                                .name = created->name,
                                .created = event.sequence,
                                .created_at = event.time});
    catalog.by_name.emplace(created->name, created->project);
    changed_projects_.push_back(created->project);
  } else if (const auto* deleted = std::get_if<ProjectDeleted>(&event.body)) {
    Catalog& catalog = writable();
    if (catalog.find(deleted->project) == nullptr) return damaged();
    ProjectLife& project = catalog.projects[deleted->project.value - 1];
    project.deleted = event.sequence;
    project.deleted_at = event.time;
    changed_projects_.push_back(deleted->project);
  }
  return {};
}

void CatalogKeeper::flush(RowBatch& batch) {
  for (const ProjectId id : changed_projects_) {
    batch.put(projectKey(id), encodeProject(*catalog_->find(id)));
  }
  for (const SettingChange& change : new_settings_) {
    Bytes value;
    putVarint(value, static_cast<std::uint64_t>(change.time.us));
    putVarint(value, static_cast<std::uint64_t>(change.days));
    batch.put(settingKey(change.sequence), std::move(value));
  }
  for (const ServiceChange& change : new_service_) {
    batch.put(serviceKey(change.sequence), encodeService(change));
  }
  changed_projects_.clear();
  new_settings_.clear();
  new_service_.clear();
}

}  // namespace robotledger
