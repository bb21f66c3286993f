#include "core/domain/checks.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/domain/names.h"
#include "core/domain/requests.h"
#include "core/domain/text.h"

namespace robotledger {

Checks::Checks(const State& state, const Context& context)
    : state_(state), context_(context), time_(std::max(context.now, state.lastTime())) {
  needRightTime();
  actor_ = state.findOperator(context.actor);
  if (actor_ == nullptr) {
    refuse(RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(context.actor));
  }
}

// Only a time that was given can be wrong.
void Checks::needRightTime() {
  if (!context_.at) return;
  time_ = *context_.at;
  if (time_ < state_.lastTime()) {
    refuse(RefusalCode::kTimeGoesBack, "its time " + formatInstant(time_) +
                                           " is before the last event's, " +
                                           formatInstant(state_.lastTime()));
  }
  if (time_ > std::max(context_.now, state_.lastTime())) {
    refuse(RefusalCode::kInvalidTime, "its time " + formatInstant(time_) + " is in the future");
  }
}

void Checks::refuse(RefusalCode code, std::string message) {
  if (refused_) return;
  refused_ = true;
  refusal_ = {code, std::move(message)};
}

void Checks::needSystemAdmin() {
  if (!ok() || actor_->has(Role::kSystemAdmin)) return;
  refuse(RefusalCode::kForbidden, inQuotes(context_.actor) + " is no system administrator");
}

void Checks::needAdminOf(std::string_view project) {
  if (!ok() || actor_->has(Role::kSystemAdmin)) return;
  const Project* living = state_.findProject(project);
  if (living != nullptr && actor_->administers.contains(living->id)) return;
  refuse(RefusalCode::kForbidden,
         inQuotes(context_.actor) + " may not change accounts " +
             (project.empty() ? "of the system level" : "of project " + inQuotes(project)));
}

const Account* Checks::needAccount(const AccountRef& ref) {
  if (!ok()) return nullptr;
  const Account* account = state_.findAccount(ref);
  const std::string name =
      ref.name.empty() ? "#" + std::to_string(ref.id.value) : inQuotes(ref.name);
  if (!ref.name.empty()) {
    needAdminOf(projectIn(ref.name));
  } else if (!actor_->has(Role::kSystemAdmin) &&
             (account == nullptr || !actor_->administers.contains(account->project))) {
    // The same whether there is one of that number or not, and wherever it is.
    refuse(RefusalCode::kForbidden, inQuotes(context_.actor) + " may not change account " + name);
  }
  if (account == nullptr) {
    refuse(RefusalCode::kUnknownAccount, "there is no account " + name);
  }
  return ok() ? account : nullptr;
}

const Project* Checks::needProject(std::string_view name) {
  if (!ok()) return nullptr;
  const Project* project = state_.findProject(name);
  if (project == nullptr) {
    refuse(RefusalCode::kUnknownProject, "there is no project " + inQuotes(name));
  }
  return project;
}

const Operator* Checks::needOperator(std::string_view name) {
  if (!ok()) return nullptr;
  const Operator* person = state_.findOperator(name);
  if (person == nullptr) {
    refuse(RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(name));
  }
  return person;
}

void Checks::needName(std::string_view name) {
  if (!ok() || isName(name)) return;
  refuse(RefusalCode::kInvalidName,
         "a name is 1 to 255 of a-z and 0-9, with single '.', '_' or '-' between them");
}

void Checks::needOperatorName(std::string_view name) {
  if (!ok() || isOperatorName(name)) return;
  refuse(RefusalCode::kInvalidName,
         "an operator's name is 1 to 255 of A-Z, a-z, 0-9, '.', '_', '@' and '-', and begins "
         "with a letter or a digit");
}

void Checks::needDescription(std::string_view description) {
  if (!ok() || isText(description)) return;
  refuse(RefusalCode::kInvalidDescription,
         "a description is UTF-8 of at most 1024 bytes without control characters");
}

void Checks::needReason() {
  if (!ok() || isText(context_.reason)) return;
  refuse(RefusalCode::kInvalidReason,
         "a reason is UTF-8 of at most 1024 bytes without control characters");
}

void Checks::needDays(std::int64_t days) {
  if (!ok() || isDays(days)) return;
  refuse(RefusalCode::kInvalidDays,
         "the setting is 1 to 2147483646 days, not " + std::to_string(days));
}

void Checks::needNewOrigin(std::string_view origin) {
  if (!ok()) return;
  if (!isOrigin(origin)) {
    refuse(RefusalCode::kInvalidName,
           inQuotes(origin) +
               " is no origin: a name such as ledger.example/robots, without a "
               "scheme, spaces or '+', of at most 255 bytes");
  }
  if (state_.hadOrigin(origin)) {
    refuse(RefusalCode::kInvalidName, inQuotes(origin) +
                                          " is or was this ledger's origin; give one that it "
                                          "never had");
  }
}

void Checks::needVerifierKey(std::string_view key) {
  if (!ok() || (!key.empty() && isPrintable(key, kMaxVerifierKeyBytes))) return;
  refuse(RefusalCode::kInvalidName, "a verifier key is 1 to 512 printable ASCII characters");
}

Permissions Checks::needPermissions(ProjectId project,
                                    const std::vector<PermissionRequest>& requests) {
  if (!ok()) return {};
  auto resolved = resolvePermissions(state_, project, requests);
  if (auto* refused = std::get_if<Refusal>(&resolved)) {
    refuse(refused->code, std::move(refused->message));
    return {};
  }
  return std::get<Permissions>(std::move(resolved));
}

Expiry Checks::needExpiry(const ExpiryRequest& request) {
  if (!ok()) return {};
  auto resolved = resolveExpiry(request);
  if (auto* refused = std::get_if<Refusal>(&resolved)) {
    refuse(refused->code, std::move(refused->message));
    return {};
  }
  return std::get<Expiry>(resolved);
}

}  // namespace robotledger
