// Catalog: all projects there ever were, and the histories of the system's setting and of the token
// service's. Small, whole in memory, and shared unchanged with those who ask.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/domain/event.h"
#include "core/domain/expiry.h"
#include "projections/row_store.h"

namespace robotledger {

struct ProjectLife {
  ProjectId id;
  std::string name;
  Sequence created;
  Instant created_at;
  std::optional<Sequence> deleted;
  Instant deleted_at;
};

// The token service's settings from an instant on.
struct ServiceChange {
  Instant time;
  Sequence sequence;
  ServiceSettings settings;
  bool operator==(const ServiceChange&) const = default;
};

struct Catalog {
  std::vector<ProjectLife> projects;  // the one with id n at n - 1
  std::multimap<std::string, ProjectId, std::less<>> by_name;
  Settings settings;
  // In order of sequence; before the first of them they are ServiceSettings().
  std::vector<ServiceChange> service;

  // Null for an id that no project has had.
  const ProjectLife* find(ProjectId id) const;
  // Each that bore the name by `as_of`, the oldest first.
  std::vector<const ProjectLife*> named(std::string_view name, Sequence as_of) const;
  // The name of an account's home; empty for 0.
  std::string_view nameOf(ProjectId id) const;
};

// Keeps the catalog and its rows. One thread at a time, the runner's.
class CatalogKeeper {
 public:
  static constexpr std::string_view kName = "catalog";
  static constexpr unsigned kVersion = 2;

  // Reads what the rows say. kViewsDamaged where they are not what was written.
  Result<void> load(const RowSnapshot& rows);
  // The catalog as of the last event that was applied. Does not change once shared.
  std::shared_ptr<const Catalog> share();
  const Catalog& current() const { return *catalog_; }

  // Takes the next event in.
  Result<void> take(const Event& event);
  // Puts every row that changed since the last flush.
  void flush(RowBatch& batch);

 private:
  Result<void> loadProjects(RowCursor& cursor);
  Result<void> loadSettings(RowCursor& cursor);
  Result<void> loadService(RowCursor& cursor);
  Catalog& writable();

  std::shared_ptr<Catalog> catalog_ = std::make_shared<Catalog>();
  bool shared_ = false;  // since it was last copied
  std::vector<ProjectId> changed_projects_;
  std::vector<SettingChange> new_settings_;
  std::vector<ServiceChange> new_service_;
};

}  // namespace robotledger
