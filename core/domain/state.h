// State: what the ledger holds now, as far as commands need it: the living projects, operators and
// accounts, the settings, the counters. A fold over the events, the same on every machine.
//
//   State state;
//   for (const Event& event : log) if (auto ok = state.apply(event); !ok) return ok.error();
//   Decision decision = decide(state, command, context);
//
// One thread at a time. About 300 bytes a living account.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/domain/account.h"
#include "core/domain/command.h"

namespace robotledger {

struct Project {
  ProjectId id;
  std::string name;
  bool operator==(const Project&) const = default;
};

struct Operator {
  OperatorId id;
  std::string name;
  std::set<Role> roles;             // kSystemAdmin, kAuditor
  std::set<ProjectId> administers;  // living projects
  std::optional<SecretHash> password{};
  bool operator==(const Operator&) const = default;

  bool has(Role role) const { return roles.contains(role); }
};

// Everything in a State, in order of ids, to be saved and compared.
struct StateImage {
  std::string origin;
  std::set<std::string> former_origins;
  std::string verifier_key;
  std::array<std::uint8_t, 16> ledger_id{};
  TreeSize size;  // of the log it folds
  Instant last_time;
  AccountId next_account{1};
  ProjectId next_project{1};
  OperatorId next_operator{1};
  ServiceSettings service;
  Settings settings;
  std::vector<Project> projects;
  std::vector<Operator> operators;
  std::vector<Account> accounts;
  bool operator==(const StateImage&) const = default;
};

class State {
 public:
  State() = default;
  State(State&&) = default;
  State& operator=(State&&) = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() = default;

  // An error says what is impossible in the image.
  static Result<State> fromImage(StateImage image);
  StateImage image() const;
  // The same with `accounts` empty: quick, however many there are.
  StateImage imageWithoutAccounts() const;

  // Folds the next event in. An event that cannot follow here (a sequence out of turn, a time that
  // goes back, an account that does not live) is kDamaged and leaves the state of no further use.
  Result<void> apply(const Event& event);

  // Pointers live until the next apply(); null where there is none among the living.
  const Account* findAccount(AccountId id) const;
  const Account* findAccount(ProjectId project, std::string_view name) const;
  const Account* findAccount(const AccountRef& ref) const;
  const Project* findProject(ProjectId id) const;
  const Project* findProject(std::string_view name) const;
  const Operator* findOperator(std::string_view name) const;
  std::string qualifiedNameOf(const Account& account) const;

  const std::unordered_map<AccountId, Account>& accounts() const { return accounts_; }
  const std::unordered_map<std::string, Operator>& operators() const { return operators_; }
  const std::unordered_map<ProjectId, Project>& projects() const { return projects_; }
  const Settings& settings() const { return settings_; }
  const ServiceSettings& service() const { return service_; }
  std::int32_t systemDays() const { return settings_.back().days; }
  // The name in the ledger's checkpoints.
  const std::string& origin() const { return origin_; }
  // Whether it is the ledger's origin, or was before a rollback.
  bool hadOrigin(std::string_view origin) const;
  // The key that checks the checkpoints, in C2SP's text: as event 0 named it, or the last rollback;
  // empty where the ledger has none.
  const std::string& verifierKey() const { return verifier_key_; }
  const std::array<std::uint8_t, 16>& ledgerId() const { return ledger_id_; }
  TreeSize size() const { return size_; }
  Instant lastTime() const { return last_time_; }
  AccountId nextAccount() const { return next_account_; }
  ProjectId nextProject() const { return next_project_; }
  OperatorId nextOperator() const { return next_operator_; }
  std::size_t systemAdmins() const;

 private:
  // The name is a view into the account, which does not move.
  struct NameKey {
    ProjectId project;
    std::string_view name;
    bool operator==(const NameKey&) const = default;
  };
  struct NameHash {
    std::size_t operator()(const NameKey& key) const noexcept {
      return std::hash<std::string_view>{}(key.name) * 31 + key.project.value;
    }
  };

  Result<void> on(const LedgerInitialized& e, const Event& event);
  Result<void> on(const HistoryImported& e, const Event& event);
  Result<void> on(const ProjectCreated& e, const Event& event);
  Result<void> on(const ProjectDeleted& e, const Event& event);
  Result<void> on(const AccountCreated& e, const Event& event);
  Result<void> on(const AccountDeleted& e, const Event& event);
  Result<void> on(const SystemExpiryChanged& e, const Event& event);
  Result<void> on(const OperatorAdded& e, const Event& event);
  Result<void> on(const OperatorRemoved& e, const Event& event);
  Result<void> on(const OperatorPasswordSet& e, const Event& event);
  Result<void> on(const RoleGranted& e, const Event& event);
  Result<void> on(const RoleRevoked& e, const Event& event);
  Result<void> on(const ServiceSettingsChanged& e, const Event& event);
  Result<void> on(const LedgerRolledBack& e, const Event& event);
  Result<void> on(const ClaimRecorded& e, const Event& event);
  Result<void> onAccount(AccountId id, const Event& event);
  Result<void> addAccount(Account account);
  bool addProject(Project project);

  std::string origin_;
  std::set<std::string> former_origins_;
  std::string verifier_key_;
  std::array<std::uint8_t, 16> ledger_id_{};
  TreeSize size_;
  Instant last_time_;
  AccountId next_account_{1};
  ProjectId next_project_{1};
  OperatorId next_operator_{1};
  ServiceSettings service_;
  Settings settings_;
  std::unordered_map<ProjectId, Project> projects_;
  std::unordered_map<std::string, ProjectId> project_names_;
  std::unordered_map<std::string, Operator> operators_;
  std::unordered_map<AccountId, Account> accounts_;
  std::unordered_map<NameKey, AccountId, NameHash> account_names_;
};

}  // namespace robotledger
