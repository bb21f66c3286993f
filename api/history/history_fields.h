// The fields of a line of a history file, taken out of its JSON and looked at one by one; which of
// them belong together is history_line.cc's to judge. For that file only.
//
//   FieldReader reader;
//   if (!reader.read(line)) return malformed(reader.problem());
//   reader.has(Field::kActor), reader.text(Field::kActor)
//
// One thread at a time; a reader reads one line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/domain/command.h"

namespace robotledger {

enum class Field : std::uint8_t {
  kAt,
  kActor,
  kDo,
  kReason,
  kProject,
  kLevel,
  kName,
  kOperator,
  kRole,
  kAccount,
  kDescription,
  kPermissions,
  kExpires,
  kDays,
};
inline constexpr std::size_t kFieldCount = 14;

std::string_view fieldName(Field field);

// A set of fields.
using FieldMask = std::uint32_t;
constexpr FieldMask maskOf(Field field) { return FieldMask{1} << static_cast<unsigned>(field); }

class FieldReader {
 public:
  FieldReader() = default;
  FieldReader(const FieldReader&) = delete;
  FieldReader& operator=(const FieldReader&) = delete;
  ~FieldReader() = default;

  // Whether the text is one JSON object with known fields of the right types, each once. The
  // longest line is read in one pass, and the first problem ends it.
  bool read(std::string_view line);
  // What was wrong, for a person, after read() gave false.
  const std::string& problem() const { return problem_; }

  FieldMask fields() const { return fields_; }
  bool has(Field field) const { return (fields_ & maskOf(field)) != 0; }
  // Empty, or as a command has it by default, where there is no such field. May be moved from.
  std::string& text(Field field) { return texts_[static_cast<std::size_t>(field)]; }
  std::vector<PermissionRequest>& permissions() { return permissions_; }
  const ExpiryRequest& expires() const { return expires_; }
  std::int64_t days() const { return days_; }

  // What nlohmann's parser calls; the names are its own. False ends the parsing.
  // NOLINTBEGIN(readability-identifier-naming)
  bool null();
  bool boolean(bool);
  bool number_integer(std::int64_t value);
  bool number_unsigned(std::uint64_t value);
  bool number_float(double, const std::string& token);
  bool string(std::string& value);
  bool binary(nlohmann::json::binary_t&);
  bool start_object(std::size_t);
  bool key(std::string& name);
  bool end_object();
  bool start_array(std::size_t);
  bool end_array();
  bool parse_error(std::size_t position, const std::string& token,
                   const nlohmann::json::exception& error);
  // NOLINTEND(readability-identifier-naming)

 private:
  enum class Place : std::uint8_t { kOutside, kLine, kPermissions, kPermission };
  enum class Part : std::uint8_t { kScope, kCapability, kResource, kAction };

  bool fail(std::string problem);
  bool wrongType();
  bool takesNumber() const;
  bool endPermission();

  Place place_ = Place::kOutside;
  Field field_ = Field::kAt;
  Part part_ = Part::kScope;
  FieldMask fields_ = 0;
  FieldMask parts_ = 0;  // of the permission that is being read
  std::array<std::string, kFieldCount> texts_;
  std::array<std::string, 4> part_texts_;
  std::vector<PermissionRequest> permissions_;
  ExpiryRequest expires_;
  std::int64_t days_ = 0;
  std::string problem_;

  // A whole number that not even a float holds: where it ends, and how many bytes it has.
  struct HugeNumber {
    std::size_t end = 0;
    std::size_t length = 0;
  };
  std::optional<HugeNumber> huge_;
};

}  // namespace robotledger
