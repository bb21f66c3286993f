#include "projections/authorizer_tables.h"

#include <cstring>

#include "core/domain/names.h"

namespace robotledger {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

std::size_t wordsFor(std::string_view text) { return (text.size() + kWordBytes - 1) / kWordBytes; }

std::uint64_t wordOfPointer(const std::atomic<std::uint64_t>* block) {
  return reinterpret_cast<std::uintptr_t>(block);
}

// Whether permissions are exchanged for others. That is shown as one: else somebody could see the
// account without the pull that it has in a scope before and after.
bool isExchange(const Event& event, const Event* next) {
  const auto* revoked = std::get_if<PermissionsRevoked>(&event.body);
  const auto* granted = next == nullptr ? nullptr : std::get_if<PermissionsGranted>(&next->body);
  return revoked != nullptr && granted != nullptr && revoked->account == granted->account;
}

}  // namespace

// ---- the state, and what follows on it

void Authorizer::Tables::load(const State& state) {
  RL_CHECK(capabilityCount() <= kCapabilityWords * kBitsAWord, "every capability has a bit");
  last_time_us_ = state.lastTime().us;
  setSetting(state.settings().back());
  for (const auto& [id, project] : state.projects()) addProject(id, project.name);
  entries_.reserve(state.accounts().size());
  for (const auto& [id, account] : state.accounts()) {
    addAccount(account, robotledger::expiresAt(account.terms, state.settings()), Sequence{0});
  }
  for (const auto& [name, person] : state.operators()) {
    operators_.emplace(
        name, OperatorAccess{name, person.roles, person.administers, person.password, Sequence{0}});
  }
  service_ = state.service();
  origin_ = state.origin();
  taken_ = state.size().value;
  size_ = taken_;
}

void Authorizer::Tables::apply(const Event& event, const Event* next) {
  RL_CHECK(event.sequence.value == taken_, "the authorizer has every event in turn");
  taken_ += 1;
  shows_later_ = isExchange(event, next);
  // Before what it does: whoever sees the event's doing sees that it is as late.
  last_time_us_.store(event.time.us, std::memory_order_release);
  std::visit(
      [&](const auto& e) {
        if constexpr (requires { this->on(e, event); }) {
          this->on(e, event);
        } else {
          onAccount(e, event);
        }
      },
      event.body);
  if (!shows_later_) size_.store(taken_, std::memory_order_release);
}

// With the setting as it is. What an account's terms say from now on does not depend on earlier
// ones, since it follows the setting from now on at the earliest.
std::optional<Instant> Authorizer::Tables::endOf(const ExpiryTerms& terms) const {
  return robotledger::expiresAt(terms, {&setting_, 1});
}

void Authorizer::Tables::setSetting(const SettingChange& setting) {
  setting_ = setting;
  system_days_.store(setting.days, std::memory_order_release);
}

// ---- blocks

Authorizer::Tables::Block Authorizer::Tables::nameBlock(std::string_view project,
                                                        std::string_view name) {
  Block block{nullptr, 1 + wordsFor(project) + wordsFor(name)};
  block.words = name_blocks_.take(block.count);
  Word* at = block.words;
  at++->store(project.size() | (std::uint64_t{name.size()} << 32), std::memory_order_release);
  for (std::string_view text : {project, name}) {
    while (!text.empty()) {
      std::uint64_t word = 0;
      const std::size_t part = std::min(text.size(), kWordBytes);
      std::memcpy(&word, text.data(), part);
      at++->store(word, std::memory_order_release);
      text.remove_prefix(part);
    }
  }
  return block;
}

Authorizer::Tables::Block Authorizer::Tables::scopesBlock(const Permissions& held) {
  CapabilitySet in_system;
  CapabilitySet in_all;
  std::vector<std::pair<ProjectId, CapabilitySet>> in_projects;
  for (const Permission& permission : held) {
    switch (permission.scope.kind) {
      case Scope::Kind::kSystem: in_system.add(permission.capability); break;
      case Scope::Kind::kAllProjects: in_all.add(permission.capability); break;
      case Scope::Kind::kProject: {
        const ProjectId project = permission.scope.project;
        if (in_projects.empty() || in_projects.back().first != project) {
          in_projects.emplace_back(project, CapabilitySet{});
        }
        in_projects.back().second.add(permission.capability);
      }
    }
  }
  Block block{nullptr, kFirstProject + in_projects.size() * kProjectStride};
  block.words = scope_blocks_.take(block.count);
  Word* at = block.words;
  const auto put = [&](std::uint64_t word) { at++->store(word, std::memory_order_release); };
  put(in_projects.size());
  for (const std::uint64_t word : in_system.words) put(word);
  for (const std::uint64_t word : in_all.words) put(word);
  for (const auto& [project, set] : in_projects) {
    put(project.value);
    for (const std::uint64_t word : set.words) put(word);
  }
  return block;
}

// ---- projects

void Authorizer::Tables::addProject(ProjectId id, const std::string& name) {
  const ProjectEntry entry{name, projects_.take(), nameBlock(name, {})};
  projects_.write(entry.slot, {id.value, wordOfPointer(entry.block.words)});
  project_names_.insert(hashOf(name), entry.slot);
  project_entries_.emplace(id, entry);
}

void Authorizer::Tables::on(const ProjectCreated& e, const Event&) {
  addProject(e.project, e.name);
}

void Authorizer::Tables::on(const ProjectDeleted& e, const Event&) {
  const auto found = project_entries_.find(e.project);
  RL_CHECK(found != project_entries_.end(), "the project lives");
  const ProjectEntry& entry = found->second;
  projects_.write(entry.slot, {});
  project_names_.erase(hashOf(entry.name), entry.slot);
  name_blocks_.giveBack(entry.block.words, entry.block.count);
  projects_.giveBack(entry.slot);
  project_entries_.erase(found);
}

// ---- accounts

Authorizer::Tables::Entry& Authorizer::Tables::entryOf(AccountId id) {
  const auto found = entries_.find(id);
  RL_CHECK(found != entries_.end(), "the account lives");
  return found->second;
}

std::string Authorizer::Tables::nameOf(const Account& account) const {
  if (account.isSystemLevel()) return robotledger::qualifiedName({}, account.name);
  return robotledger::qualifiedName(project_entries_.at(account.project).name, account.name);
}

void Authorizer::Tables::show(const Entry& entry) {
  const Account& account = entry.account;
  Accounts::Words words{};
  words[kId] = account.id.value;
  words[kEnd] = static_cast<std::uint64_t>(entry.end.value_or(kNoEnd).us);
  words[kHome] = account.project.value |
                 (account.status == AccountStatus::kDisabled ? kDisabledFlag : 0) |
                 (entry.secret ? kGeneratedFlag : 0);
  words[kChanged] = entry.changed.value;
  if (account.isSystemLevel()) {
    words[kHeld] = wordOfPointer(entry.scopes.words);
  } else {
    for (std::size_t i = 0; i < kCapabilityWords; ++i) words[kHeld + i] = entry.held.words[i];
  }
  if (entry.secret) std::copy(entry.secret->begin(), entry.secret->end(), &words[kSecret]);
  words[kName] = wordOfPointer(entry.name.words);
  accounts_.write(entry.slot, words);
}

void Authorizer::Tables::showPermissions(Entry& entry) {
  const Permissions held = heldBy(entry.account);
  if (!entry.account.isSystemLevel()) {
    entry.held = {};
    for (const Permission& permission : held) entry.held.add(permission.capability);
    return show(entry);
  }
  const Block former = entry.scopes;
  entry.scopes = scopesBlock(held);
  show(entry);
  // From here on nobody who reads the former ones takes them for true.
  if (former.words != nullptr) scope_blocks_.giveBack(former.words, former.count);
}

void Authorizer::Tables::addAccount(Account account, std::optional<Instant> end, Sequence changed) {
  const AccountId id = account.id;
  Entry& entry = entries_[id];
  entry.account = std::move(account);
  entry.account.description = {};
  entry.end = end;
  entry.changed = changed;
  entry.slot = accounts_.take();
  const ProjectId home = entry.account.project;
  entry.name = nameBlock(home.value == 0 ? std::string_view() : project_entries_.at(home).name,
                         entry.account.name);
  showPermissions(entry);
  names_.insert(hashOf(nameOf(entry.account)), entry.slot);
  if (++login_bearers_[entry.account.name] == 1) {
    const std::uint64_t hash = hashOf(entry.account.name);
    logins_.insert(hash, moreOf(hash));
  }
}

void Authorizer::Tables::removeAccount(AccountId id) {
  const Entry& entry = entryOf(id);
  accounts_.write(entry.slot, {});
  // From here on there is no such account.
  names_.erase(hashOf(nameOf(entry.account)), entry.slot);
  if (entry.secret) secrets_.erase(entry.secret->front(), entry.slot);
  const auto bearers = login_bearers_.find(entry.account.name);
  if (--bearers->second == 0) {
    const std::uint64_t hash = hashOf(entry.account.name);
    logins_.erase(hash, moreOf(hash));
    login_bearers_.erase(bearers);
  }
  name_blocks_.giveBack(entry.name.words, entry.name.count);
  if (entry.scopes.words != nullptr) scope_blocks_.giveBack(entry.scopes.words, entry.scopes.count);
  accounts_.giveBack(entry.slot);
  entries_.erase(id);
  const std::lock_guard lock(mutex_);
  chosen_.erase(id);
}

void Authorizer::Tables::setSecret(AccountId id, const SecretHash& secret) {
  Entry& entry = entryOf(id);
  const auto former = entry.secret;
  entry.secret.reset();
  if (secret.kind == SecretHash::Kind::kGenerated && secret.hash.size() == sizeof(DigestWords)) {
    entry.secret = wordsOf(secret.hash);
    secrets_.insert(entry.secret->front(), entry.slot);
  }
  {
    // Before the account is shown as changed: who saw that, and then asks for the secret, has to
    // have the new one.
    const std::lock_guard lock(mutex_);
    chosen_.erase(id);
    if (secret.kind == SecretHash::Kind::kChosen) chosen_.emplace(id, secret);
  }
  show(entry);
  if (former) secrets_.erase(former->front(), entry.slot);
}

void Authorizer::Tables::on(const AccountCreated& e, const Event& event) {
  Account account = accountFrom(e, event.time);
  const auto end = endOf(account.terms);
  addAccount(std::move(account), end, event.sequence);
}

void Authorizer::Tables::on(const AccountDeleted& e, const Event&) { removeAccount(e.account); }

void Authorizer::Tables::on(const SecretIssued& e, const Event& event) {
  entryOf(e.account).changed = event.sequence;
  setSecret(e.account, e.secret);
}

void Authorizer::Tables::on(const AccountDescribed& e, const Event& event) {
  Entry& entry = entryOf(e.account);
  entry.changed = event.sequence;
  show(entry);
}

template <class OfAccount>
void Authorizer::Tables::onAccount(const OfAccount& e, const Event& event) {
  Entry& entry = entryOf(e.account);
  const ExpiryTerms former = entry.account.terms;
  const auto applied = applyToAccount(entry.account, event.body, event.time);
  RL_CHECK(applied.has_value(), "the event can follow on the account as it was");
  entry.changed = event.sequence;
  if (entry.account.terms != former) entry.end = endOf(entry.account.terms);
  if (shows_later_) return;
  constexpr bool kOfPermissions = std::is_same_v<OfAccount, PermissionsGranted> ||
                                  std::is_same_v<OfAccount, PermissionsRevoked>;
  kOfPermissions ? showPermissions(entry) : show(entry);
}

void Authorizer::Tables::on(const SystemExpiryChanged& e, const Event& event) {
  setSetting({event.time, event.sequence, e.after_days});
  for (auto& [id, entry] : entries_) {
    if (entry.account.terms.expiry.kind != Expiry::Kind::kSystem) continue;
    // What expired before this instant stays expired. The rest did not, whatever the setting was,
    // so that from here on this one alone counts.
    if (entry.end && *entry.end < event.time) continue;
    const auto end = endOf(entry.account.terms);
    if (end == entry.end) continue;
    entry.end = end;
    show(entry);
  }
}

// ---- operators and settings

std::optional<SecretHash> Authorizer::Tables::chosenSecret(AccountId account) const {
  const std::lock_guard lock(mutex_);
  const auto found = chosen_.find(account);
  if (found == chosen_.end()) return std::nullopt;
  return found->second;
}

std::optional<OperatorAccess> Authorizer::Tables::findOperator(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = operators_.find(name);
  if (found == operators_.end()) return std::nullopt;
  return found->second;
}

ServiceSettings Authorizer::Tables::service() const {
  const std::lock_guard lock(mutex_);
  return service_;
}

std::string Authorizer::Tables::origin() const {
  const std::lock_guard lock(mutex_);
  return origin_;
}

OperatorAccess& Authorizer::Tables::operatorOf(const std::string& name, Sequence changed) {
  const auto found = operators_.find(name);
  RL_CHECK(found != operators_.end(), "the operator is there");
  found->second.changed = changed;
  return found->second;
}

void Authorizer::Tables::on(const OperatorAdded& e, const Event& event) {
  const std::lock_guard lock(mutex_);
  operators_.emplace(e.name, OperatorAccess{e.name, {}, {}, {}, event.sequence});
}

void Authorizer::Tables::on(const OperatorRemoved& e, const Event&) {
  const std::lock_guard lock(mutex_);
  operators_.erase(e.name);
}

void Authorizer::Tables::on(const OperatorPasswordSet& e, const Event& event) {
  const std::lock_guard lock(mutex_);
  operatorOf(e.name, event.sequence).password = e.password;
}

void Authorizer::Tables::on(const RoleGranted& e, const Event& event) {
  const std::lock_guard lock(mutex_);
  OperatorAccess& person = operatorOf(e.name, event.sequence);
  if (e.role == Role::kProjectAdmin) {
    person.administers.insert(e.project);
  } else {
    person.roles.insert(e.role);
  }
}

void Authorizer::Tables::on(const RoleRevoked& e, const Event& event) {
  const std::lock_guard lock(mutex_);
  OperatorAccess& person = operatorOf(e.name, event.sequence);
  if (e.role == Role::kProjectAdmin) {
    person.administers.erase(e.project);
  } else {
    person.roles.erase(e.role);
  }
}

void Authorizer::Tables::on(const ServiceSettingsChanged& e, const Event&) {
  const std::lock_guard lock(mutex_);
  service_ = e.after;
}

void Authorizer::Tables::on(const LedgerRolledBack& e, const Event&) {
  const std::lock_guard lock(mutex_);
  origin_ = e.origin;
}

}  // namespace robotledger
