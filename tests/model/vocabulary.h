// The values of DOMAIN.md that need no state to be judged: names, texts, days, what may be granted.
//
//   isName("ci-1")                          true
//   capabilityOf("push-image")              "repository:push"
//   mayBeGranted("/", "project:create")     true
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace robotledger::model {

inline constexpr std::size_t kMaxPermissions = 500;
inline constexpr std::int64_t kMaxDays = 2'147'483'646;
inline constexpr std::int64_t kFirstSystemDays = 30;
inline constexpr std::string_view kPull = "repository:pull";

// A project's or an account's name: [a-z0-9]+(?:[._-][a-z0-9]+)*, 1 to 255 bytes.
bool isName(std::string_view text);

// [A-Za-z0-9][A-Za-z0-9._@-]{0,254}
bool isOperatorName(std::string_view text);

// A description or a reason: no control characters, at most 1024 bytes. `text` is UTF-8.
bool isPlainText(std::string_view text);

bool isDays(std::int64_t days);

bool isRole(std::string_view role);

// The long form of a short name, any other text as it is.
std::string capabilityOf(std::string_view text);

// Whether the pair is in the table of what may be granted: of the system kind for the scope "/",
// else of the project kind.
bool mayBeGranted(std::string_view scope, std::string_view capability);

}  // namespace robotledger::model
