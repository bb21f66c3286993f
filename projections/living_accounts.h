// LivingAccounts: which accounts live, by their place, in memory, so that a page of a long list
// costs what the page does.
//
//   LivingAccounts living;                              // given to the ledger as an observer
//   ledger.inspect([&](const State& state) { living.load(state); });
//   auto page = living.page({.project = web, .order = ListOrder::kByName, .skip = 100, .take =
//   100});
//
// It follows the writer: what is acknowledged is seen by every later call. About 200 bytes an
// account.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/domain/state.h"
#include "core/ledger/observer.h"

namespace robotledger {

// Ids are in order of creation.
enum class ListOrder : std::uint8_t { kById, kByIdDown, kByName, kByNameDown };

struct LivingQuestion {
  ProjectId project;  // 0 for the system's accounts
  ListOrder order = ListOrder::kById;
  // Those that are wanted, by name (not the qualified one); all where it is empty. Quick.
  std::function<bool(AccountId id, std::string_view name)> wanted{};
  std::size_t skip = 0;
  std::size_t take = std::numeric_limits<std::size_t>::max();
};

struct LivingPage {
  TreeSize size;      // as of so many events
  std::size_t total;  // all that are wanted
  std::vector<AccountId> accounts;
};

class LivingAccounts final : public Observer {
 public:
  // On the writer's thread, or before it starts; before that, what is committed is passed over.
  void load(const State& state);

  // Any thread. Cost: a step for each account that is skipped, or, where `wanted` is given, for
  // each in the place.
  LivingPage page(const LivingQuestion& question) const;

  void onCommitted(const CommittedEvents& events) override;

 private:
  struct Place {
    std::map<AccountId, std::string> names;
    std::set<std::pair<std::string_view, AccountId>> by_name;  // views into the names
  };

  void add(ProjectId place, AccountId id, const std::string& name);
  void remove(AccountId id);

  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  bool is_loaded_ = false;
  TreeSize size_;
  std::unordered_map<ProjectId, Place> places_;
  std::unordered_map<AccountId, ProjectId> place_of_;
};

}  // namespace robotledger
