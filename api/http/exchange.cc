#include "api/http/exchange.h"

#include <algorithm>

#include "api/http/ascii.h"
#include "api/json/json_text.h"

namespace robotledger::http {

std::optional<std::string_view> Request::header(std::string_view name) const {
  for (const Header& one : headers) {
    if (sameIgnoringCase(one.name, name)) return one.value;
  }
  return std::nullopt;
}

std::size_t Request::headerCount(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const Header& one) { return sameIgnoringCase(one.name, name); }));
}

const std::string& Request::part(std::string_view name) const {
  static const std::string kNone;
  for (const PathPart& one : parts) {
    if (one.name == name) return one.value;
  }
  return kNone;
}

std::string_view accessName(Access access) {
  switch (access) {
    case Access::kUnstated: break;
    case Access::kAnyone: return "anyone";
    case Access::kRobots: return "robots";
    case Access::kOperators: return "operators";
    case Access::kReaders: return "readers";
    case Access::kSystemAdmins: return "system administrators";
    case Access::kWatchers: return "watchers";
  }
  return "unstated";
}

Response errorAnswer(int status, std::string_view code, std::string_view message,
                     std::string_view field) {
  Json error{{"code", code}, {"message", message}};
  if (!field.empty()) error["field"] = field;
  const Json body{{"errors", Json::array({std::move(error)})}};
  return {.status = status,
          .headers = {{"Content-Type", std::string(kJson)}},
          .body = jsonText(body) + "\n"};
}

Response internalError(std::string why) {
  Response answer = errorAnswer(500, "INTERNAL", "internal server error");
  answer.why = std::move(why);
  return answer;
}

}  // namespace robotledger::http
