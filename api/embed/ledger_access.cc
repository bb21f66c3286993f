#include "api/embed/ledger_access.h"

#include <algorithm>

#include "api/embed/open_ledger.h"

namespace robotledger {

Result<Outcome> LedgerAccess::submit(Submission submission) {
  Job job;
  job.submissions.push_back(std::move(submission));
  auto result = run(std::move(job));
  if (!result) return result.error();
  return std::move(result->outcomes.front());
}

Result<std::optional<Refusal>> refusalOf(Ledger& ledger, Submission submission) {
  std::optional<Refusal> refusal;
  const auto looked = ledger.inspect([&](const State& state) {
    submission.context.now = state.lastTime();
    const Decision decision = decide(state, submission.command, submission.context);
    if (const auto* refused = std::get_if<Refusal>(&decision)) refusal = *refused;
  });
  if (!looked) return looked.error();
  return refusal;
}

// ---- OpenLedger: commands, and what is asked of the state
// -------------------------------------------

Result<JobResult> OpenLedger::run(Job job) { return ledger_->run(std::move(job)); }

Result<std::optional<Refusal>> OpenLedger::refusalOf(Submission submission) {
  return robotledger::refusalOf(*ledger_, std::move(submission));
}

Result<std::optional<Operator>> OpenLedger::findOperator(const std::string& name) {
  std::optional<Operator> person;
  const auto looked = ledger_->inspect([&](const State& state) {
    if (const Operator* found = state.findOperator(name)) person = *found;
  });
  if (!looked) return looked.error();
  return person;
}

Result<std::optional<LivingAccount>> OpenLedger::findAccount(const AccountRef& account) {
  std::optional<LivingAccount> living;
  const auto looked = ledger_->inspect([&](const State& state) {
    const Account* found = state.findAccount(account);
    if (found == nullptr) return;
    living = LivingAccount{.id = found->id,
                           .name = state.qualifiedNameOf(*found),
                           .expires_at = expiresAt(found->terms, state.settings())};
  });
  if (!looked) return looked.error();
  return living;
}

Result<LedgerOutline> OpenLedger::outline() {
  LedgerOutline outline;
  const auto looked = ledger_->inspect([&](const State& state) {
    outline.image = state.imageWithoutAccounts();
    for (const auto& [id, account] : state.accounts()) outline.accounts[account.project] += 1;
  });
  if (!looked) return looked.error();
  return outline;
}

Result<ExpiryPreview> OpenLedger::previewExpiry(std::int32_t days) {
  ExpiryPreview preview;
  SystemClock system;
  Clock& clock = options_.clock == nullptr ? system : *options_.clock;
  const auto looked = ledger_->inspect([&](const State& state) {
    preview = previewSystemExpiry(state, days, std::max(clock.now(), state.lastTime()));
  });
  if (!looked) return looked.error();
  return preview;
}

// ---- OpenLedger: what it signs ------------------------------------------------------------------

Result<void> OpenLedger::canSign() {
  const auto with = signer();
  if (!with) return with.error();
  return {};
}

Result<SignedCheckpoint> OpenLedger::checkpoint() {
  const auto with = signer();
  if (!with) return with.error();
  return (*with)->fresh();
}

Result<SignedCheckpoint> OpenLedger::checkpointAt(TreeSize size) {
  const auto with = signer();
  if (!with) return with.error();
  return (*with)->at(size);
}

Result<std::string> OpenLedger::signText(const std::string& text) {
  const auto with = signer();
  if (!with) return with.error();
  return (*with)->signText(text);
}

Result<SeenByGuard> OpenLedger::seenByGuard() {
  const GuardState state = guard_->state();
  return SeenByGuard{.path = guard_->path(), .size = state.size, .root = state.root};
}

void OpenLedger::tell(const std::string& note) {
  if (options_.tell) options_.tell(note);
}

}  // namespace robotledger
