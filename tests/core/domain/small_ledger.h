// A ledger of a state and its events in memory, for tests of the domain: what commands become is
// applied at once.
//
//   SmallLedger ledger;
//   ledger.at("2025-03-01T09:30:00Z");
//   ledger.must(CreateProject{"web"});                        // fails the test where refused
//   EXPECT_EQ(ledger.refusal(CreateProject{"web"}), "project_exists");
//
// Event 0 is there from the start. The actor is `admin` unless as() says otherwise, and the clock
// stands still between two at(). One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/domain/decide.h"

namespace robotledger {

inline Instant instantOf(std::string_view text) {
  const auto instant = parseInstant(text);
  EXPECT_TRUE(instant.has_value()) << text;
  return instant.value_or(Instant{});
}

class SmallLedger {
 public:
  SmallLedger() {
    append(Instant{0}, LedgerInitialized{"ledger.example/1", {}, 30, "admin", ""});
    context_.actor = "admin";
    at("2025-01-01T00:00:00Z");
  }

  SmallLedger& at(std::string_view time) { return at(instantOf(time)); }
  SmallLedger& at(Instant time) {
    context_.now = time;
    return *this;
  }
  SmallLedger& as(std::string_view actor) {
    context_.actor = actor;
    return *this;
  }
  SmallLedger& because(std::string reason) {
    context_.reason = std::move(reason);
    return *this;
  }

  // Applies what is accepted.
  Decision submit(const Command& command) {
    Decision decision = decide(state_, command, context_);
    if (auto* accepted = std::get_if<Accepted>(&decision)) {
      for (const EventBody& body : accepted->bodies) append(accepted->time, body);
    }
    return decision;
  }

  // The events of a command that has to be accepted.
  std::vector<EventBody> must(const Command& command) {
    Decision decision = submit(command);
    if (const auto* refused = std::get_if<Refusal>(&decision)) {
      ADD_FAILURE() << refusalName(refused->code) << ": " << refused->message;
      return {};
    }
    return std::get<Accepted>(std::move(decision)).bodies;
  }

  // The code of the refusal, or "accepted".
  std::string refusal(const Command& command) {
    const Decision decision = submit(command);
    const auto* refused = std::get_if<Refusal>(&decision);
    return refused == nullptr ? "accepted" : std::string(refusalName(refused->code));
  }

  void append(Instant time, EventBody body) {
    events_.push_back(Event{.sequence = Sequence{events_.size()},
                            .time = time,
                            .recorded_at = time,
                            .actor = context_.actor,
                            .channel = LedgerItself{},
                            .reason = context_.reason,
                            .request_id = {},
                            .idempotency_key = {},
                            .command_digest = {},
                            .body = std::move(body)});
    const auto applied = state_.apply(events_.back());
    EXPECT_TRUE(applied) << (applied ? "" : applied.error().message);
  }

  Context& context() { return context_; }
  const State& state() const { return state_; }
  const std::vector<Event>& events() const { return events_; }
  const Account& account(std::string_view name) const {
    const Account* found = state_.findAccount(AccountRef{std::string(name), {}});
    EXPECT_NE(found, nullptr) << name;
    static const Account kNone{};
    return found == nullptr ? kNone : *found;
  }

 private:
  State state_;
  Context context_;
  std::vector<Event> events_;
};

inline AccountRef named(std::string name) { return {std::move(name), AccountId{0}}; }

// Asked for in the account's own project.
inline std::vector<PermissionRequest> own(std::initializer_list<const char*> capabilities) {
  std::vector<PermissionRequest> requests;
  for (const char* capability : capabilities) requests.push_back({std::nullopt, capability});
  return requests;
}

inline CreateAccount projectAccount(std::string project, std::string name,
                                    std::vector<PermissionRequest> permissions = {}) {
  return {std::move(project), std::move(name), "", std::move(permissions), {}, std::nullopt};
}

inline CreateAccount systemAccount(std::string name, std::vector<PermissionRequest> permissions) {
  return {std::nullopt, std::move(name), "", std::move(permissions), {}, std::nullopt};
}

}  // namespace robotledger
