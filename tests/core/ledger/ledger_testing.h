// What the tests of the ledger share: a clock that stands still, short ways to submit commands, and
// an observer that remembers.
//
//   MemoryLedger made;                                        // a log with its first event
//   auto ledger = made.open();
//   EXPECT_EQ(outcomeOf(*ledger, CreateProject{"web"}), "1 event from 1");
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/ledger/ledger.h"
#include "core/log/memory_log_store.h"

namespace robotledger {

// Stands still until it is set. Any thread.
class TestClock final : public Clock {
 public:
  Instant now() override { return Instant{us_.load()}; }
  void set(Instant instant) { us_ = instant.us; }
  void advance(std::int64_t us) { us_ += us; }

 private:
  std::atomic<std::int64_t> us_{*parseInstantUs("2025-03-01T09:00:00Z")};
  static std::optional<std::int64_t> parseInstantUs(std::string_view text) {
    const auto instant = parseInstant(text);
    if (!instant) return std::nullopt;
    return instant->us;
  }
};

inline Submission by(std::string actor, Command command) {
  Context context;
  context.actor = std::move(actor);
  context.channel = CommandLine{"bob", "", "host"};
  return {std::move(command), std::move(context)};
}

inline Submission byAdmin(Command command) { return by("admin", std::move(command)); }

inline Submission keyed(Submission submission, std::string key, std::string_view digested) {
  submission.context.idempotency_key = std::move(key);
  submission.context.command_digest = sha256(digested);
  return submission;
}

inline CreateAccount newAccount(std::string project, std::string name) {
  return {std::move(project), std::move(name), "", {{{}, "push-image"}}, {}, {}};
}

// "2 events from 7", with "again: " before it where the receipt is a repeated one; the code of a
// refusal.
inline std::string textOf(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refusal>(&outcome)) {
    return std::string(refusalName(refused->code));
  }
  const auto& receipt = std::get<Receipt>(outcome);
  return std::string(receipt.kind == ReceiptKind::kRepeated ? "again: " : "") +
         std::to_string(receipt.count) + (receipt.count == 1 ? " event" : " events") + " from " +
         std::to_string(receipt.first.value);
}

// The same of a command that is submitted; an error's name in brackets.
inline std::string textOf(const Result<Outcome>& result) {
  if (!result) return std::string("[") + errorCodeName(result.error().code) + "]";
  return textOf(*result);
}

inline std::string outcomeOf(Ledger& ledger, Command command) {
  return textOf(ledger.submit(byAdmin(std::move(command))));
}

inline std::vector<std::string> textsOf(const Result<JobResult>& result) {
  if (!result) return {std::string("[") + errorCodeName(result.error().code) + "]"};
  std::vector<std::string> texts;
  for (const Outcome& outcome : result->outcomes) texts.push_back(textOf(outcome));
  return texts;
}

inline Event eventAt(const LogStore& log, std::uint64_t sequence) {
  auto event = readEvent(log, Sequence{sequence});
  if (!event) {
    ADD_FAILURE() << event.error().message;
    return {};
  }
  return *std::move(event);
}

// Remembers the batches that it was told of.
class Remembering final : public Observer {
 public:
  void onCommitted(const CommittedEvents& events) override {
    const std::lock_guard lock(mutex_);
    batches_.push_back(events);
  }
  // "1 2-4": the sequences of each batch.
  std::string text() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& batch : batches_) {
      const auto first = batch->front().sequence.value;
      const auto last = batch->back().sequence.value;
      text += (text.empty() ? "" : " ") + std::to_string(first);
      if (last != first) text += "-" + std::to_string(last);
    }
    return text;
  }
  std::uint64_t events() const {
    const std::lock_guard lock(mutex_);
    std::uint64_t all = 0;
    for (const auto& batch : batches_) all += batch->size();
    return all;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<CommittedEvents> batches_;
};

// A log in memory with the first event of a ledger in it.
struct MemoryLedger {
  TestClock clock;
  std::unique_ptr<MemoryLogStore> log = std::make_unique<MemoryLogStore>();

  MemoryLedger() {
    const auto made = initializeLedger(*log, {.origin = "test.example/robots"}, clock);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
  }

  std::unique_ptr<Ledger> open(std::vector<Observer*> observers = {}, SavedStates* copies = nullptr,
                               std::size_t copy_every = 65536) {
    auto ledger = Ledger::open(*log, {.clock = &clock,
                                      .copies = copies,
                                      .observers = std::move(observers),
                                      .copy_every = copy_every});
    if (!ledger) {
      ADD_FAILURE() << ledger.error().message;
      return nullptr;
    }
    return *std::move(ledger);
  }

  std::uint64_t size() const { return log->head().size.value; }
};

// The state that a ledger has.
inline StateImage imageOf(Ledger& ledger) {
  StateImage image;
  const auto looked = ledger.inspect([&](const State& state) { image = state.image(); });
  EXPECT_TRUE(looked) << (looked ? "" : looked.error().message);
  return image;
}

}  // namespace robotledger
