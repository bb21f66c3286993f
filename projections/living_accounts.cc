#include "projections/living_accounts.h"

#include <mutex>

namespace robotledger {
namespace {

AccountId idIn(const std::pair<const AccountId, std::string>& entry) { return entry.first; }
std::string_view nameIn(const std::pair<const AccountId, std::string>& entry) {
  return entry.second;
}
AccountId idIn(const std::pair<std::string_view, AccountId>& entry) { return entry.second; }
std::string_view nameIn(const std::pair<std::string_view, AccountId>& entry) { return entry.first; }

// Takes a page of what stands from `at` to `end`, of which there are `count`.
template <class Iterator>
void take(Iterator at, Iterator end, std::size_t count, const LivingQuestion& question,
          LivingPage& page) {
  if (!question.wanted) {
    page.total = count;
    if (question.skip >= count) return;
    std::advance(at, question.skip);
    for (; at != end && page.accounts.size() < question.take; ++at) {
      page.accounts.push_back(idIn(*at));
    }
    return;
  }
  for (; at != end; ++at) {
    if (!question.wanted(idIn(*at), nameIn(*at))) continue;
    page.total += 1;
    if (page.total > question.skip && page.accounts.size() < question.take) {
      page.accounts.push_back(idIn(*at));
    }
  }
}

}  // namespace

void LivingAccounts::load(const State& state) {
  const std::unique_lock lock(mutex_);
  for (const auto& [id, account] : state.accounts()) add(account.project, id, account.name);
  size_ = state.size();
  is_loaded_ = true;
}

LivingPage LivingAccounts::page(const LivingQuestion& question) const {
  const std::shared_lock lock(mutex_);
  LivingPage page{.size = size_, .total = 0, .accounts = {}};
  const auto place = places_.find(question.project);
  if (place == places_.end()) return page;
  const auto& [names, by_name] = place->second;
  switch (question.order) {
    case ListOrder::kById: take(names.begin(), names.end(), names.size(), question, page); break;
    case ListOrder::kByIdDown:
      take(names.rbegin(), names.rend(), names.size(), question, page);
      break;
    case ListOrder::kByName:
      take(by_name.begin(), by_name.end(), names.size(), question, page);
      break;
    case ListOrder::kByNameDown:
      take(by_name.rbegin(), by_name.rend(), names.size(), question, page);
      break;
  }
  return page;
}

void LivingAccounts::add(ProjectId place, AccountId id, const std::string& name) {
  Place& accounts = places_[place];
  const auto [entry, is_new] = accounts.names.emplace(id, name);
  if (!is_new) return;
  accounts.by_name.emplace(entry->second, id);
  place_of_[id] = place;
}

void LivingAccounts::remove(AccountId id) {
  const auto place = place_of_.find(id);
  if (place == place_of_.end()) return;
  const auto accounts = places_.find(place->second);
  const auto entry = accounts->second.names.find(id);
  accounts->second.by_name.erase({entry->second, id});
  accounts->second.names.erase(entry);
  if (accounts->second.names.empty()) places_.erase(accounts);
  place_of_.erase(place);
}

void LivingAccounts::onCommitted(const CommittedEvents& events) {
  const std::unique_lock lock(mutex_);
  if (!is_loaded_) return;
  for (const Event& event : *events) {
    if (const auto* created = std::get_if<AccountCreated>(&event.body)) {
      add(created->project, created->account, created->name);
    } else if (const auto* deleted = std::get_if<AccountDeleted>(&event.body)) {
      remove(deleted->account);
    }
  }
  size_ = {events->back().sequence.value + 1};
}

}  // namespace robotledger
