#include "core/ledger/ledger.h"

#include <algorithm>

#include "core/base/limits.h"
#include "core/base/random.h"
#include "core/domain/text.h"
#include "core/ledger/writer.h"
#include "core/wire/event_codec.h"

namespace robotledger {

Result<void> initializeLedger(LogStore& log, const NewLedger& ledger, Clock& clock) {
  if (!isOrigin(ledger.origin)) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + ledger.origin +
                     "' is no origin: a name such as ledger.example/robots, without a scheme, "
                     "spaces or '+', of at most 255 bytes"};
  }
  if (!isOperatorName(ledger.admin)) {
    return Error{ErrorCode::kInvalidArgument, "'" + ledger.admin + "' is no operator's name"};
  }
  const auto ledger_id = randomBytes(16);
  if (!ledger_id) return ledger_id.error();
  const auto batch_id = newBatchId();
  if (!batch_id) return batch_id.error();
  LedgerInitialized body{.origin = ledger.origin,
                         .system_expiry_days = static_cast<std::int32_t>(kDefaultSystemDays),
                         .admin = ledger.admin,
                         .verifier_key = ledger.verifier_key};
  std::ranges::copy(*ledger_id, body.ledger_id.begin());
  const Event first{.time = Instant{0}, .recorded_at = clock.now(), .body = std::move(body)};
  const AppendOutcome appended = log.append(TreeSize{0}, LogBatch{*batch_id, {encodeEvent(first)}});
  if (appended.ending == AppendEnding::kCommitted) return {};
  if (appended.ending == AppendEnding::kConflict) {
    return Error{ErrorCode::kInvalidArgument, "there is a ledger already"};
  }
  return appended.error;
}

Result<std::unique_ptr<Ledger>> Ledger::open(LogStore& log, LedgerOptions options) {
  if (log.head().size.value == 0) {
    return Error{ErrorCode::kInvalidArgument, "the log is empty: no ledger was made in it"};
  }
  auto loaded = loadState(log, options.copies);
  if (!loaded) return loaded.error();
  return open(log, std::move(options), std::move(*loaded));
}

std::unique_ptr<Ledger> Ledger::open(LogStore& log, LedgerOptions options, LoadedState loaded) {
  static SystemClock system_clock;
  Clock& clock = options.clock == nullptr ? system_clock : *options.clock;
  return std::unique_ptr<Ledger>(
      new Ledger(std::make_unique<Writer>(log, std::move(options), clock, std::move(loaded))));
}

Ledger::Ledger(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
Ledger::~Ledger() = default;

void Ledger::enqueue(Job job, std::function<void(Result<JobResult>)> done) {
  writer_->enqueue(std::move(job), std::move(done));
}

Result<JobResult> Ledger::run(Job job) { return writer_->run(std::move(job)); }

Result<Outcome> Ledger::submit(Submission submission) {
  Job job;
  job.submissions.push_back(std::move(submission));
  auto result = run(std::move(job));
  if (!result) return result.error();
  return std::move(result->outcomes.front());
}

Result<void> Ledger::inspect(const std::function<void(const State&)>& look) {
  return writer_->inspect(look);
}

std::size_t Ledger::queuedCommands() const { return writer_->queuedCommands(); }
Instant Ledger::lastTime() const { return writer_->lastTime(); }
LogHead Ledger::head() const { return writer_->log().head(); }
const LogStore& Ledger::log() const { return writer_->log(); }

}  // namespace robotledger
