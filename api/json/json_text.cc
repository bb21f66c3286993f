#include "api/json/json_text.h"

namespace robotledger {

std::string jsonText(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace robotledger
