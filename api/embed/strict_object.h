// A JSON object from elsewhere, read field by field and strictly: each field once, of its type, and
// none that nobody asked for.
//
//   StrictObject object(text);
//   const std::string account = object.text("account");
//   const auto as_of = object.numberOrNothing("as_of");
//   if (auto whole = object.finish(); !whole) return whole.error();     // names the first problem
//
// One thread. Costs one pass over the text.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "api/json/json_text.h"
#include "core/base/instant.h"
#include "core/base/result.h"

namespace robotledger::v1 {

inline constexpr std::size_t kMaxObjectBytes = std::size_t{1} << 20;

class StrictObject {
 public:
  explicit StrictObject(std::string_view text);
  // One that stands in another, under a name for messages.
  StrictObject(const Json& json, std::string name);

  bool has(const char* field) const { return json_.is_object() && json_.contains(field); }

  // What is missing or of another type is remembered, and a default is given.
  std::string text(const char* field);
  std::string textOr(const char* field, std::string otherwise);
  std::int64_t number(const char* field);
  std::int64_t numberOr(const char* field, std::int64_t otherwise);
  std::optional<std::uint64_t> sequenceOrNothing(const char* field);
  // RFC 3339.
  std::optional<Instant> instantOrNothing(const char* field);
  // Any value; null where there is none.
  const Json& any(const char* field);

  // Remembers a problem of its user's, and the field that is wrong, if it is one; unless there is a
  // problem already.
  void fail(std::string problem, std::string field = {});
  // kInvalidArgument with the first problem, or where there is a field that nobody read.
  robotledger::Result<void> finish();
  // The field of that problem; empty where it is not about one.
  const std::string& wrongField() const { return wrong_field_; }

 private:
  const Json* find(const char* field);
  // "field 'days' has to be ...": what it has to be, or lacks.
  void failField(const char* field, const std::string& what);

  Json json_;
  std::string name_;
  std::set<std::string> read_;
  std::optional<std::string> problem_;
  std::string wrong_field_;
};

}  // namespace robotledger::v1
