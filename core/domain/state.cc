#include "core/domain/state.h"

#include <algorithm>

#include "core/domain/names.h"

namespace robotledger {
namespace {

Error impossible(std::string why) { return Error{ErrorCode::kDamaged, std::move(why)}; }

template <class Map>
auto valuesById(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  values.reserve(map.size());
  for (const auto& entry : map) values.push_back(entry.second);
  std::ranges::sort(values, {}, [](const auto& value) { return value.id; });
  return values;
}

template <class Map>
auto* findIn(Map& map, const auto& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

StateImage State::image() const {
  StateImage image = imageWithoutAccounts();
  image.accounts = valuesById(accounts_);
  return image;
}

StateImage State::imageWithoutAccounts() const {
  return StateImage{.origin = origin_,
                    .former_origins = former_origins_,
                    .verifier_key = verifier_key_,
                    .ledger_id = ledger_id_,
                    .size = size_,
                    .last_time = last_time_,
                    .next_account = next_account_,
                    .next_project = next_project_,
                    .next_operator = next_operator_,
                    .service = service_,
                    .settings = settings_,
                    .projects = valuesById(projects_),
                    .operators = valuesById(operators_),
                    .accounts = {}};
}

Result<State> State::fromImage(StateImage image) {
  State state;
  state.origin_ = std::move(image.origin);
  state.former_origins_ = std::move(image.former_origins);
  state.verifier_key_ = std::move(image.verifier_key);
  if (state.former_origins_.contains(state.origin_)) return impossible("an origin twice");
  state.ledger_id_ = image.ledger_id;
  state.size_ = image.size;
  state.last_time_ = image.last_time;
  state.next_account_ = image.next_account;
  state.next_project_ = image.next_project;
  state.next_operator_ = image.next_operator;
  state.service_ = std::move(image.service);
  state.settings_ = std::move(image.settings);
  if (state.settings_.empty() && state.size_.value > 0) return impossible("no system setting");
  for (Project& project : image.projects) {
    if (!state.addProject(std::move(project))) return impossible("a project twice");
  }
  for (Operator& person : image.operators) {
    const std::string name = person.name;
    if (!state.operators_.emplace(name, std::move(person)).second) {
      return impossible("an operator twice");
    }
  }
  state.accounts_.reserve(image.accounts.size());
  state.account_names_.reserve(image.accounts.size());
  for (Account& account : image.accounts) {
    if (auto added = state.addAccount(std::move(account)); !added) return added.error();
  }
  return state;
}

const Account* State::findAccount(AccountId id) const { return findIn(accounts_, id); }

const Account* State::findAccount(ProjectId project, std::string_view name) const {
  const auto* id = findIn(account_names_, NameKey{project, name});
  return id == nullptr ? nullptr : findAccount(*id);
}

const Account* State::findAccount(const AccountRef& ref) const {
  if (ref.name.empty()) return findAccount(ref.id);
  const auto name = parseQualifiedName(ref.name);
  if (!name) return nullptr;
  if (name->project.empty()) return findAccount(ProjectId{0}, name->name);
  const Project* project = findProject(name->project);
  return project == nullptr ? nullptr : findAccount(project->id, name->name);
}

const Project* State::findProject(ProjectId id) const { return findIn(projects_, id); }

const Project* State::findProject(std::string_view name) const {
  const auto* id = findIn(project_names_, std::string(name));
  return id == nullptr ? nullptr : findProject(*id);
}

const Operator* State::findOperator(std::string_view name) const {
  return findIn(operators_, std::string(name));
}

std::string State::qualifiedNameOf(const Account& account) const {
  const Project* project = findProject(account.project);
  return qualifiedName(project == nullptr ? "" : project->name, account.name);
}

bool State::hadOrigin(std::string_view origin) const {
  return origin == origin_ || former_origins_.contains(std::string(origin));
}

std::size_t State::systemAdmins() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      operators_, [](const auto& entry) { return entry.second.has(Role::kSystemAdmin); }));
}

Result<void> State::apply(const Event& event) {
  const auto failed = [&](const std::string& why) {
    return impossible("event " + std::to_string(event.sequence.value) + ", " +
                      std::string(eventKindName(event.body.index())) +
                      ", cannot follow on what came before it: " + why);
  };
  if (event.sequence.value != size_.value) {
    return failed("sequence " + std::to_string(size_.value) + " was due");
  }
  if (event.time < last_time_) return failed("its time is before that of the event before it");
  const bool first = std::holds_alternative<LedgerInitialized>(event.body);
  if (first != (size_.value == 0)) return failed("a ledger begins with one such event");
  const Result<void> applied = std::visit(
      [&](const auto& e) -> Result<void> {
        if constexpr (requires { this->on(e, event); }) {
          return this->on(e, event);
        } else {
          return onAccount(e.account, event);
        }
      },
      event.body);
  if (!applied) return failed(applied.error().message);
  size_.value += 1;
  last_time_ = event.time;
  return {};
}

Result<void> State::on(const LedgerInitialized& e, const Event& event) {
  origin_ = e.origin;
  verifier_key_ = e.verifier_key;
  ledger_id_ = e.ledger_id;
  settings_.push_back({event.time, event.sequence, e.system_expiry_days});
  operators_.emplace(e.admin, Operator{next_operator_, e.admin, {Role::kSystemAdmin}, {}});
  next_operator_.value += 1;
  return {};
}

Result<void> State::on(const HistoryImported&, const Event&) { return {}; }

bool State::addProject(Project project) {
  const bool fresh = project_names_.emplace(project.name, project.id).second;
  return projects_.emplace(project.id, std::move(project)).second && fresh;
}

Result<void> State::on(const ProjectCreated& e, const Event&) {
  if (e.project != next_project_) return impossible("another project's id was due");
  if (!addProject({e.project, e.name})) return impossible("the project lives already");
  next_project_.value += 1;
  return {};
}

Result<void> State::on(const ProjectDeleted& e, const Event&) {
  const Project* project = findProject(e.project);
  if (project == nullptr) return impossible("no such project lives");
  project_names_.erase(project->name);
  projects_.erase(e.project);
  return {};
}

Result<void> State::addAccount(Account account) {
  if (account.project.value != 0 && findProject(account.project) == nullptr) {
    return impossible("the account's project does not live");
  }
  const AccountId id = account.id;
  const auto [place, fresh] = accounts_.emplace(id, std::move(account));
  if (!fresh) return impossible("the account's id lives already");
  const NameKey key{place->second.project, place->second.name};
  if (!account_names_.emplace(key, id).second) return impossible("the account's name is taken");
  return {};
}

Result<void> State::on(const AccountCreated& e, const Event& event) {
  if (e.account != next_account_) return impossible("another account's id was due");
  if (auto added = addAccount(accountFrom(e, event.time)); !added) return added;
  next_account_.value += 1;
  return {};
}

Result<void> State::on(const AccountDeleted& e, const Event&) {
  const Account* account = findAccount(e.account);
  if (account == nullptr) return impossible("no such account lives");
  account_names_.erase(NameKey{account->project, account->name});
  accounts_.erase(e.account);
  return {};
}

Result<void> State::onAccount(AccountId id, const Event& event) {
  Account* account = findIn(accounts_, id);
  if (account == nullptr) return impossible("no such account lives");
  return applyToAccount(*account, event.body, event.time);
}

Result<void> State::on(const SystemExpiryChanged& e, const Event& event) {
  if (e.before_days != systemDays()) return impossible("the setting was another");
  settings_.push_back({event.time, event.sequence, e.after_days});
  return {};
}

Result<void> State::on(const OperatorAdded& e, const Event&) {
  if (e.id != next_operator_) return impossible("another operator's id was due");
  if (!operators_.emplace(e.name, Operator{e.id, e.name, {}, {}}).second) {
    return impossible("the operator is there already");
  }
  next_operator_.value += 1;
  return {};
}

Result<void> State::on(const OperatorRemoved& e, const Event&) {
  if (operators_.erase(e.name) == 0) return impossible("no such operator");
  return {};
}

Result<void> State::on(const OperatorPasswordSet& e, const Event&) {
  Operator* person = findIn(operators_, e.name);
  if (person == nullptr) return impossible("no such operator");
  person->password = e.password;
  return {};
}

Result<void> State::on(const RoleGranted& e, const Event&) {
  Operator* person = findIn(operators_, e.name);
  if (person == nullptr) return impossible("no such operator");
  if (e.role == Role::kProjectAdmin && findProject(e.project) == nullptr) {
    return impossible("no such project lives");
  }
  const bool fresh = e.role == Role::kProjectAdmin ? person->administers.insert(e.project).second
                                                   : person->roles.insert(e.role).second;
  if (!fresh) return impossible("the operator has the role already");
  return {};
}

Result<void> State::on(const RoleRevoked& e, const Event&) {
  Operator* person = findIn(operators_, e.name);
  if (person == nullptr) return impossible("no such operator");
  const bool had = e.role == Role::kProjectAdmin ? person->administers.erase(e.project) == 1
                                                 : person->roles.erase(e.role) == 1;
  if (!had) return impossible("the operator has no such role");
  return {};
}

Result<void> State::on(const ServiceSettingsChanged& e, const Event&) {
  if (service_ != e.before) return impossible("the settings were others");
  service_ = e.after;
  return {};
}

Result<void> State::on(const LedgerRolledBack& e, const Event&) {
  if (e.lost_size.value == 0) return impossible("nothing was lost");
  if (e.old_origin != origin_) return impossible("the origin was another");
  if (hadOrigin(e.origin)) return impossible("the ledger had the origin before");
  former_origins_.insert(std::move(origin_));
  origin_ = e.origin;
  verifier_key_ = e.verifier_key;
  return {};
}

Result<void> State::on(const ClaimRecorded& e, const Event&) {
  if (e.account.value != 0 && findAccount(e.account) == nullptr) {
    return impossible("no such account lives");
  }
  if (e.project.value != 0 && findProject(e.project) == nullptr) {
    return impossible("no such project lives");
  }
  return {};
}

}  // namespace robotledger
