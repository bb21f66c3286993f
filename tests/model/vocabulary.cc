#include "tests/model/vocabulary.h"

#include <set>
#include <sstream>

namespace robotledger::model {
namespace {

bool isLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// HARBOR.md's table, a resource and its actions a line.
constexpr const char* kSystemTable = R"(
audit-log list
preheat-instance read create delete list update
project list create
replication-policy read create delete list update
replication read create list
replication-adapter list
registry read create delete list update
scan-all read update stop create
system-volumes read
garbage-collection read create list update stop
purge-audit read create list update stop
jobservice-monitor list stop
scanner read create delete list update
label read create delete update
security-hub read list
catalog read
quota read list update
robot create read list delete
user create read update list delete
ldap-user create list
user-group create read update list delete
)";

constexpr const char* kProjectTable = R"(
log list
project read delete update
metadata read create delete list update
repository read update delete list pull push
artifact read create list delete
scan create read stop
sbom create stop read
tag create list delete
accessory list
artifact-addition read
artifact-label create delete
scanner create read
preheat-policy read create delete list update
immutable-tag create delete list update
notification-policy read create delete list update
tag-retention read create delete list update
label read create delete list update
quota read
robot create read list delete
export-cve create read
member create read update list delete
helm-chart read
helm-chart-version create
)";

std::set<std::string, std::less<>> readTable(const char* table) {
  std::set<std::string, std::less<>> pairs;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string resource;
    words >> resource;
    for (std::string action; words >> action;) pairs.insert(resource + ":" + action);
  }
  return pairs;
}

}  // namespace

bool isName(std::string_view text) {
  if (text.empty() || text.size() > 255) return false;
  if (!isLowerOrDigit(text.front()) || !isLowerOrDigit(text.back())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (isLowerOrDigit(text[i])) continue;
    bool separator = text[i] == '.' || text[i] == '_' || text[i] == '-';
    if (!separator || !isLowerOrDigit(text[i - 1])) return false;
  }
  return true;
}

bool isOperatorName(std::string_view text) {
  auto is_letter_or_digit = [](char c) { return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || text.size() > 255 || !is_letter_or_digit(text[0])) return false;
  for (char c : text) {
    if (!is_letter_or_digit(c) && c != '.' && c != '_' && c != '@' && c != '-') return false;
  }
  return true;
}

bool isPlainText(std::string_view text) {
  if (text.size() > 1024) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte <= 0x1F || byte == 0x7F) return false;
    // U+0080 to U+009F are C2 80 to C2 9F.
    if (byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) <= 0x9F) return false;
  }
  return true;
}

bool isDays(std::int64_t days) { return days >= 1 && days <= kMaxDays; }

bool isRole(std::string_view role) {
  return role == "system_admin" || role == "auditor" || role == "project_admin";
}

std::string capabilityOf(std::string_view text) {
  if (text == "pull-image") return "repository:pull";
  if (text == "push-image") return "repository:push";
  if (text == "pull-chart") return "helm-chart:read";
  if (text == "push-chart") return "helm-chart-version:create";
  return std::string(text);
}

bool mayBeGranted(std::string_view scope, std::string_view capability) {
  static const auto kSystem = readTable(kSystemTable);
  static const auto kProject = readTable(kProjectTable);
  return scope == "/" ? kSystem.contains(capability) : kProject.contains(capability);
}

}  // namespace robotledger::model
