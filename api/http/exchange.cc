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

Response errorAnswer(int status, std::string_view code, std::string_view message) {
  const Json body{{"errors", Json::array({{{"code", code}, {"message", message}}})}};
  return {.status = status,
          .headers = {{"Content-Type", std::string(kJson)}},
          .body = jsonText(body) + "\n",
          .why = {},
          .who = {}};
}

Response internalError(std::string why) {
  Response answer = errorAnswer(500, "INTERNAL", "internal server error");
  answer.why = std::move(why);
  return answer;
}

}  // namespace robotledger::http
