// The names behind the ids in events, for those who print them.
//
//   EventNames names(view);
//   auto account = names.account(AccountId{12});      "robot$web+ci"
//
// Remembers what it looked up, up to a bound. One thread; the view outlives it.
#pragma once

#include <set>
#include <string>
#include <unordered_map>

#include "projections/view.h"

namespace robotledger {

class EventNames {
 public:
  // Where `visible` is given, which outlives it, other projects than these are not named: somebody
  // who administers one learns nothing of the others from an account that works in both.
  explicit EventNames(const View& view, const std::set<ProjectId>* visible = nullptr)
      : view_(view), visible_(visible) {}
  EventNames(const EventNames&) = delete;
  EventNames& operator=(const EventNames&) = delete;
  ~EventNames() = default;

  // The account's qualified name, living or dead. kViewsDamaged where the views do not have it.
  Result<std::string> account(AccountId id);
  // The project's name, living or dead; empty for 0; "(another project)" where it is not visible.
  std::string project(ProjectId id) const;
  // "web", "*" or "/".
  std::string scope(Scope scope) const;

 private:
  const View& view_;
  const std::set<ProjectId>* visible_;
  std::unordered_map<AccountId, std::string> known_;
};

}  // namespace robotledger
