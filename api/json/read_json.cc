#include "api/json/read_json.h"

namespace robotledger {

std::optional<Json> readJson(std::string_view text) {
  bool is_too_deep = false;
  const auto watch = [&is_too_deep](int depth, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && depth >= kMaxJsonDepth) is_too_deep = true;
    // What is too deep is passed over, so that it is never built.
    return !is_too_deep;
  };
  Json json = Json::parse(text, watch, false);
  if (is_too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

}  // namespace robotledger
