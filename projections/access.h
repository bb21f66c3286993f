// Who could do what, where, and when: the questions of access, answered as of any event.
//
//   auto place = findPlace(*view.catalog, "web", view.last());
//   auto answers = whoCould(view, kPushImage, *place, {.from = noon}, view.newest());
//
// All functions: any thread; kViewsDamaged where rows are not what was written.
#pragma once

#include <string>
#include <vector>

#include "projections/account_row.h"
#include "projections/timeline_reader.h"
#include "projections/view.h"
#include "projections/windows.h"

namespace robotledger {

// An account that could, and no more: what is quick to tell.
struct AccessMember {
  AccountId id;
  std::string account;  // its qualified name
  bool system_level = false;
};

// Those who could at an instant. Sorted by qualified name, then id.
Result<std::vector<AccessMember>> membersAt(const View& view, Capability capability,
                                            const Place& place, Instant at, const AsOf& as_of);

struct AccessAnswer {
  AccountId id;
  std::string account;
  bool system_level = false;
  std::vector<Window> windows;  // those that overlap the period, whole
};

// Those who could at any instant of the period, with their windows. Sorted the same way.
Result<std::vector<AccessAnswer>> whoCould(const View& view, Capability capability,
                                           const Place& place, const Period& period,
                                           const AsOf& as_of);

// Whether a window has an instant of the period.
bool overlaps(const Window& window, const Period& period);

// Every window of one account; of an account that was not there by `as_of`, none.
Result<std::vector<Window>> accountWindows(const View& view, const AccountRow& row,
                                           Capability capability, const Place& place,
                                           const AsOf& as_of);

// The account's row; nothing for an id that no account has had.
Result<std::optional<AccountRow>> findAccountRow(const View& view, AccountId id);

// The account's whole history in short, up to `as_of`.
Result<History> historyOf(const View& view, const AccountRow& row, const AsOf& as_of);

// The name by which machine interfaces know the account.
std::string qualifiedNameOf(const View& view, const AccountRow& row);

// One who gained or lost something between two instants.
struct AccessDifference {
  AccountId id;
  std::string account;
  Capability capability;
  std::string place;  // a project's name, "*" or "/"
  bool gained = false;
  Instant when;
  std::optional<Sequence> because;  // nothing where it expired
};

enum class DifferenceKind : std::uint8_t {
  kNet,  // what holds at one end and not at the other
  kAll,  // every gain and loss in between too
};

// What changed after `from` up to `to`, that instant included. In one project, what reaches into it
// by `*` among it; or, with no place, in each scope by itself. In order of time, then account.
Result<std::vector<AccessDifference>> accessDifferences(const View& view,
                                                        const std::optional<Place>& place,
                                                        Instant from, Instant to,
                                                        DifferenceKind kind, const AsOf& as_of);

}  // namespace robotledger
