#include "api/text/event_names.h"

#include "projections/access.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxKnown = 4096;

}  // namespace

Result<std::string> EventNames::account(AccountId id) {
  if (const auto found = known_.find(id); found != known_.end()) return found->second;
  const auto row = findAccountRow(view_, id);
  if (!row) return row.error();
  if (!*row) {
    return Error{ErrorCode::kViewsDamaged,
                 "the account #" + std::to_string(id.value) + " is missing in the views"};
  }
  if (known_.size() >= kMaxKnown) known_.clear();
  return known_.emplace(id, qualifiedNameOf(view_, **row)).first->second;
}

std::string EventNames::project(ProjectId id) const {
  if (visible_ != nullptr && id.value != 0 && !visible_->contains(id)) return "(another project)";
  return std::string(view_.catalog->nameOf(id));
}

std::string EventNames::scope(Scope scope) const {
  if (scope.kind == Scope::Kind::kAllProjects) return "*";
  if (scope.kind == Scope::Kind::kSystem) return "/";
  return project(scope.project);
}

}  // namespace robotledger
