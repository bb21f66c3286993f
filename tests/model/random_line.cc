#include "tests/model/random_line.h"

#include <functional>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/model/civil_time.h"
#include "tests/model/spoilt_line.h"

namespace robotledger::model {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

const Names kProjects{"web", "api", "x.y"};
const Names kOperators{"alice", "bob", "carol", "admin"};
const Names kProjectCapabilities{"push-image", "pull-image", "repository:pull", "push-chart",
                                 "pull-chart", "tag:list",   "repository:push", "robot:delete"};
const Names kSystemCapabilities{"project:create", "robot:delete", "catalog:read"};

class LineMaker {
 public:
  LineMaker(RandomSource& random, const Known& known, std::int64_t at_us)
      : random_(random), known_(known), at_us_(at_us) {}

  json command() {
    std::uint64_t dice = random_.below(100);
    bool all_live = known_.projects.size() == kProjects.size();
    if (dice < (all_live ? 1U : 8U) || known_.projects.empty()) {
      return {{"do", "create_project"}, {"project", deadOrAnyProject()}};
    }
    if (dice < 11) return {{"do", "delete_project"}, {"project", livingOrAnyProject()}};
    if (dice < 30 || (known_.accounts.empty() && dice < 98)) return createAccount();
    if (dice < 42) return changePermissions("grant");
    if (dice < 54) return changePermissions("revoke");
    if (dice < 60) return update();
    if (dice < 63) return recordClaim();
    if (dice < 69) return setSystemExpiry();
    if (dice < 76) return setExpiry();
    if (dice < 93) return onAccount();
    return onOperators();
  }

 private:
  template <typename Container>
  auto pickFrom(const Container& container) {
    auto at = container.begin();
    std::advance(at, random_.below(container.size()));
    return *at;
  }

  std::string livingOrAnyProject() {
    if (known_.projects.empty() || random_.chance(5)) return random_.pick(kProjects);
    return pickFrom(known_.projects);
  }

  std::string deadOrAnyProject() {
    for (const auto& name : kProjects) {
      if (!known_.projects.contains(name)) return name;
    }
    return random_.chance(30) ? random_.pick<std::string>({"Upper", "", "a--b", "-a", "é"})
                              : random_.pick(kProjects);
  }

  std::string account() {
    if (random_.chance(3)) {
      return random_.pick<std::string>({"robot$web+nobody", "robot$gone+a", "a", "robot$", "",
                                        "robot$+a", "robot$web+a+b", "web+a", "robot$*+a"});
    }
    if (known_.accounts.empty()) return "robot$web+a";
    return pickFrom(known_.accounts).first;
  }

  json days() {
    if (random_.chance(6)) {
      return random_.pick<json>(
          {0, -1, 2147483647, json::parse("18446744073709551615"), 2147483646, 2921000});
    }
    return random_.between(1, 4);
  }

  json expires() {
    if (random_.chance(45)) return "system";
    if (random_.chance(20)) return "never";
    return days();
  }

  // In one of the ways to write it. `scope` is empty where none is named.
  json permission(const std::string& scope, const std::string& capability) {
    if (scope.empty()) return capability;
    auto colon = capability.find(':');
    if (colon != std::string::npos && random_.chance(50)) {
      return {{"scope", scope},
              {"resource", capability.substr(0, colon)},
              {"action", capability.substr(colon + 1)}};
    }
    return {{"scope", scope}, {"capability", capability}};
  }

  json randomPermission(const std::string& project) {
    bool wrong = random_.chance(4);
    std::string scope = project;
    if (project.empty()) {
      scope = random_.chance(25) ? "*" : random_.chance(25) ? "/" : livingOrAnyProject();
    }
    std::string capability =
        wrong ? random_.pick<std::string>({"repository:fly", "nonsense", "", "repository:pull:x"})
              : random_.pick(scope == "/" && !random_.chance(3) ? kSystemCapabilities
                                                                : kProjectCapabilities);
    if (!project.empty() && random_.chance(70)) scope = "";
    if (random_.chance(2)) scope = random_.pick<std::string>({"", "*", "/", "web", "nowhere"});
    return permission(scope, capability);
  }

  json permissions(const std::string& project) {
    json list = json::array();
    if (random_.chance(3)) return list;
    for (std::uint64_t count = 1 + random_.below(3); count > 0; --count) {
      list.push_back(randomPermission(project));
    }
    return list;
  }

  json createAccount() {
    json line{{"do", "create_account"}};
    std::string project;
    if (random_.chance(55)) {
      project = livingOrAnyProject();
      line["project"] = project;
      line["name"] = random_.pick<std::string>({"a", "b", "b-1"});
    } else {
      line["level"] = "system";
      line["name"] = random_.pick<std::string>({"s", "t", "a"});
    }
    const auto name = line["name"].get<std::string>();
    std::string qualified = "robot$" + (project.empty() ? "" : project + "+") + name;
    if (known_.accounts.contains(qualified) && random_.chance(75)) {
      return {{"do", random_.chance(50) ? "delete" : "renew"}, {"account", qualified}};
    }
    if (random_.chance(2)) line["name"] = random_.pick<std::string>({"Bad", "", "a..b", "a-"});
    line["permissions"] = permissions(project);
    if (!project.empty() && random_.chance(10)) line["permissions"] = json::array();
    if (random_.chance(75)) line["expires"] = expires();
    if (random_.chance(20)) line["description"] = description();
    if (random_.chance(20)) line["issued_at"] = earlier(4 * kDayUs);
    return line;
  }

  // Some time before now; now and then one that no account can have been issued at.
  std::string earlier(std::int64_t by_us) {
    if (random_.chance(5))
      return random_.pick<std::string>({"1969-12-31T23:59:59.999999Z", printTime(at_us_ + 1)});
    if (random_.chance(10)) return printTime(random_.pick<std::int64_t>({0, at_us_}));
    return printTime(at_us_ - random_.between(0, by_us));
  }

  // Much of it as it is already.
  json update() {
    json line{{"do", "update"}, {"account", account()}};
    const auto name = line["account"].get<std::string>();
    const auto found = known_.accounts.find(name);
    if (random_.chance(70)) {
      auto plus = name.find('+');
      std::string project = plus == std::string::npos || plus < 6 ? "" : name.substr(6, plus - 6);
      json list = permissions(project);
      if (found != known_.accounts.end() && random_.chance(60)) {
        list = random_.chance(50) ? json::array() : json::array({randomPermission(project)});
        for (const auto& held : found->second) {
          if (random_.chance(75)) list.push_back(permission(held.scope, held.capability));
        }
      }
      if (!project.empty() && random_.chance(15)) list = json::array({"pull-image"});
      line["permissions"] = list;
    }
    if (random_.chance(40)) line["expires"] = expires();
    if (random_.chance(30)) line["description"] = description();
    if (random_.chance(40)) line["status"] = random_.chance(60) ? "enabled" : "disabled";
    return line;
  }

  json recordClaim() {
    json line{{"do", "record_claim"},
              {"source", "harbor.example"},
              {"source_id", "audit-log/7"},
              {"when", earlier(900 * kDayUs)},
              {"who", "anna"},
              {"operation", "create"},
              {"resource", "robot$web+a"},
              {"resource_type", "robot"}};
    if (random_.chance(70)) line["account"] = account();
    if (random_.chance(50)) line["project"] = livingOrAnyProject();
    if (random_.chance(20)) line["who"] = "";
    if (random_.chance(10)) {
      const std::string field = random_.pick<std::string>({"source", "source_id", "resource"});
      line[field] = random_.pick<std::string>({"", "tab\t", std::string(1025, 'x')});
    }
    return line;
  }

  std::string description() {
    if (random_.chance(8)) {
      return random_.pick<std::string>(
          {"bell\a", "next\u0085line", "del\x7f", std::string(1025, 'x'), "tab\t"});
    }
    return random_.pick<std::string>({"", "nightly", "käse \u00a0", std::string(1024, 'x')});
  }

  json changePermissions(const std::string& verb) {
    std::string name = account();
    auto found = known_.accounts.find(name);
    auto plus = name.find('+');
    std::string project = plus == std::string::npos || plus < 6 ? "" : name.substr(6, plus - 6);
    json list = permissions(project);
    if (verb == "revoke" && found != known_.accounts.end() && random_.chance(80)) {
      // Whole scopes at times, with or without the pull that is always there.
      list = json::array();
      std::uint64_t share = random_.pick<std::uint64_t>({40, 70, 100});
      for (const auto& held : found->second) {
        if (!random_.chance(share)) continue;
        list.push_back(permission(held.scope, held.capability));
        if (held.scope != "/" && random_.chance(15)) {
          list.push_back(permission(held.scope, "pull-image"));
        }
      }
      if (list.empty()) list.push_back(randomPermission(project));
    }
    return {{"do", verb}, {"account", name}, {"permissions", list}};
  }

  // Mostly what is not so already.
  json setSystemExpiry() {
    json line{{"do", "set_system_expiry"}, {"days", days()}};
    if (line["days"] == known_.system_days) line["days"] = days();
    return line;
  }

  json setExpiry() {
    json line{{"do", "set_expiry"}, {"account", account()}, {"expires", expires()}};
    auto found = known_.expiries.find(line["account"].get<std::string>());
    if (found != known_.expiries.end() && found->second.kind == Expiry::Kind::kSystem &&
        random_.chance(90)) {
      line["expires"] = random_.chance(20) ? json("never") : days();
    } else if (found != known_.expiries.end() && random_.chance(60)) {
      line["expires"] = "system";
    }
    return line;
  }

  json onAccount() {
    const std::string verb = random_.pick<std::string>(
        {"disable", "disable", "disable", "delete", "renew", "renew", "rotate_secret", "describe"});
    json line{{"do", verb}, {"account", account()}};
    if (verb == "describe") line["description"] = description();
    // The other of the two where that is what would change something.
    bool disabled = known_.disabled.contains(line["account"].get<std::string>());
    if (verb == "disable" && disabled != random_.chance(6)) line["do"] = "enable";
    return line;
  }

  json onOperators() {
    std::uint64_t dice = random_.below(100);
    std::string name = random_.chance(6) ? random_.pick<std::string>({"ghost", "", "-x", "a b"})
                                         : random_.pick(kOperators);
    if (dice < 20 || known_.operators.size() == 1) {
      return {{"do", "add_operator"}, {"operator", name}};
    }
    if (random_.chance(90)) name = pickFrom(known_.operators);
    if (dice < 30) return {{"do", "remove_operator"}, {"operator", name}};
    json line{{"do", dice < 80 ? "grant_role" : "revoke_role"}, {"operator", name}};
    if (random_.chance(8)) {
      line["role"] = random_.pick<std::string>({"owner", "", "System_admin"});
      if (random_.chance(50)) line["project"] = livingOrAnyProject();
    } else if (random_.chance(60)) {
      line["role"] = "project_admin";
      line["project"] = livingOrAnyProject();
    } else {
      line["role"] = random_.pick<std::string>({"system_admin", "auditor"});
    }
    return line;
  }

  RandomSource& random_;
  const Known& known_;
  const std::int64_t at_us_;
};

// The instant in one of the ways to write it.
std::string writeTime(RandomSource& random, std::int64_t at_us) {
  struct Offset {
    std::int64_t minutes;
    const char* text;
  };
  static const std::vector<Offset> kOffsets{{60, "+01:00"}, {-330, "-05:30"}, {840, "+14:00"},
                                            {0, "+00:00"},  {0, "-00:00"},    {-1439, "-23:59"}};
  if (random.chance(60)) return printTime(at_us);
  const Offset& offset = random.pick(kOffsets);
  std::string text = printTime(at_us + offset.minutes * 60 * kSecondUs);
  text.pop_back();
  auto point = text.find('.');
  while (point != std::string::npos && text.back() == '0') text.pop_back();
  if (point == std::string::npos && random.chance(30)) text += ".000";
  return text + offset.text;
}

// Nobody else writes such lines, so there is nobody to be told that one is malformed.
bool isOfLivingLedger(const json& line) {
  return line["do"] == "update" || line["do"] == "record_claim" || line.contains("issued_at");
}

}  // namespace

std::string randomLine(RandomSource& random, const Known& known, std::int64_t at_us) {
  json line = LineMaker(random, known, at_us).command();
  line["at"] = writeTime(random, at_us);
  line["actor"] = *known.system_admins.begin();
  if (random.chance(6)) {
    auto actor = known.operators.begin();
    std::advance(actor, random.below(known.operators.size()));
    line["actor"] = random.chance(80) ? *actor : random.pick<std::string>({"ghost", "", "admin "});
  }
  if (random.chance(10)) {
    line["reason"] = random.chance(92)
                         ? "because"
                         : random.pick<std::string>({"line\nbreak", std::string(1025, 'r')});
  }
  if (isOfLivingLedger(line) || random.chance(97)) return line.dump();
  return spoiltLine(random, line);
}

}  // namespace robotledger::model
