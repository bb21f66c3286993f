// A question while it is answered: the view it reads, who asks, when now is, and the events that it
// came upon.
//
//   Asking asking(view, reader, now);
//   if (auto refusal = asking.needEverything()) return *refusal;
//   auto event = asking.event(Sequence{7});
//   if (!event) return event.error();
//   say((*event)->what);
//
// Whoever asks, over the command line or from a bundle of evidence, asks through this, so that all
// are refused alike. One thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/json/json_text.h"
#include "api/text/event_names.h"
#include "core/domain/command.h"
#include "core/domain/refusal.h"
#include "projections/access.h"
#include "projections/account_queries.h"

namespace robotledger {

// An event, as answers refer to it.
struct EventNote {
  Sequence sequence;
  Instant time;
  std::string who;       // "alice (import line 34)"
  std::string kind;      // "permissions granted"
  std::string what;      // "granted push-image in web to robot$web+ci"
  std::string reason;    // as it was given; may be empty
  std::string asserted;  // "asserted, recorded on 2026-07-01"; empty for what was witnessed
};

// What an operator may read. See "Who may" of the domain.
struct Reader {
  std::string name;
  bool known = false;
  bool everything = false;          // an auditor or a system administrator
  std::set<ProjectId> administers;  // living projects
};

// A question while it is answered.
class Asking {
 public:
  Asking(const View& view, const Reader& reader, Instant now)
      : view_(view),
        reader_(reader),
        now_(now),
        names_(view, reader.everything ? nullptr : &reader.administers) {}
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  ~Asking() = default;

  const View& view() const { return view_; }
  // The later of the system's clock and the last event's time.
  Instant now() const { return now_; }
  EventNames& names() { return names_; }
  // "web", "*" or "/".
  std::string scope(Scope scope) const { return names_.scope(scope); }

  // What the operator may: a refusal, or nothing where he may.
  std::optional<Refusal> needEverything() const;
  // Of the account, as it stands or last stood.
  std::optional<Refusal> needAccount(const AccountRow& row) const;
  // To read the event, for who may not read everything.
  Result<std::optional<Refusal>> needEvent(const Event& event) const;

  // The place of that name ("/" for the system) as of that event, as far as the operator may ask
  // about it: a project's administrator only within the life of the project that is his.
  std::variant<Refusal, Place> place(std::string_view name, const AsOf& as_of) const;

  // The account, if there ever was one and the operator may ask about it. A name means the one who
  // bears it now.
  Result<std::variant<Refusal, AccountRow>> account(const AccountRef& ref) const;
  // The account of the number; of a name all that bear or bore it, in order of creation.
  Result<std::variant<Refusal, std::vector<AccountRow>>> bearers(const AccountRef& ref) const;

  // {"id","account","login_name","level","project","status","expires","expires_at","permissions",
  // "secret_issued_at","created_at","created_by","created_by_event","asserted"}.
  Json accountJson(const AccountAt& account) const;

  // An event, remembered. kDamaged where it cannot be read.
  Result<const EventNote*> event(Sequence sequence);
  // "event 12: alice (cli, bob)", "expiry", or nothing.
  Result<std::string> closedBy(const Window& window);

 private:
  Refusal forbidden(std::string_view what) const;
  Refusal unknownAccount(const AccountRef& ref) const;
  bool administersNamed(std::string_view project) const;

  const View& view_;
  const Reader& reader_;
  Instant now_;
  EventNames names_;
  std::map<Sequence, EventNote> notes_;
};

// "event 12: alice (cli, bob)".
std::string eventBy(const EventNote& note);

}  // namespace robotledger
