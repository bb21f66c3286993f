#include "api/history/history_fields.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "core/base/limits.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::array<std::string_view, kFieldCount> kFieldNames{
    "at",       "actor", "do",      "reason",      "project",     "level",   "name",
    "operator", "role",  "account", "description", "permissions", "expires", "days"};

constexpr std::array<std::string_view, 4> kPartNames{"scope", "capability", "resource", "action"};

constexpr std::int64_t kFarPast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kFarFuture = std::numeric_limits<std::int64_t>::max();

template <class Names>
std::optional<std::size_t> indexOf(const Names& names, std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return i;
  }
  return std::nullopt;
}

std::string expected(Field field) {
  switch (field) {
    case Field::kPermissions: return "a list of permissions";
    case Field::kExpires: return "\"system\", \"never\" or a whole number of days";
    case Field::kDays: return "a whole number";
    default: return "a string";
  }
}

bool isWholeNumber(std::string_view token) {
  return token.find_first_not_of("-0123456789") == std::string_view::npos;
}

}  // namespace

std::string_view fieldName(Field field) { return kFieldNames[static_cast<std::size_t>(field)]; }

bool FieldReader::read(std::string_view line) {
  if (line.size() > kMaxHistoryLineBytes) {
    return fail("it is longer than " + std::to_string(kMaxHistoryLineBytes) + " bytes");
  }
  // The parser takes a NUL for the end and skips a byte order mark; neither belongs in a line.
  if (const void* nul = line.empty() ? nullptr : std::memchr(line.data(), 0, line.size())) {
    return fail("it is not JSON: byte " +
                std::to_string(static_cast<const char*>(nul) - line.data() + 1) + " is NUL");
  }
  if (line.starts_with("\xef\xbb\xbf")) {
    return fail("it begins with a byte order mark, which does not belong in JSON Lines");
  }
  if (nlohmann::json::sax_parse(line.begin(), line.end(), this)) return true;
  if (!huge_) return false;
  // Again, with another number that is as far out. A second one cannot stand where one is due.
  std::string shorter(line.substr(0, huge_->end - huge_->length));
  shorter += line[shorter.size()] == '-' ? "-99999999999999999999" : "99999999999999999999";
  shorter += line.substr(huge_->end);
  FieldReader again;
  const bool read = again.read(shorter);
  fields_ = again.fields_;
  texts_ = std::move(again.texts_);
  permissions_ = std::move(again.permissions_);
  expires_ = again.expires_;
  days_ = again.days_;
  problem_ = std::move(again.problem_);
  return read;
}

bool FieldReader::fail(std::string problem) {
  problem_ = std::move(problem);
  return false;
}

bool FieldReader::wrongType() {
  switch (place_) {
    case Place::kOutside: return fail("it has to be one JSON object");
    case Place::kLine:
      return fail("field '" + std::string(fieldName(field_)) + "' has to be " + expected(field_));
    case Place::kPermissions:
      return fail("a permission in field 'permissions' has to be a string or an object");
    case Place::kPermission: break;
  }
  return fail("'" + std::string(kPartNames[static_cast<std::size_t>(part_)]) +
              "' of a permission has to be a string");
}

bool FieldReader::takesNumber() const {
  return place_ == Place::kLine && (field_ == Field::kExpires || field_ == Field::kDays);
}

bool FieldReader::null() { return wrongType(); }
bool FieldReader::boolean(bool) { return wrongType(); }
bool FieldReader::binary(nlohmann::json::binary_t&) { return wrongType(); }

bool FieldReader::number_integer(std::int64_t value) {
  if (!takesNumber()) return wrongType();
  if (field_ == Field::kDays) {
    days_ = value;
  } else {
    expires_ = {Expiry::Kind::kDays, value};
  }
  return true;
}

bool FieldReader::number_unsigned(std::uint64_t value) {
  return number_integer(value > std::uint64_t{kFarFuture} ? kFarFuture
                                                          : static_cast<std::int64_t>(value));
}

bool FieldReader::number_float(double, const std::string& token) {
  if (!isWholeNumber(token)) return wrongType();
  return number_integer(token.front() == '-' ? kFarPast : kFarFuture);
}

bool FieldReader::string(std::string& value) {
  switch (place_) {
    case Place::kOutside: return wrongType();
    case Place::kPermissions: permissions_.push_back({std::nullopt, std::move(value)}); return true;
    case Place::kPermission:
      part_texts_[static_cast<std::size_t>(part_)] = std::move(value);
      return true;
    case Place::kLine: break;
  }
  if (field_ == Field::kPermissions || field_ == Field::kDays) return wrongType();
  if (field_ != Field::kExpires) {
    text(field_) = std::move(value);
    return true;
  }
  if (value != "system" && value != "never") return wrongType();
  expires_ = {value == "never" ? Expiry::Kind::kNever : Expiry::Kind::kSystem, 0};
  return true;
}

bool FieldReader::start_object(std::size_t) {
  if (place_ == Place::kOutside) {
    place_ = Place::kLine;
    return true;
  }
  if (place_ != Place::kPermissions) return wrongType();
  place_ = Place::kPermission;
  parts_ = 0;
  return true;
}

bool FieldReader::key(std::string& name) {
  if (place_ == Place::kPermission) {
    const auto part = indexOf(kPartNames, name);
    if (!part) return fail("a permission has no field " + inQuotes(name));
    if ((parts_ >> *part & 1) != 0) return fail("a permission has " + inQuotes(name) + " twice");
    parts_ |= FieldMask{1} << *part;
    part_ = static_cast<Part>(*part);
    return true;
  }
  const auto field = indexOf(kFieldNames, name);
  if (!field) return fail("there is no field " + inQuotes(name));
  field_ = static_cast<Field>(*field);
  if (has(field_)) return fail("field " + inQuotes(name) + " is there twice");
  fields_ |= maskOf(field_);
  return true;
}

bool FieldReader::end_object() {
  if (place_ == Place::kPermission) return endPermission();
  place_ = Place::kOutside;
  return true;
}

bool FieldReader::endPermission() {
  constexpr auto kBit = [](Part part) { return FieldMask{1} << static_cast<unsigned>(part); };
  constexpr FieldMask kShort = kBit(Part::kScope) | kBit(Part::kCapability);
  constexpr FieldMask kLong = kBit(Part::kScope) | kBit(Part::kResource) | kBit(Part::kAction);
  const auto text = [&](Part part) -> std::string& {
    return part_texts_[static_cast<std::size_t>(part)];
  };
  if (parts_ == kShort) {
    permissions_.push_back({std::move(text(Part::kScope)), std::move(text(Part::kCapability))});
  } else if (parts_ == kLong) {
    std::string capability = std::move(text(Part::kResource));
    capability += ':';
    capability += text(Part::kAction);
    permissions_.push_back({std::move(text(Part::kScope)), std::move(capability)});
  } else {
    return fail(
        "a permission has to have 'scope' and 'capability', or 'scope', 'resource' and 'action'");
  }
  place_ = Place::kPermissions;
  return true;
}

bool FieldReader::start_array(std::size_t) {
  if (place_ != Place::kLine || field_ != Field::kPermissions) return wrongType();
  place_ = Place::kPermissions;
  return true;
}

bool FieldReader::end_array() {
  place_ = Place::kLine;
  return true;
}

bool FieldReader::parse_error(std::size_t position, const std::string& token,
                              const nlohmann::json::exception& error) {
  constexpr int kNumberOverflow = 406;  // the parser's own code
  if (error.id == kNumberOverflow && isWholeNumber(token) && takesNumber()) {
    huge_ = HugeNumber{position, token.size()};
    return false;
  }
  if (error.id == kNumberOverflow) return wrongType();
  return fail("it is not JSON in UTF-8: see its byte " + std::to_string(position));
}

}  // namespace robotledger
