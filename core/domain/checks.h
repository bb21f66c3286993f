// The checks that commands share, for decide*.cc only.
//
//   Checks checks(state, context);
//   const Account* account = checks.needAccount(command.account);
//   checks.needReason();
//   if (!checks.ok()) return {};            // from here on *account is there
//   if (isDisabled(*account)) checks.refuse(RefusalCode::kNoChange, "…");
//
// One command's way through them: each step is looked at in turn, and the first refusal is the
// answer. After it ok() stays false, the needs look at nothing and give nothing. Nothing is owned:
// the state and the context outlive the checks. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/domain/command.h"
#include "core/domain/refusal.h"
#include "core/domain/state.h"

namespace robotledger {

class Checks {
 public:
  // Looks at the time and at the actor.
  Checks(const State& state, const Context& context);

  bool ok() const { return !refused_; }
  const Refusal& refusal() const { return refusal_; }
  // The time of the events that the command becomes.
  Instant time() const { return time_; }
  const State& state() const { return state_; }

  // The command's answer, unless it is refused already.
  void refuse(RefusalCode code, std::string message);

  // What the actor may: `forbidden`.
  void needSystemAdmin();
  // For accounts of a project named so, whether it lives or not; empty for the system level.
  void needAdminOf(std::string_view project);

  // The objects named; null after a refusal. needAccount looks at whether the actor may change the
  // account and at whether it lives, in this order.
  const Account* needAccount(const AccountRef& ref);
  const Project* needProject(std::string_view name);
  const Operator* needOperator(std::string_view name);

  // The values. The reason is the last of them.
  void needName(std::string_view name);
  void needOperatorName(std::string_view name);
  void needDescription(std::string_view description);
  void needDays(std::int64_t days);
  // An origin, and one that the ledger has not and never had.
  void needNewOrigin(std::string_view origin);
  void needVerifierKey(std::string_view key);
  Expiry needExpiry(const ExpiryRequest& request);
  // `project` is the account's, 0 for the system level.
  Permissions needPermissions(ProjectId project, const std::vector<PermissionRequest>& requests);
  void needReason();

 private:
  void needRightTime();

  const State& state_;
  const Context& context_;
  const Operator* actor_ = nullptr;
  Instant time_;
  bool refused_ = false;
  Refusal refusal_;
};

}  // namespace robotledger
