#include "bench/sqlite_rival.h"

#include <sqlite3.h>

#include "bench/harness.h"
#include "core/domain/names.h"

namespace robotledger::bench {
namespace {

// Scopes that are no project's.
constexpr std::int64_t kAllProjects = -1;
constexpr std::int64_t kSystem = -2;

constexpr char kTables[] = R"(
  CREATE TABLE project(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE account(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, login TEXT NOT NULL,
    disabled INTEGER NOT NULL, ends_us INTEGER NOT NULL, secret BLOB NOT NULL UNIQUE);
  CREATE TABLE held(account INTEGER, capability INTEGER, scope INTEGER,
    PRIMARY KEY(account, capability, scope)) WITHOUT ROWID;)";

constexpr char kByIds[] = R"(
  SELECT 1 FROM account a WHERE a.id = ?1 AND a.disabled = 0 AND a.ends_us > ?4
    AND EXISTS (SELECT 1 FROM project p WHERE p.id = ?3)
    AND EXISTS (SELECT 1 FROM held h
      WHERE h.account = a.id AND h.capability = ?2 AND h.scope IN (?3, -1)))";

constexpr char kByNames[] = R"(
  SELECT 1 FROM account a, project p
    WHERE a.name = ?1 AND a.disabled = 0 AND a.ends_us > ?4 AND p.name = ?3
    AND EXISTS (SELECT 1 FROM held h
      WHERE h.account = a.id AND h.capability = ?2 AND h.scope IN (p.id, -1)))";

constexpr char kLogin[] = R"(
  SELECT a.id FROM account a WHERE a.secret = ?1 AND ?2 IN (a.name, a.login)
    AND a.disabled = 0 AND a.ends_us > ?3)";

}  // namespace

class SqliteRival::Database {
 public:
  Database() {
    check(sqlite3_open_v2(":memory:", &database_,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          nullptr));
    run(kTables);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
    sqlite3_close(database_);
  }

  void run(const char* sql) { check(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr)); }
  sqlite3_stmt* prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    return statements_.emplace_back(statement);
  }
  void prepareQuestions() {
    by_ids = prepare(kByIds);
    by_names = prepare(kByNames);
    login = prepare(kLogin);
  }

  static void bind(sqlite3_stmt* statement, int at, std::int64_t value) {
    sqlite3_bind_int64(statement, at, value);
  }
  static void bind(sqlite3_stmt* statement, int at, std::string_view text) {
    sqlite3_bind_text(statement, at, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  }
  static void bindBlob(sqlite3_stmt* statement, int at, BytesView bytes) {
    sqlite3_bind_blob(statement, at, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
  }
  // The first column of the first row, or 0.
  std::int64_t ask(sqlite3_stmt* statement) const {
    const int step = sqlite3_step(statement);
    if (step != SQLITE_ROW && step != SQLITE_DONE) check(step);
    const std::int64_t value = step == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return value;
  }

  sqlite3_stmt* by_ids = nullptr;
  sqlite3_stmt* by_names = nullptr;
  sqlite3_stmt* login = nullptr;

 private:
  void check(int code) const {
    if (code != SQLITE_OK) fail(std::string("SQLite: ") + sqlite3_errmsg(database_));
  }

  sqlite3* database_ = nullptr;
  std::vector<sqlite3_stmt*> statements_;
};

SqliteRival::SqliteRival(const State& state, const std::function<Bytes(const Account&)>& secretHash)
    : database_(std::make_unique<Database>()) {
  Database& it = *database_;
  sqlite3_stmt* project = it.prepare("INSERT INTO project VALUES(?1, ?2)");
  sqlite3_stmt* account = it.prepare("INSERT INTO account VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  sqlite3_stmt* held = it.prepare("INSERT INTO held VALUES(?1, ?2, ?3)");
  it.run("BEGIN");
  for (const auto& [id, one] : state.projects()) {
    Database::bind(project, 1, id.value);
    Database::bind(project, 2, one.name);
    it.ask(project);
  }
  for (const auto& [id, one] : state.accounts()) {
    const std::string name = state.qualifiedNameOf(one);
    const std::string login = qualifiedName({}, one.name);
    const Bytes secret = secretHash(one);
    const auto end = expiresAt(one.terms, state.settings());
    Database::bind(account, 1, static_cast<std::int64_t>(id.value));
    Database::bind(account, 2, name);
    Database::bind(account, 3, login);
    Database::bind(account, 4, one.status == AccountStatus::kDisabled ? 1 : 0);
    Database::bind(account, 5, end.value_or(Instant{INT64_MAX}).us);
    Database::bindBlob(account, 6, secret);
    it.ask(account);
    for (const Permission& permission : heldBy(one)) {
      std::int64_t scope = permission.scope.project.value;
      if (permission.scope.kind == Scope::Kind::kAllProjects) scope = kAllProjects;
      if (permission.scope.kind == Scope::Kind::kSystem) scope = kSystem;
      Database::bind(held, 1, static_cast<std::int64_t>(id.value));
      Database::bind(held, 2, permission.capability.index);
      Database::bind(held, 3, scope);
      it.ask(held);
    }
  }
  it.run("COMMIT");
  it.run("ANALYZE");
  it.prepareQuestions();
}

SqliteRival::~SqliteRival() = default;

bool SqliteRival::may(AccountId account, Capability capability, ProjectId project, Instant now) {
  sqlite3_stmt* asked = database_->by_ids;
  Database::bind(asked, 1, static_cast<std::int64_t>(account.value));
  Database::bind(asked, 2, capability.index);
  Database::bind(asked, 3, project.value);
  Database::bind(asked, 4, now.us);
  return database_->ask(asked) != 0;
}

bool SqliteRival::may(std::string_view account, Capability capability, std::string_view project,
                      Instant now) {
  sqlite3_stmt* asked = database_->by_names;
  Database::bind(asked, 1, account);
  Database::bind(asked, 2, capability.index);
  Database::bind(asked, 3, project);
  Database::bind(asked, 4, now.us);
  return database_->ask(asked) != 0;
}

AccountId SqliteRival::login(std::string_view name, BytesView hash, Instant now) {
  sqlite3_stmt* asked = database_->login;
  Database::bindBlob(asked, 1, hash);
  Database::bind(asked, 2, name);
  Database::bind(asked, 3, now.us);
  return AccountId{static_cast<std::uint64_t>(database_->ask(asked))};
}

}  // namespace robotledger::bench
