// Robots as Harbor's clients send and read them.
//
//   auto body = parseRobotBody(json);
//   if (auto* wrong = std::get_if<WrongBody>(&body)) answer(wrong->status, wrong->message);
//
//   robotJson(view, row)
//   {"id":12,"name":"robot$web+ci","level":"project","duration":0,"expires_at":1782000000,
//    "permissions":[{"kind":"project","namespace":"web","access":[...]}],...}
//
// All functions: any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/json/json_text.h"
#include "core/domain/command.h"
#include "projections/account_row.h"
#include "projections/view.h"

namespace robotledger::harbor {

struct WrongBody {
  int status = 400;  // 422 for a field of another type, 400 for a value that cannot be
  std::string message;
};

enum class RobotLevel : std::uint8_t { kProject, kSystem };

struct RobotBody {
  std::string name;  // as it was sent
  std::string description;
  RobotLevel level = RobotLevel::kProject;
  std::string project;  // of a project's robot
  std::optional<ExpiryRequest> expiry;
  bool is_disabled = false;
  std::vector<PermissionRequest> permissions;
};

// Who may leave the permissions out: a PUT, of an account that has none.
enum class NoPermissions : std::uint8_t { kWrong, kAllowed };

// Reads the fields and looks at their values, as far as that needs no ledger. Fields that are not
// Robot's, and `id`, `secret`, `editable`, `expires_at` and the times, are passed over.
std::variant<RobotBody, WrongBody> parseRobotBody(const Json& json, NoPermissions none);

// The robot as it stands, and where it is none any more as it last stood.
Json robotJson(const View& view, const AccountRow& row);

// "2026-11-24T22:13:15.217Z".
std::string harborTime(Instant instant);
// Whole seconds of UNIX time, -1 where it never ends.
std::int64_t harborExpiry(const std::optional<Instant>& end);

}  // namespace robotledger::harbor
