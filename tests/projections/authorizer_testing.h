// Followed: a ledger in memory, and an authorizer that follows it from its first event on.
//
//   Followed followed;
//   followed.must(CreateProject{"web"});
//   EXPECT_EQ(followed.may("robot$web+ci", kPushImage, "web"), "allowed");
#pragma once

#include <memory>
#include <string>

#include "api/secret/secret.h"
#include "projections/authorizer.h"
#include "projections/memory_row_store.h"
#include "tests/core/domain/small_ledger.h"

namespace robotledger {

inline std::string textOf(const std::optional<Denial>& denial) {
  return denial ? std::string(denialName(*denial)) : "allowed";
}

inline CommittedEvents oneEvent(Event event) {
  return std::make_shared<const std::vector<Event>>(1, std::move(event));
}

// A ledger of one event has no accounts, and so needs no rows.
inline std::unique_ptr<Authorizer> authorizerWithoutRows(const State& state) {
  const MemoryRowStore rows;
  auto loaded = Authorizer::load(state, *rows.snapshot());
  EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
  return loaded ? *std::move(loaded) : nullptr;
}

// One that never expires, of the system where the project is empty.
inline CreateAccount account(const char* project, const char* name,
                             std::vector<PermissionRequest> permissions,
                             const char* secret = nullptr) {
  CreateAccount create{project, name, "", std::move(permissions), {Expiry::Kind::kNever, 0}, {}};
  if (create.project->empty()) create.project.reset();
  if (secret != nullptr) create.secret = hashOf(secret);
  return create;
}

class Followed {
 public:
  Followed() : authorizer_(authorizerWithoutRows(ledger_.state())) {}

  const Authorizer& authorizer() const { return *authorizer_; }
  SmallLedger& ledger() { return ledger_; }
  Followed& at(std::string_view time) {
    ledger_.at(time);
    now_ = instantOf(time);
    return *this;
  }
  Instant now() const { return now_; }

  void must(const Command& command) {
    const std::size_t before = ledger_.events().size();
    ledger_.must(command);
    for (std::size_t i = before; i < ledger_.events().size(); ++i) {
      authorizer_->onCommitted(oneEvent(ledger_.events()[i]));
    }
  }

  // By names; by handles it has to be the same where there are handles.
  std::string may(std::string_view account, Capability capability, std::string_view project) const {
    return mayAt(account, capability, project, now_);
  }
  std::string mayAt(std::string_view account, Capability capability, std::string_view project,
                    Instant at) const {
    const auto by_names = authorizer_->authorize(account, capability, project, at);
    const auto who = authorizer_->principal(account);
    const auto where = authorizer_->project(project);
    EXPECT_EQ(who.has_value(), by_names != Denial::kNoAccount);
    if (who && where) {
      EXPECT_EQ(authorizer_->authorize(*who, capability, *where, at), by_names);
    }
    return textOf(by_names);
  }
  std::string mayInSystem(std::string_view account, Capability capability) const {
    return textOf(authorizer_->authorizeSystem(*authorizer_->principal(account), capability, now_));
  }

  // The qualified name of who was let in, or why not.
  std::string login(std::string_view name, std::string_view secret) const {
    const Login login = authorizer_->authenticate(name, secret, now_);
    if (const auto* failed = std::get_if<LoginFailure>(&login)) {
      return std::string(loginFailureName(*failed));
    }
    return authorizer_->qualifiedName(std::get<Principal>(login)).value_or("nobody");
  }

 private:
  SmallLedger ledger_;
  std::unique_ptr<Authorizer> authorizer_;
  Instant now_ = instantOf("2025-01-01T00:00:00Z");
};

}  // namespace robotledger
