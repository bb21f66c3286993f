// What the subcommands that ask have in common: who may ask what, times and places on the command
// line, as of which event, and how events are named in an answer.
//
//   int runShow(Session& session, const ShowOptions& options) {
//     return ask(session, [&](Asking& asking) -> Result<int> {
//       if (auto refusal = asking.needEverything()) return refuse(session, *refusal);
//       auto event = asking.event(Sequence{7});
//       if (!event) return event.error();
//       print("{}\n", (*event)->what);
//       return kExitDone;
//     });
//   }
//
// An answer is printed when everything it needs has been read, since a question that finds damaged
// views is asked again. One thread.
#pragma once

#include <map>
#include <set>
#include <variant>

#include "api/text/event_names.h"
#include "projections/access.h"
#include "projections/account_queries.h"
#include "tools/robotledger/command.h"

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
      : view_(view), reader_(reader), now_(now), names_(view) {}
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

// Opens the ledger, finds out who asks, and asks. An operator that there is not is refused. The
// exit code, after errors and refusals have been said.
int ask(Session& session, const std::function<Result<int>(Asking&)>& question);
// The same, for those that need more of the ledger than its views.
int ask(Session& session, const std::function<Result<int>(Asking&, OpenLedger&)>& question);

// ---- on the command line ----------------------------------------------------------------------

// An option whose value is an instant, or "now".
struct TimeArgument {
  bool given = false;
  bool is_now = false;
  Instant instant;
  Instant at(Instant now) const { return is_now ? now : instant; }
};
CLI::Option* addTimeOption(CLI::App* command, const std::string& name, TimeArgument& time,
                           const std::string& description);

// A CAPABILITY argument.
CLI::Option* addCapabilityArgument(CLI::App* command, Capability& capability);

// --project P or --system.
struct PlaceArgument {
  std::string project;
  bool system = false;
  // "web", or "/"; empty where none was given.
  std::string name() const { return system ? "/" : project; }
};
void addPlaceOptions(CLI::App* command, PlaceArgument& place);

// --as-of SEQUENCE.
void addAsOfOption(CLI::App* command, std::optional<std::int64_t>& sequence);
// The newest where none was given; kNotFound where there is no such event.
Result<AsOf> readAsOf(const View& view, const std::optional<std::int64_t>& sequence);
// Says what is wrong with the command line, for errors that are its fault (kNotFound and
// kInvalidArgument), and gives the exit code; other errors as they are.
Result<int> misuseOrError(const Error& error);

// ---- in answers -------------------------------------------------------------------------------

// "As of event 5384 (2026-11-30T10:00:00Z), the newest."
std::string asOfText(const View& view, const AsOf& as_of);
// "1 account", "2 accounts".
std::string countText(std::size_t count, std::string_view one);
// "project web" or "the system".
std::string placeText(std::string_view name);
// "event 12: alice (cli, bob)".
std::string eventBy(const EventNote& note);
// "open", "expires 2026-11-30T10:00:00Z" where that is to come, or the instant.
std::string untilText(const Window& window, const AsOf& as_of);
// {"from","until","opened_by","closed_by"}.
Json windowJson(const Window& window);
// "enabled", "disabled" or "expired"; what is disabled is that first.
std::string accountStatus(const AccountAt& account);
// What robot accounts log in with: "robot$NAME".
std::string loginName(const Account& account);
// "never", "90 days, 2026-03-01T10:00:00Z", "system, 2026-03-01T10:00:00Z".
std::string expiryText(const Expiry& expiry, const std::optional<Instant>& end);
// The instant in JSON, or null.
Json instantJson(const std::optional<Instant>& instant);
// "project" or "system".
const char* levelName(bool system_level);
// "asserted, recorded on 2026-07-01"; empty for what was witnessed.
std::string assertedText(const Event& event);

// What answers about access end with.
inline constexpr const char* kTailNote =
    "A registry token that was issued before a loss of access lives on until it runs out; these\n"
    "answers speak of the grant alone.";

}  // namespace robotledger
