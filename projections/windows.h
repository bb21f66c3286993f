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
#include "core/domain/account.h"
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
  // Where it was widened by the tail of tokens (token_tail.h): when the last access in it ended.
  std::optional<Instant> access_until = {};
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

// Finds the windows of one account, as things stood after event `as_of`: takes its history and the
// settings up to there.
//
//   WindowFinder finder(home, kPushImage, place, settings, as_of);
//   for (const HistoryEntry& entry : history) finder.take(entry);
//   const std::vector<Window> windows = finder.finish();      // in order of time
class WindowFinder {
 public:
  // The place and the settings outlive it.
  WindowFinder(ProjectId home, Capability capability, const Place& place,
               std::span<const SettingChange> settings, Sequence as_of);

  void take(const HistoryEntry& entry);  // in order
  std::vector<Window> finish();          // once, after the last of them

 private:
  // A project of the place comes or goes.
  struct Step {
    Sequence sequence;
    Instant time;
    ProjectId project;
    bool comes = false;
  };

  void takeStepsBefore(Sequence sequence);
  void moveTo(Sequence sequence, Instant time);
  void takeSettingsBefore(Sequence sequence);
  void endInstant();
  void closeByExpiryBefore(std::optional<Instant> until);
  void apply(const HistoryEntry& entry);
  void keepRelevant(const Permissions& permissions);
  void follow(const ExpiryTerms& terms);
  bool holdsScope() const;
  bool dueAt(Instant time, std::int32_t days) const;
  bool can() const { return holds_ && !expired_ && !dueAt(*now_, days_); }
  void see(Sequence sequence);
  void close(Instant time, ClosedBy cause);

  const Place& place_;
  std::span<const SettingChange> settings_;
  Account account_;  // its home, and of its permissions those that matter
  Capability capability_;
  std::vector<Step> steps_;
  std::size_t next_step_ = 0;
  std::size_t next_setting_ = 0;

  std::vector<ProjectId> living_;
  bool lives_ = false;
  bool holds_ = false;          // holdsScope(), after what was taken last
  std::optional<Instant> end_;  // expiresAt() of its terms
  bool expired_ = false;        // at an earlier instant, and not brought back since
  std::int32_t days_ = 0;       // the setting
  Permissions relevant_;

  // The instant that is being taken.
  std::optional<Instant> now_;
  bool could_ = false;
  std::optional<Sequence> first_;
  std::optional<Sequence> opened_;
  std::optional<Sequence> closed_;

  std::optional<Window> open_;
  std::vector<Window> windows_;
};

}  // namespace robotledger
