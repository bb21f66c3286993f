// The names behind the ids in events, for those who print them.
//
//   EventNames names(view);
//   auto account = names.account(AccountId{12});      "robot$web+ci"
//
// Remembers what it looked up, up to a bound. One thread; the view outlives it.
#pragma once

#include <string>
#include <unordered_map>

#include "projections/view.h"

namespace robotledger {

class EventNames {
 public:
  explicit EventNames(const View& view) : view_(view) {}
  EventNames(const EventNames&) = delete;
  EventNames& operator=(const EventNames&) = delete;
  ~EventNames() = default;

  // The account's qualified name, living or dead. kViewsDamaged where the views do not have it.
  Result<std::string> account(AccountId id);
  // The project's name, living or dead; empty for 0.
  std::string project(ProjectId id) const;
  // "web", "*" or "/".
  std::string scope(Scope scope) const;

 private:
  const View& view_;
  std::unordered_map<AccountId, std::string> known_;
};

}  // namespace robotledger
