#include "api/control/remote_ledger.h"

#include "api/control/remote_rows.h"
#include "core/wire/state_codec.h"
#include "projections/catalog.h"
#include "projections/projection_set.h"

namespace robotledger {
namespace {

Result<void> doneOr(const Result<Nothing>& answer) {
  if (!answer) return answer.error();
  return {};
}

// Whether each command has its outcome, up to the refusal that stops.
bool isWhole(const std::vector<Outcome>& outcomes, std::size_t commands,
             AfterRefusal after_refusal) {
  if (outcomes.size() == commands) return true;
  return after_refusal == AfterRefusal::kStop && !outcomes.empty() && outcomes.size() < commands &&
         std::holds_alternative<Refusal>(outcomes.back());
}

}  // namespace

Result<std::unique_ptr<RemoteLedger>> RemoteLedger::connect(const std::string& path, Tell tell) {
  auto channel = ControlChannel::connect(path);
  if (!channel) return channel.error();
  const Hello::Answer& greeting = (*channel)->greeting();
  // Rows are read here as they were written there.
  if (greeting.rows != ProjectionSet(ProjectionMemory()).versions()) {
    return Error{ErrorCode::kInvalidArgument,
                 "the process that has the ledger is another version of this program: use the one "
                 "that it is"};
  }
  std::optional<VerifierKey> key;
  if (greeting.verifier_key) {
    auto parsed = parseVerifierKey(*greeting.verifier_key);
    if (!parsed) return parsed.error();
    key = *std::move(parsed);
  }
  std::unique_ptr<RemoteLedger> ledger(
      new RemoteLedger(path, std::move(tell), *std::move(channel)));
  ledger->verifier_key_ = std::move(key);
  return ledger;
}

RemoteLedger::RemoteLedger(std::string path, Tell tell, std::shared_ptr<ControlChannel> channel)
    : path_(std::move(path)),
      tell_(std::move(tell)),
      channel_(std::move(channel)),
      log_(channel_) {}

void RemoteLedger::tell(const std::string& note) {
  if (tell_) tell_(note);
}

Result<JobResult> RemoteLedger::run(Job job) {
  const std::size_t commands = job.submissions.size();
  const AfterRefusal after_refusal = job.after_refusal;
  auto result = channel_->ask(RunJob{.job = std::move(job)});
  if (result && !isWhole(result->outcomes, commands, after_refusal)) {
    return Error{ErrorCode::kOutcomeUnknown,
                 "the process that has the ledger did not say what became of the command; "
                 "'robotledger log' shows it"};
  }
  return result;
}

Result<std::optional<Refusal>> RemoteLedger::refusalOf(Submission submission) {
  return channel_->ask(AskRefusal{.submission = std::move(submission)});
}

Result<std::optional<Operator>> RemoteLedger::findOperator(const std::string& name) {
  return channel_->ask(AskOperator{.name = name});
}

Result<std::optional<LivingAccount>> RemoteLedger::findAccount(const AccountRef& account) {
  return channel_->ask(AskAccount{.account = account});
}

Result<LedgerOutline> RemoteLedger::outline() {
  auto answer = channel_->ask(AskOutline{});
  if (!answer) return answer.error();
  auto state = decodeState(answer->state);
  if (!state) return state.error();
  return LedgerOutline{.image = std::move(state->image), .accounts = std::move(answer->accounts)};
}

Result<ExpiryPreview> RemoteLedger::previewExpiry(std::int32_t days) {
  return channel_->ask(AskPreview{.days = days});
}

Result<void> RemoteLedger::canSign() { return doneOr(channel_->ask(AskCanSign{})); }

Result<SignedCheckpoint> RemoteLedger::checkpoint() { return channel_->ask(SignNow{}); }

Result<SignedCheckpoint> RemoteLedger::checkpointAt(TreeSize size) {
  return channel_->ask(SignAt{.size = size});
}

Result<std::string> RemoteLedger::signText(const std::string& text) {
  return channel_->ask(SignText{.text = text});
}

Result<std::shared_ptr<const View>> RemoteLedger::view() {
  const auto opened = channel_->ask(OpenView{});
  if (!opened) return opened.error();
  auto rows = std::make_shared<RemoteRows>(channel_, opened->view);
  CatalogKeeper catalog;
  if (auto loaded = catalog.load(*rows); !loaded) return loaded.error();
  return std::make_shared<const View>(View{.log = &log_,
                                           .rows = std::move(rows),
                                           .catalog = catalog.share(),
                                           .size = opened->size,
                                           .last_time = opened->last_time});
}

Result<void> RemoteLedger::rebuildViews() { return doneOr(channel_->ask(RebuildViews{})); }

Result<Verified> RemoteLedger::verify(VerifyScope scope, const VerifyProgress& progress) {
  return channel_->ask(VerifyLedger{.scope = scope}, [&](const VerifyTold& told) {
    if (progress) progress(told.step, told.done, told.all);
  });
}

Result<SeenByGuard> RemoteLedger::seenByGuard() { return channel_->ask(AskGuard{}); }

}  // namespace robotledger
