#include "bench/intervals.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_map>

#include "bench/harness.h"
#include "core/domain/names.h"
#include "core/ledger/saved_state.h"

namespace robotledger::bench {
namespace {

// A row: project (0 for all of them), begin, account; the end and the account's name.
Bytes keyFor(ProjectId project, Instant from, AccountId account) {
  Bytes key;
  putBigEndian32(key, project.value);
  putBigEndian64(key, static_cast<std::uint64_t>(from.us));
  putBigEndian64(key, account.value);
  return key;
}

constexpr std::size_t kRowsAtOnce = 10000;

// Follows the log and closes a row whenever an account's access ends.
class IntervalMaker {
 public:
  IntervalMaker(RocksRival& rows, Capability capability) : rows_(rows), capability_(capability) {}

  void take(const Event& event) {
    const AccountId id = accountOf(event.body);
    if (const auto* project = std::get_if<ProjectCreated>(&event.body)) {
      projects_.push_back(project->name);
    } else if (const auto* setting = std::get_if<SystemExpiryChanged>(&event.body)) {
      settings_.push_back({event.time, event.sequence, setting->after_days});
    } else if (const auto* first = std::get_if<LedgerInitialized>(&event.body)) {
      settings_.push_back({event.time, event.sequence, first->system_expiry_days});
    }
    if (id.value == 0) return;
    if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
      living_[id].account = accountFrom(*created, event.time);
    }
    Living& one = living_.at(id);
    closeWhereExpired(one, event.time);
    if (std::holds_alternative<AccountDeleted>(event.body)) {
      close(one, event.time);
      living_.erase(id);
      return;
    }
    if (!std::holds_alternative<AccountCreated>(event.body)) {
      must(applyToAccount(one.account, event.body, event.time));
    }
    const Scope scope =
        one.account.isSystemLevel() ? Scope::allProjects() : Scope::inProject(one.account.project);
    const auto end = expiresAt(one.account.terms, settings_);
    const bool can = one.account.status == AccountStatus::kEnabled &&
                     grants(one.account, scope, capability_) && (!end || *end > event.time);
    if (!can) close(one, event.time);
    if (can && !one.since) one.since = event.time;
  }

  void finish() {
    for (auto& [id, one] : living_) {
      closeWhereExpired(one, kEndOfTime);
      close(one, kEndOfTime);
    }
    flush();
  }

 private:
  struct Living {
    Account account;
    std::optional<Instant> since;
  };

  void closeWhereExpired(Living& one, Instant now) {
    const auto end = expiresAt(one.account.terms, settings_);
    if (end && *end <= now) close(one, *end);
  }

  void close(Living& one, Instant until) {
    if (!one.since) return;
    if (until > *one.since) {
      Bytes value;
      putBigEndian64(value, static_cast<std::uint64_t>(until.us));
      const ProjectId home = one.account.project;
      value += qualifiedName(home.value == 0 ? "" : projects_[home.value - 1], one.account.name);
      pending_.emplace_back(keyFor(home, *one.since, one.account.id), std::move(value));
    }
    one.since.reset();
    if (pending_.size() >= kRowsAtOnce) flush();
  }

  void flush() {
    rows_.put(pending_);
    pending_.clear();
  }

  RocksRival& rows_;
  Capability capability_;
  Settings settings_;
  std::vector<std::string> projects_;
  std::unordered_map<AccountId, Living> living_;
  std::vector<std::pair<Bytes, Bytes>> pending_;
};

}  // namespace

Intervals::Intervals(OpenLedger& ledger, const std::string& directory, Capability capability) {
  if (!std::filesystem::exists(directory)) build(ledger, directory, capability);
  rows_ = std::make_unique<RocksRival>(directory);
}

void Intervals::build(OpenLedger& ledger, const std::string& directory, Capability capability) {
  std::fprintf(stderr, "making %s\n", directory.c_str());
  const std::string unfinished = directory + ".part";
  std::filesystem::remove_all(unfinished);
  {
    RocksRival rows(unfinished);
    IntervalMaker maker(rows, capability);
    must(forEachEvent(ledger.log(), Sequence{0}, ledger.log().head().size, [&](const Event& event) {
      maker.take(event);
      return Result<void>();
    }));
    maker.finish();
    rows.compact();
  }
  std::filesystem::rename(unfinished, directory);
}

std::vector<std::string> Intervals::at(ProjectId project, Instant instant) const {
  std::vector<std::string> names;
  for (const ProjectId place : {project, ProjectId{0}}) {
    rows_->scan(keyFor(place, Instant{0}, {}), keyFor(place, Instant{instant.us + 1}, {}),
                [&](BytesView, BytesView value) {
                  ByteReader in(value);
                  if (in.bigEndian64() <= static_cast<std::uint64_t>(instant.us)) return;
                  names.emplace_back(in.take(in.left()));
                });
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace robotledger::bench
