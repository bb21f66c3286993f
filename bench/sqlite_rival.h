// The usual way to keep who may: tables with indexes in SQLite, in this process and in memory, and
// a prepared statement for each question. It answers what the Authorizer answers.
//
//   SqliteRival rival(accounts, projects);
//   rival.may(account, capability, project, now)
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/state.h"

namespace robotledger::bench {

// One thread.
class SqliteRival {
 public:
  // `secretHash` gives the SHA-256 of an account's secret.
  explicit SqliteRival(const State& state, const std::function<Bytes(const Account&)>& secretHash);
  SqliteRival(const SqliteRival&) = delete;
  SqliteRival& operator=(const SqliteRival&) = delete;
  ~SqliteRival();

  bool may(AccountId account, Capability capability, ProjectId project, Instant now);
  bool may(std::string_view account, Capability capability, std::string_view project, Instant now);
  // The account that logs in with that name and a secret of that hash; 0 for none.
  AccountId login(std::string_view name, BytesView hash, Instant now);

 private:
  class Database;
  std::unique_ptr<Database> database_;
};

}  // namespace robotledger::bench
