#include "tests/conformance/real_ledger.h"

#include <gtest/gtest.h>

#include "core/ledger/saved_state.h"
#include "core/wire/event_codec.h"
#include "tests/conformance/living_line.h"

namespace robotledger {

RealLedger::RealLedger() {
  LedgerInitialized first{
      .origin = "test.example/robots", .system_expiry_days = 30, .admin = "admin"};
  append(Event{.body = first});
}

void RealLedger::append(const Event& event) {
  ASSERT_TRUE(state_.apply(event));
  const auto id = newBatchId();
  const auto outcome = log_.append(log_.head().size, LogBatch{*id, {encodeEvent(event)}});
  ASSERT_EQ(outcome.ending, AppendEnding::kCommitted);
}

void RealLedger::submit(const std::string& line, std::int64_t now_us) {
  if (line.find_first_not_of(" \t\r") == std::string::npos) return;
  auto read = parseLine(line);
  const auto* parsed = std::get_if<HistoryLine>(&read);
  if (parsed == nullptr) return;
  const Context context{.actor = parsed->actor,
                        .channel = Import{Sequence{1}, 1},
                        .reason = parsed->reason,
                        .now = Instant{now_us},
                        .at = parsed->at};
  auto decision = decide(state_, parsed->command, context);
  auto* accepted = std::get_if<Accepted>(&decision);
  if (accepted == nullptr) return;
  if (!announced_ && !accepted->bodies.empty()) {
    announced_ = true;
    append(Event{.sequence = Sequence{state_.size().value},
                 .time = state_.lastTime(),
                 .recorded_at = Instant{now_us},
                 .actor = "admin",
                 .channel = CommandLine{"root", "", "host"},
                 .body = HistoryImported{}});
  }
  for (EventBody& body : accepted->bodies) {
    append(Event{.sequence = Sequence{state_.size().value},
                 .time = accepted->time,
                 .recorded_at = Instant{now_us},
                 .actor = context.actor,
                 .channel = context.channel,
                 .reason = context.reason,
                 .body = std::move(body)});
  }
}

void RealLedger::submitAll(const std::vector<std::string>& lines, std::int64_t now_us) {
  for (const std::string& line : lines) submit(line, now_us);
}

std::shared_ptr<const View> RealLedger::buildViews(RowStore& rows, Flushing flushing) const {
  return robotledger::buildViews(log_, rows, flushing);
}

std::shared_ptr<const View> buildViews(const LogStore& log, RowStore& rows, Flushing flushing) {
  // As little memory as can be, so that everything is read back from rows.
  ProjectionSet set(flushing == Flushing::kEveryEvent ? ProjectionMemory{0, 0, 0}
                                                      : ProjectionMemory{});
  std::string why;
  EXPECT_TRUE(set.open(log, rows, why));
  std::shared_ptr<const View> view;
  const auto read =
      forEachEvent(log, Sequence{set.position().value}, log.head().size, [&](const Event& event) {
        if (auto applied = set.apply(event); !applied) return applied;
        if (flushing == Flushing::kEveryEvent) {
          auto flushed = set.flush(log, rows);
          if (!flushed) return Result<void>(flushed.error());
        }
        return Result<void>();
      });
  EXPECT_TRUE(read) << read.error().message;
  auto flushed = set.flush(log, rows);
  EXPECT_TRUE(flushed);
  return *flushed;
}

}  // namespace robotledger
