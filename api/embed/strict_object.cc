#include "api/embed/strict_object.h"

#include <vector>

#include "api/json/read_json.h"
#include "core/domain/text.h"

namespace robotledger::v1 {
namespace {

const Json kNothing;

}  // namespace

StrictObject::StrictObject(std::string_view text) : name_("the text") {
  if (text.size() > kMaxObjectBytes) {
    fail("the text is longer than 1 MiB");
    return;
  }
  // The names of each object that is open.
  std::vector<std::set<std::string>> names;
  bool is_too_deep = false;
  const auto look = [&](int depth, Json::parse_event_t event, Json& parsed) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    // What is nested deeper is passed over, so that it is never built.
    if (opens && depth >= kMaxJsonDepth) is_too_deep = true;
    if (is_too_deep) return false;
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!names.back().insert(key).second)
        fail("field " + inQuotes(key) + " stands there twice", key);
    }
    return true;
  };
  json_ = Json::parse(text, look, false);
  if (is_too_deep) {
    fail("the text is nested too deep");
    json_ = Json();
  } else if (json_.is_discarded()) {
    fail("the text is no JSON");
  } else if (!json_.is_object()) {
    fail("the text is no JSON object");
  }
}

StrictObject::StrictObject(const Json& json, std::string name)
    : json_(json), name_(std::move(name)) {
  if (!json_.is_object()) fail(name_ + " is no JSON object");
}

void StrictObject::fail(std::string problem, std::string field) {
  if (problem_) return;
  problem_ = std::move(problem);
  wrong_field_ = std::move(field);
}

void StrictObject::failField(const char* field, const std::string& what) {
  fail("field '" + std::string(field) + "'" + what, field);
}

const Json* StrictObject::find(const char* field) {
  read_.insert(field);
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(field);
  return found == json_.end() ? nullptr : &*found;
}

std::string StrictObject::text(const char* field) {
  if (find(field) == nullptr) failField(field, " is missing");
  return textOr(field, "");
}

std::string StrictObject::textOr(const char* field, std::string otherwise) {
  const Json* found = find(field);
  if (found == nullptr) return otherwise;
  if (found->is_string()) return found->get<std::string>();
  failField(field, " has to be a string");
  return otherwise;
}

std::int64_t StrictObject::number(const char* field) {
  if (find(field) == nullptr) failField(field, " is missing");
  return numberOr(field, 0);
}

std::int64_t StrictObject::numberOr(const char* field, std::int64_t otherwise) {
  const Json* found = find(field);
  if (found == nullptr) return otherwise;
  const bool fits =
      !found->is_number_unsigned() || found->get<std::uint64_t>() <= std::uint64_t{INT64_MAX};
  if (found->is_number_integer()) return fits ? found->get<std::int64_t>() : INT64_MAX;
  failField(field, " has to be a whole number");
  return otherwise;
}

std::optional<std::uint64_t> StrictObject::sequenceOrNothing(const char* field) {
  const Json* found = find(field);
  if (found == nullptr) return std::nullopt;
  if (found->is_number_unsigned()) return found->get<std::uint64_t>();
  failField(field, " has to be a whole number from 0 on");
  return std::nullopt;
}

std::optional<Instant> StrictObject::instantOrNothing(const char* field) {
  if (find(field) == nullptr) return std::nullopt;
  const auto instant = parseInstant(textOr(field, ""));
  if (!instant) failField(field, " has to be an instant such as 2025-03-01T09:30:00Z");
  return instant;
}

const Json& StrictObject::any(const char* field) {
  const Json* found = find(field);
  return found == nullptr ? kNothing : *found;
}

robotledger::Result<void> StrictObject::finish() {
  if (!problem_) {
    for (const auto& [name, value] : json_.items()) {
      if (read_.contains(name)) continue;
      fail("there is no field " + inQuotes(name) + " in " + name_, name);
      break;
    }
  }
  if (!problem_) return {};
  return Error{ErrorCode::kInvalidArgument, *problem_};
}

}  // namespace robotledger::v1
