// A request's query, read strictly: each parameter once, of its kind, and none that nobody asked
// for, since a typo must not become another question.
//
//   QueryReader query(request.query);
//   const auto at = query.time("at");
//   const std::string project = query.needText("project");
//   if (auto wrong = query.wrong()) return *wrong;          // 400, and the field
//
// One thread.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "api/http/exchange.h"
#include "api/token/form.h"
#include "core/base/instant.h"
#include "core/domain/capability.h"
#include "core/domain/command.h"

namespace robotledger::http {

// An instant, or now.
struct TimeAsked {
  std::optional<Instant> instant;  // nothing where it is now
  Instant at(Instant now) const { return instant.value_or(now); }
};

class QueryReader {
 public:
  explicit QueryReader(std::string_view query);

  // Nothing where it was not given; an empty one is wrong.
  std::optional<std::string> text(const char* name);
  std::string needText(const char* name);
  // In decimal.
  std::optional<std::uint64_t> number(
      const char* name, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
  // RFC 3339, or "now".
  std::optional<TimeAsked> time(const char* name);
  TimeAsked needTime(const char* name);
  // "true" or "false", which it is where it was not given.
  bool flag(const char* name);
  Capability needCapability(const char* name);
  // A qualified name, or "#12".
  std::optional<AccountRef> account(const char* name);
  AccountRef needAccount(const char* name);

  // Remembers what is wrong, unless something is already.
  void fail(std::string_view field, std::string_view message);
  // 400 for what was wrong first, or for a parameter that nobody read; nothing where all is right.
  std::optional<Response> wrong();

 private:
  std::optional<Form> form_;
  std::set<std::string> read_;
  std::optional<Response> wrong_;
};

// "robot$web+ci", "#12" or, in a path, "12"; nothing for a text that is none.
std::optional<AccountRef> accountNamed(std::string_view text);

}  // namespace robotledger::http
