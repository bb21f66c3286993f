// What Harbor's own API prints, read: GET /robots, /projects and /audit-logs, each an array in
// JSON.
//
//   auto robots = readHarborRobots(text);
//   if (!robots) return robots.error();        // names the element and the field
//
// Fields that are not named here are passed over. All functions: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/instant.h"
#include "core/base/result.h"
#include "core/domain/command.h"

namespace robotledger {

struct HarborProject {
  std::int64_t id = 0;
  std::string name;
  std::string owner;
  std::optional<Instant> created;
};

struct HarborAccess {
  std::string scope;  // a project's name, "*" or "/"
  std::string resource;
  std::string action;
  bool is_allowed = true;  // false for an effect other than allow
};

struct HarborRobot {
  std::int64_t id = 0;
  std::string name;   // as Harbor gives it, with its prefix: "robot$library+ci"
  std::string level;  // "project" or "system"
  std::string description;
  std::int64_t duration = 0;    // days, -1 for never, 0 for the system's setting
  std::int64_t expires_at = 0;  // seconds of UNIX time, -1 for never, 0 where it is not told
  bool is_disabled = false;
  std::vector<HarborAccess> access;
  std::string creator;
  std::optional<Instant> created;
};

struct HarborAuditRow {
  std::int64_t id = 0;
  std::string username;
  std::string operation;
  std::string resource;
  std::string resource_type;
  Instant time;
};

// kInvalidArgument where it is no array of them.
Result<std::vector<HarborProject>> readHarborProjects(std::string_view text);
Result<std::vector<HarborRobot>> readHarborRobots(std::string_view text);
Result<std::vector<HarborAuditRow>> readHarborAuditRows(std::string_view text);

// The instant that its expiry counts from: so many days before it ends, where Harbor tells both,
// else its creation.
std::optional<Instant> issueTimeOf(const HarborRobot& robot);

}  // namespace robotledger
