#include "api/import/harbor_data.h"

#include "api/json/read_json.h"

namespace robotledger {
namespace {

// One element of an array, whose fields are read; the first that is wrong is remembered.
class Element {
 public:
  Element(const Json& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) fail("is no object");
  }

  const Json* find(const char* field) const {
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(field);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
  }
  std::string text(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return "";
    if (value->is_string()) return value->get<std::string>();
    // Newer versions of Harbor tell a creator by his number.
    if (value->is_number_integer()) return value->dump();
    fail(std::string(field) + " is no text");
    return "";
  }
  std::int64_t number(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return 0;
    if (value->is_number_integer()) return value->get<std::int64_t>();
    fail(std::string(field) + " is no whole number");
    return 0;
  }
  bool flag(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    fail(std::string(field) + " is neither true nor false");
    return false;
  }
  std::optional<Instant> instant(const char* field) {
    const Json* value = find(field);
    if (value == nullptr) return std::nullopt;
    const auto read = value->is_string() ? parseInstant(shortened(value->get<std::string>()))
                                         : std::optional<Instant>();
    if (!read) fail(std::string(field) + " is no time such as 2026-11-24T22:13:15.217Z");
    return read;
  }
  void need(bool is_right, const char* problem) {
    if (!is_right) fail(problem);
  }
  void fail(const std::string& problem) {
    if (!error_) error_ = Error{ErrorCode::kInvalidArgument, where_ + ": " + problem};
  }
  const std::optional<Error>& error() const { return error_; }
  const std::string& where() const { return where_; }

 private:
  // Go prints up to nine digits of a second; here there are six.
  static std::string shortened(std::string text) {
    const std::size_t dot = text.find('.');
    if (dot == text.npos) return text;
    const std::size_t end = text.find_first_not_of("0123456789", dot + 1);
    if (end != text.npos && end > dot + 7) text.erase(dot + 7, end - dot - 7);
    return text;
  }

  const Json& json_;
  std::string where_;
  std::optional<Error> error_;
};

template <class T>
Result<std::vector<T>> readAll(std::string_view text, const char* what,
                               void (*read)(Element& element, T& out)) {
  const auto json = readJson(text);
  if (!json || !json->is_array()) {
    return Error{ErrorCode::kInvalidArgument, std::string("this is no array in JSON of ") + what +
                                                  ", as Harbor's API prints it"};
  }
  std::vector<T> all;
  all.reserve(json->size());
  for (const Json& one : *json) {
    Element element(one, std::string(what) + " " + std::to_string(all.size() + 1));
    T& out = all.emplace_back();
    read(element, out);
    if (element.error()) return *element.error();
  }
  return all;
}

void readAccess(Element& element, const Json& permission, HarborRobot& robot) {
  Element entry(permission, element.where());
  const std::string kind = entry.text("kind");
  const std::string scope = kind == "system" ? "/" : entry.text("namespace");
  const Json* list = entry.find("access");
  if (list != nullptr && !list->is_array()) entry.fail("access is no array");
  if (entry.error()) return element.fail("a permission is none");
  if (list == nullptr) return;
  for (const Json& one : *list) {
    Element access(one, element.where());
    const std::string effect = access.text("effect");
    robot.access.push_back({.scope = scope,
                            .resource = access.text("resource"),
                            .action = access.text("action"),
                            .is_allowed = effect.empty() || effect == "allow"});
    if (access.error()) return element.fail("an access is none");
  }
}

void readRobot(Element& element, HarborRobot& robot) {
  robot.id = element.number("id");
  robot.name = element.text("name");
  robot.level = element.text("level");
  robot.description = element.text("description");
  robot.duration = element.number("duration");
  robot.expires_at = element.number("expires_at");
  robot.is_disabled = element.flag("disable");
  robot.creator = element.text("creator_ref");
  robot.created = element.instant("creation_time");
  element.need(robot.id > 0, "there is no id");
  element.need(!robot.name.empty(), "there is no name");
  element.need(robot.level == "project" || robot.level == "system",
               "level is neither project nor system");
  const Json* permissions = element.find("permissions");
  if (permissions == nullptr) return;
  if (!permissions->is_array()) return element.fail("permissions is no array");
  for (const Json& one : *permissions) readAccess(element, one, robot);
}

void readProject(Element& element, HarborProject& project) {
  project.id = element.number("project_id");
  project.name = element.text("name");
  project.owner = element.text("owner_name");
  project.created = element.instant("creation_time");
  element.need(project.id > 0, "there is no project_id");
  element.need(!project.name.empty(), "there is no name");
}

void readAuditRow(Element& element, HarborAuditRow& row) {
  row.id = element.number("id");
  row.username = element.text("username");
  row.operation = element.text("operation");
  row.resource = element.text("resource");
  row.resource_type = element.text("resource_type");
  const auto time = element.instant("op_time");
  element.need(row.id > 0, "there is no id");
  element.need(time.has_value(), "there is no op_time");
  row.time = time.value_or(Instant());
}

}  // namespace

Result<std::vector<HarborProject>> readHarborProjects(std::string_view text) {
  return readAll<HarborProject>(text, "project", readProject);
}

Result<std::vector<HarborRobot>> readHarborRobots(std::string_view text) {
  return readAll<HarborRobot>(text, "robot", readRobot);
}

Result<std::vector<HarborAuditRow>> readHarborAuditRows(std::string_view text) {
  return readAll<HarborAuditRow>(text, "audit row", readAuditRow);
}

std::optional<Instant> issueTimeOf(const HarborRobot& robot) {
  constexpr std::int64_t kMostSeconds = std::int64_t{253402300800};  // the year 10000
  if (robot.duration > 0 && robot.expires_at > 0 && robot.expires_at < kMostSeconds &&
      robot.duration < robot.expires_at / 86400) {
    const std::int64_t ends_us = robot.expires_at * kUsPerSecond;
    return Instant{ends_us - robot.duration * kUsPerDay};
  }
  return robot.created;
}

}  // namespace robotledger
