#include "core/domain/capability.h"

#include <array>
#include <unordered_map>

#include "core/base/check.h"

namespace robotledger {
namespace {

enum class Where : std::uint8_t { kProject, kSystem, kBoth };

struct Row {
  std::string_view resource;
  std::string_view action;
  Where where;
};

// The order is part of the stored format: `Capability` in core/wire/event.capnp has the same.
constexpr Row kTable[] = {
    {"repository", "pull", Where::kProject},
    {"repository", "push", Where::kProject},
    {"helm-chart", "read", Where::kProject},
    {"helm-chart-version", "create", Where::kProject},
    {"log", "list", Where::kProject},
    {"project", "read", Where::kProject},
    {"project", "delete", Where::kProject},
    {"project", "update", Where::kProject},
    {"metadata", "read", Where::kProject},
    {"metadata", "create", Where::kProject},
    {"metadata", "delete", Where::kProject},
    {"metadata", "list", Where::kProject},
    {"metadata", "update", Where::kProject},
    {"repository", "read", Where::kProject},
    {"repository", "update", Where::kProject},
    {"repository", "delete", Where::kProject},
    {"repository", "list", Where::kProject},
    {"artifact", "read", Where::kProject},
    {"artifact", "create", Where::kProject},
    {"artifact", "list", Where::kProject},
    {"artifact", "delete", Where::kProject},
    {"scan", "create", Where::kProject},
    {"scan", "read", Where::kProject},
    {"scan", "stop", Where::kProject},
    {"sbom", "create", Where::kProject},
    {"sbom", "stop", Where::kProject},
    {"sbom", "read", Where::kProject},
    {"tag", "create", Where::kProject},
    {"tag", "list", Where::kProject},
    {"tag", "delete", Where::kProject},
    {"accessory", "list", Where::kProject},
    {"artifact-addition", "read", Where::kProject},
    {"artifact-label", "create", Where::kProject},
    {"artifact-label", "delete", Where::kProject},
    {"scanner", "create", Where::kBoth},
    {"scanner", "read", Where::kBoth},
    {"preheat-policy", "read", Where::kProject},
    {"preheat-policy", "create", Where::kProject},
    {"preheat-policy", "delete", Where::kProject},
    {"preheat-policy", "list", Where::kProject},
    {"preheat-policy", "update", Where::kProject},
    {"immutable-tag", "create", Where::kProject},
    {"immutable-tag", "delete", Where::kProject},
    {"immutable-tag", "list", Where::kProject},
    {"immutable-tag", "update", Where::kProject},
    {"notification-policy", "read", Where::kProject},
    {"notification-policy", "create", Where::kProject},
    {"notification-policy", "delete", Where::kProject},
    {"notification-policy", "list", Where::kProject},
    {"notification-policy", "update", Where::kProject},
    {"tag-retention", "read", Where::kProject},
    {"tag-retention", "create", Where::kProject},
    {"tag-retention", "delete", Where::kProject},
    {"tag-retention", "list", Where::kProject},
    {"tag-retention", "update", Where::kProject},
    {"label", "read", Where::kBoth},
    {"label", "create", Where::kBoth},
    {"label", "delete", Where::kBoth},
    {"label", "list", Where::kProject},
    {"label", "update", Where::kBoth},
    {"quota", "read", Where::kBoth},
    {"robot", "create", Where::kBoth},
    {"robot", "read", Where::kBoth},
    {"robot", "list", Where::kBoth},
    {"robot", "delete", Where::kBoth},
    {"export-cve", "create", Where::kProject},
    {"export-cve", "read", Where::kProject},
    {"member", "create", Where::kProject},
    {"member", "read", Where::kProject},
    {"member", "update", Where::kProject},
    {"member", "list", Where::kProject},
    {"member", "delete", Where::kProject},
    {"audit-log", "list", Where::kSystem},
    {"preheat-instance", "read", Where::kSystem},
    {"preheat-instance", "create", Where::kSystem},
    {"preheat-instance", "delete", Where::kSystem},
    {"preheat-instance", "list", Where::kSystem},
    {"preheat-instance", "update", Where::kSystem},
    {"project", "list", Where::kSystem},
    {"project", "create", Where::kSystem},
    {"replication-policy", "read", Where::kSystem},
    {"replication-policy", "create", Where::kSystem},
    {"replication-policy", "delete", Where::kSystem},
    {"replication-policy", "list", Where::kSystem},
    {"replication-policy", "update", Where::kSystem},
    {"replication", "read", Where::kSystem},
    {"replication", "create", Where::kSystem},
    {"replication", "list", Where::kSystem},
    {"replication-adapter", "list", Where::kSystem},
    {"registry", "read", Where::kSystem},
    {"registry", "create", Where::kSystem},
    {"registry", "delete", Where::kSystem},
    {"registry", "list", Where::kSystem},
    {"registry", "update", Where::kSystem},
    {"scan-all", "read", Where::kSystem},
    {"scan-all", "update", Where::kSystem},
    {"scan-all", "stop", Where::kSystem},
    {"scan-all", "create", Where::kSystem},
    {"system-volumes", "read", Where::kSystem},
    {"garbage-collection", "read", Where::kSystem},
    {"garbage-collection", "create", Where::kSystem},
    {"garbage-collection", "list", Where::kSystem},
    {"garbage-collection", "update", Where::kSystem},
    {"garbage-collection", "stop", Where::kSystem},
    {"purge-audit", "read", Where::kSystem},
    {"purge-audit", "create", Where::kSystem},
    {"purge-audit", "list", Where::kSystem},
    {"purge-audit", "update", Where::kSystem},
    {"purge-audit", "stop", Where::kSystem},
    {"jobservice-monitor", "list", Where::kSystem},
    {"jobservice-monitor", "stop", Where::kSystem},
    {"scanner", "delete", Where::kSystem},
    {"scanner", "list", Where::kSystem},
    {"scanner", "update", Where::kSystem},
    {"security-hub", "read", Where::kSystem},
    {"security-hub", "list", Where::kSystem},
    {"catalog", "read", Where::kSystem},
    {"quota", "list", Where::kSystem},
    {"quota", "update", Where::kSystem},
    {"user", "create", Where::kSystem},
    {"user", "read", Where::kSystem},
    {"user", "update", Where::kSystem},
    {"user", "list", Where::kSystem},
    {"user", "delete", Where::kSystem},
    {"ldap-user", "create", Where::kSystem},
    {"ldap-user", "list", Where::kSystem},
    {"user-group", "create", Where::kSystem},
    {"user-group", "read", Where::kSystem},
    {"user-group", "update", Where::kSystem},
    {"user-group", "list", Where::kSystem},
    {"user-group", "delete", Where::kSystem},
};
constexpr std::size_t kCount = sizeof(kTable) / sizeof(kTable[0]);

struct ShortName {
  std::string_view name;
  Capability capability;
};
constexpr std::array<ShortName, 4> kShortNames{{{"pull-image", kPullImage},
                                                {"push-image", kPushImage},
                                                {"pull-chart", kPullChart},
                                                {"push-chart", kPushChart}}};

const Row& row(Capability capability) {
  RL_CHECK(capability.index < kCount, "a capability is a row of the table");
  return kTable[capability.index];
}

using ByName = std::unordered_map<std::string, Capability>;

ByName makeByName() {
  ByName names;
  for (std::uint16_t i = 0; i < kCount; ++i) names.emplace(Capability{i}.text(), Capability{i});
  for (const ShortName& known : kShortNames) names.emplace(known.name, known.capability);
  return names;
}

}  // namespace

std::string_view Capability::resource() const { return row(*this).resource; }
std::string_view Capability::action() const { return row(*this).action; }

std::string Capability::text() const {
  std::string name(resource());
  name += ':';
  name += action();
  return name;
}

std::string Capability::shortName() const {
  return index < kShortNames.size() ? std::string(kShortNames[index].name) : text();
}

std::size_t capabilityCount() { return kCount; }

std::optional<Capability> parseCapability(std::string_view text) {
  static const ByName kByName = makeByName();
  const auto found = kByName.find(std::string(text));
  if (found == kByName.end()) return std::nullopt;
  return found->second;
}

std::optional<Capability> findCapability(std::string_view resource, std::string_view action) {
  std::string name(resource);
  name += ':';
  name += action;
  return parseCapability(name);
}

bool grantableInProject(Capability capability) { return row(capability).where != Where::kSystem; }
bool grantableInSystem(Capability capability) { return row(capability).where != Where::kProject; }

}  // namespace robotledger
