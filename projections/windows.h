// Windows: the maximal stretches in which an account could do a thing, exactly, from the account's
// history, the life of the place, and the system setting's history.
//
// Instants decide: what two events at one instant do and undo was never so. Within an instant the
// events are taken in order only to name which of them opened or closed a window.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/domain/permission.h"
#include "projections/catalog.h"
#include "projections/history.h"
#include "projections/view.h"

namespace robotledger {

struct Open {
  bool operator==(const Open&) const = default;
};
struct ByExpiry {
  bool operator==(const ByExpiry&) const = default;
};
// Nothing closes it as things stand; its account's expiry; or the event with that sequence.
using ClosedBy = std::variant<Open, ByExpiry, Sequence>;

struct Window {
  Instant from;
  std::optional<Instant> until;  // not included; nothing where it never ends as things stand
  Sequence opened_by;
  ClosedBy closed_by;
  bool operator==(const Window&) const = default;
};

// Where a question asks: a project by its name, which stands for all that ever bore it; the system
// itself; or what `*` alone gives.
struct Place {
  std::string name;                       // "web", "/" or "*"
  std::vector<const ProjectLife*> lives;  // of the projects of that name; the view's catalog's
  bool always = false;                    // "/" and "*", which have always existed
  Scope scope;                            // with `always`
};

// Nothing where no project bore the name by `as_of`.
std::optional<Place> findPlace(const Catalog& catalog, std::string_view name, Sequence as_of);

// The windows of the account with that history, as things stood after event `as_of`; the history
// and the settings end there. In order of time.
std::vector<Window> windowsOf(const History& history, ProjectId home, Capability capability,
                              const Place& place, std::span<const SettingChange> settings,
                              Sequence as_of);

}  // namespace robotledger
