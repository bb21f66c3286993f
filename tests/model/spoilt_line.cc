#include "tests/model/spoilt_line.h"

#include <vector>

namespace robotledger::model {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

// Makes a well-formed line malformed.
std::string spoil(RandomSource& random, json line) {
  static const Names kFields{"at",   "actor",    "do",   "project", "account", "permissions",
                             "name", "operator", "role", "expires", "days",    "description"};
  // A field that is there in every line, and one that may be.
  std::string field = random.pick(kFields);
  if (!line.contains(field)) field = random.pick<std::string>({"at", "actor", "do"});
  switch (random.below(10)) {
    case 0: line.erase(field == "expires" || field == "description" ? "actor" : field); break;
    case 1: line[field] = nullptr; break;
    case 2: line["colour"] = "red"; break;
    case 3: line[field] = json::array({1}); break;
    case 4: line["days"] = 1.5; break;
    case 5:
      line["at"] = random.pick<std::string>(
          {"2025-02-29T00:00:00Z", "2025-03-01", "2025-03-01T00:00:00", "2025-03-01T24:00:00Z",
           "2025-03-01T00:00:60Z", "2025-03-01T00:00:00.1234567Z", "2025-03-01T00:00:00.Z",
           "2025-03-01T00:00:00+24:00", "2025-13-01T00:00:00Z", "2025-03-01 00:00:00Z", ""});
      break;
    case 6: line["do"] = "fly"; break;
    case 7: line["reason"] = 7; break;
    case 8: {
      std::string text = line.dump();
      return text.substr(0, text.size() - 1) + ",\"actor\":\"admin\"}";
    }
    default: {
      std::string text = line.dump();
      return random.pick<std::string>({text + "}", text.substr(0, text.size() - 1), "[]", "7",
                                       "\"" + text, text + text, "{}", "\xff" + text});
    }
  }
  return line.dump();
}

// Wrong in a way that only some verbs know.
bool spoilFields(RandomSource& random, json& line) {
  const auto verb = line["do"].get<std::string>();
  if (verb == "create_account") {
    switch (random.below(5)) {
      case 0:
        line["project"] = "web";
        line["level"] = "system";
        return true;
      case 1:
        line.erase("project");
        line["level"] = "project";
        return true;
      case 2:
        line.erase("project");
        line.erase("level");
        return true;
      case 3: line["expires"] = random.pick<json>({"soon", 1.0, "30", true}); return true;
      default: line.erase("permissions"); return true;
    }
  }
  if (verb == "grant" || verb == "revoke") {
    json wrong = random.pick<json>(
        {json::object({{"scope", "web"}}), json::array({"push-image"}),
         json::object({{"capability", "push-image"}}), 1, nullptr,
         json::object({{"scope", "web"}, {"capability", nullptr}}),
         json::object({{"scope", "web"}, {"capability", "push-image"}, {"action", "push"}})});
    line["permissions"].push_back(wrong);
    return true;
  }
  if (verb == "grant_role" || verb == "revoke_role") {
    if (line["role"] == "project_admin") {
      line.erase("project");
      return true;
    }
    if (line["role"] == "auditor" || line["role"] == "system_admin") {
      line["project"] = "web";
      return true;
    }
  }
  return false;
}

}  // namespace

std::string spoiltLine(RandomSource& random, json line) {
  if (random.chance(40) && spoilFields(random, line)) return line.dump();
  return spoil(random, std::move(line));
}

}  // namespace robotledger::model
