// Names of robot accounts: `robot$PROJECT+NAME` for a project account, `robot$NAME` for one of the
// system (both qualified, unique among the living); `robot$NAME` is what people log in with.
//
//   auto name = parseQualifiedName("robot$library+ci");    name->project == "library"
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace robotledger {

inline constexpr std::string_view kRobotPrefix = "robot$";

struct QualifiedName {
  std::string project;  // empty for a system account
  std::string name;
  bool operator==(const QualifiedName&) const = default;
};

// `project` is empty for a system account.
std::string qualifiedName(std::string_view project, std::string_view name);

// Nothing for a text that cannot be the name of any account.
std::optional<QualifiedName> parseQualifiedName(std::string_view text);

// The project that the text names, whether or not the rest, or the project's name, can be one:
// "library" in "robot$library+No". Empty where it names none. Who may change what is named so
// follows from this alone. A view into the text.
std::string_view projectIn(std::string_view text);

}  // namespace robotledger
