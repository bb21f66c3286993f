#include "api/import/harbor_words.h"

#include "core/domain/names.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

void readPermissions(WantedRobot& wanted, std::vector<HarborNote>& notes) {
  const auto note = [&](const std::string& what, std::string why) {
    notes.push_back({what, std::move(why)});
  };
  for (const HarborAccess& one : wanted.robot->access) {
    const std::string text = one.resource + ":" + one.action;
    if (!one.is_allowed) {
      note(wanted.qualified_name, text + " in " + one.scope +
                                      " is denied there: nothing denies "
                                      "here, so it was left out");
      continue;
    }
    const auto capability = findCapability(one.resource, one.action);
    const bool is_known = capability && (one.scope == "/" ? grantableInSystem(*capability)
                                                          : grantableInProject(*capability));
    if (!is_known) {
      note(wanted.qualified_name, text + " in " + one.scope + " cannot be granted here");
      continue;
    }
    if (wanted.project && one.scope != *wanted.project) {
      note(wanted.qualified_name, text + " is in another project, " + one.scope);
      continue;
    }
    wanted.permissions.push_back({.scope = one.scope, .capability = text});
  }
}

}  // namespace

std::optional<WantedRobot> wantedRobot(const HarborRobot& robot, const std::string& prefix,
                                       std::uint64_t line, std::vector<HarborNote>& notes) {
  if (!robot.name.starts_with(prefix)) {
    notes.push_back({robot.name, "its name does not begin with " + inQuotes(prefix)});
    return std::nullopt;
  }
  WantedRobot wanted{
      .robot = &robot,
      .line = line,
      .qualified_name = std::string(kRobotPrefix) + robot.name.substr(prefix.size())};
  const auto parts = parseQualifiedName(wanted.qualified_name);
  if (!parts || parts->project.empty() != (robot.level == "system")) {
    notes.push_back({robot.name, "its name is none of a " + robot.level + " robot here"});
    return std::nullopt;
  }
  if (!parts->project.empty()) wanted.project = parts->project;
  wanted.name = parts->name;
  if (robot.duration < 0) {
    wanted.expiry = {.kind = Expiry::Kind::kNever};
  } else if (robot.duration > 0) {
    wanted.expiry = {.kind = Expiry::Kind::kDays, .days = robot.duration};
  }
  readPermissions(wanted, notes);
  return wanted;
}

}  // namespace robotledger
