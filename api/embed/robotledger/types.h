// The values that robotledger.h speaks of: failures, commands and receipts, decisions, questions
// and answers, events. Plain structs of standard types, in the order in which a program meets them.
//
//   rl::CreateAccount{"web", "ci", {{"push-image"}}, rl::Expiry::inDays(90)}
//   rl::WhoCould{"push-image", "web", rl::OnDate{"2025-03-01", "Europe/Berlin"}}
//
// Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace robotledger::v1 {

// UTC, microseconds, no leap seconds; from year 0 up to 9999.
using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// ---- what can fail ----------------------------------------------------------------------------

enum class Code : std::uint8_t {
  kRefused = 1,      // the ledger's rules say no; nothing was written, trying again changes nothing
  kInvalidArgument,  // the call asks for what cannot be
  kNotFound,         // there is no such thing
  kInUse,            // another process has it
  kIo,               // the disk or the system failed; nothing was written
  kDamaged,          // stored bytes are not what was written
  kViewsDamaged,     // the same, of what can be built again from the log
  kOutcomeUnknown,   // the command may or may not be in the log: open the ledger again to know
  kClock,            // the system's clock leapt ahead and is not believed; nothing was written
  kOverloaded,       // too much waits: try again
  kClosed,           // the ledger was closed, or takes no more commands before it is opened again
  kNoMemory,
  kBug,  // of this library, or a callback that threw
};

struct Failure {
  Code code = Code::kBug;
  std::string refusal;  // with kRefused its stable name, such as "no_change" or "forbidden"
  std::string message;  // one line for a person; never a secret in it
};

// A T, or a Failure. Looking at what is not there ends the process.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Result(Failure failure) : held_(std::in_place_index<1>, std::move(failure)) {}  // NOLINT
  explicit operator bool() const noexcept { return held_.index() == 0; }
  T& operator*() noexcept { return held(std::get_if<0>(&held_)); }
  const T& operator*() const noexcept { return held(std::get_if<0>(&held_)); }
  T* operator->() noexcept { return &**this; }
  const T* operator->() const noexcept { return &**this; }
  const Failure& failure() const noexcept { return held(std::get_if<1>(&held_)); }

 private:
  template <class Held>
  static Held& held(Held* what) noexcept {
    if (what == nullptr) std::abort();
    return *what;
  }
  std::variant<T, Failure> held_;
};

struct Done {};

// ---- commands: wishes, which become events or a refusal ---------------------------------------

// Where something may be done, and what. An empty scope is the account's own project; else it is a
// project's name, "*" for every project, those to come too, or "/" for the system itself.
struct Permission {
  std::string capability;
  std::string scope{};
};

// When an account ends: with the system's setting, as that changes; never; or after so many days,
// from its creation or last renewal.
struct Expiry {
  enum class Kind : std::uint8_t { kSystem, kNever, kDays };
  Kind kind = Kind::kSystem;
  std::int64_t days = 0;
  static Expiry never() { return {Kind::kNever, 0}; }
  static Expiry inDays(std::int64_t days) { return {Kind::kDays, days}; }
};

struct CreateProject {
  std::string project;
};
struct DeleteProject {  // and all accounts in it
  std::string project;
};
struct AddOperator {
  std::string name;
};
struct RemoveOperator {
  std::string name;
};
struct GrantRole {
  std::string name;
  std::string role;  // "system_admin", "auditor", or "project_admin" of a project
  std::string project{};
};
struct RevokeRole {
  std::string name;
  std::string role;
  std::string project{};
};
struct CreateAccount {
  std::string project;  // empty for a system account
  std::string name;
  std::vector<Permission> permissions{};  // pulling images is always among them
  Expiry expiry{};
  std::string description{};
};
struct GrantPermissions {
  std::string account;
  std::vector<Permission> permissions;
};
struct RevokePermissions {
  std::string account;
  std::vector<Permission> permissions;
};
struct DisableAccount {
  std::string account;
};
struct EnableAccount {
  std::string account;
};
struct DeleteAccount {
  std::string account;
};
struct RenewAccount {
  std::string account;
};
struct RotateSecret {
  std::string account;
};
struct SetAccountExpiry {
  std::string account;
  Expiry expiry;
};
struct DescribeAccount {
  std::string account;
  std::string description;
};
struct SetSystemExpiry {
  std::int64_t days = 0;
};
struct ChangeServiceSettings {  // what the token service's answers mean; see robotledger(1)
  std::int32_t token_lifetime_s = 300;
  std::string charts_segment = "charts";
  std::string service_name;
};

using Command =
    std::variant<CreateProject, DeleteProject, AddOperator, RemoveOperator, GrantRole, RevokeRole,
                 CreateAccount, GrantPermissions, RevokePermissions, DisableAccount, EnableAccount,
                 DeleteAccount, RenewAccount, RotateSecret, SetAccountExpiry, DescribeAccount,
                 SetSystemExpiry, ChangeServiceSettings>;

// Who does it, and why. The event records these, and Options::program as the way it came by.
struct By {
  std::string actor;         // an operator's name
  std::string reason{};      // at most 1024 bytes
  std::string request_id{};  // at most 128 printable ASCII characters
  // The same command again under the same key, within 24 hours, is done once: the second time the
  // first receipt is given. Printable ASCII, at most 128.
  std::string idempotency_key{};
};

// A robot's secret, in memory that is wiped when it is let go of. Whoever copies the text has to
// see to the copy.
class Secret {
 public:
  explicit Secret(std::string&& text);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();
  const std::string& text() const noexcept { return *text_; }

 private:
  std::unique_ptr<std::string> text_;
};

// What became of a command: it is durable.
struct Receipt {
  std::uint64_t sequence = 0;  // of its first event
  std::uint32_t events = 0;    // how many there are, one after the other
  Time time;
  std::uint64_t account_id = 0;  // whom it is about; 0 for none
  std::string account{};         // and its qualified name
  bool repeated = false;         // it had been done before, under the same idempotency key
  // Of a CreateAccount and a RotateSecret that is not a repetition: from here on nobody can get it
  // again.
  std::optional<Secret> secret{};
};

struct Imported {
  std::uint64_t lines = 0;
  std::uint64_t events = 0;
  std::uint64_t refused = 0;
  std::string first_refused{};  // "line 7: unknown_account: …"
};

// ---- decisions --------------------------------------------------------------------------------

// Handles, to be had once and used often. They stay good as long as the ledger is open: what they
// stand for may be gone, and is refused then. They are of one opening of one ledger.
struct Robot {
  std::uint64_t account_id = 0;
  std::uint32_t slot = 0;
};
struct Project {
  std::uint32_t project_id = 0;
  std::uint32_t slot = 0;
};
struct Capability {
  std::uint16_t index = 0;
};
constexpr Capability kPullImage{0};
constexpr Capability kPushImage{1};
constexpr Capability kPullChart{2};
constexpr Capability kPushChart{3};
// Nothing for a text that is no capability.
std::optional<Capability> capability(std::string_view text) noexcept;

// Allowed, or the one reason why not: the first of these that is so.
enum class Decision : std::uint8_t {
  kAllowed,
  kNoAccount,
  kDisabled,
  kExpired,
  kNoProject,
  kNotGranted
};
const char* decisionName(Decision decision) noexcept;  // "allowed", "not_granted", …

// Tell the one who logs in the same of all but kWelcome.
enum class LoginResult : std::uint8_t {
  kWelcome,
  kUnknownAccount,
  kWrongSecret,
  kDisabled,
  kExpired
};
const char* loginResultName(LoginResult result) noexcept;  // "welcome", "wrong_secret", …

struct Login {
  LoginResult result = LoginResult::kUnknownAccount;
  Robot robot;  // with kWelcome
};

// ---- questions about now and then -------------------------------------------------------------

struct Now {};
struct At {
  Time time;
};
struct OnDate {        // at any instant of it
  std::string date;    // "2025-03-01"
  std::string zone{};  // an IANA name; UTC where it is empty
};
struct Between {  // at any instant from `from` to before `to`
  Time from;
  Time to;
};
using When = std::variant<Now, At, OnDate, Between>;

// As if the log ended with that event; the newest where it is not given. Every past answer can be
// had again, to the byte.
using AsOf = std::optional<std::uint64_t>;

// Whether the lives of registry tokens count that were issued before a loss of access: they live on
// until they run out. For projects, and what tokens carry.
enum class Tail : std::uint8_t { kGrantAlone, kTokens };

struct WhoCould {
  std::string capability;
  std::string project;  // every project that ever bore the name; "/" for the system itself
  When when{};
  AsOf as_of{};
  Tail tail = Tail::kGrantAlone;
};
struct Could {
  std::string account;
  std::string capability;
  std::string project;
  std::optional<Time> at{};  // now
  AsOf as_of{};
  Tail tail = Tail::kGrantAlone;
};
struct WhatCould {
  std::string account;
  std::optional<Time> at{};
  AsOf as_of{};
};
struct Accounts {
  std::string project{};  // empty for all, "/" for those at system level
  std::optional<Time> at{};
  AsOf as_of{};
};

// A maximal stretch of time in which an account could do a thing: from `from` to before `until`,
// whole, also where the question was about less.
struct Window {
  Time from;
  std::optional<Time> until;               // nothing where it never ends as things stand
  std::uint64_t opened_by = 0;             // the event
  std::optional<std::uint64_t> closed_by;  // the event; nothing for an expiry, or where it is open
  // With the tail of tokens, until when the last of them has run out: when the access ended.
  std::optional<Time> access_until{};
};
struct Holder {
  std::uint64_t account_id = 0;
  std::string account;
  std::vector<Window> windows;  // one at least, in order
};
struct WhoCouldAnswer {
  std::uint64_t as_of = 0;
  std::vector<Holder> accounts;  // in order of their names
};

struct Reason {
  std::uint64_t event = 0;
  std::string what;  // "push-image was granted in web"
};
struct CouldAnswer {
  std::uint64_t as_of = 0;
  // "could", or "no_such_project", "no_such_account", "deleted", "disabled", "not_granted",
  // "expired".
  std::string verdict;
  std::string because;           // one sentence
  std::vector<Reason> reasons;   // the events that make it so, in order
  std::optional<Window> window;  // that the instant is in, where it could
  // With the tail of tokens: where only one of before could, when it has run out at the latest.
  std::optional<Time> token_until{};
};

struct Held {
  std::string scope;       // a project's name, "*" or "/"
  std::string capability;  // "repository:push"
  Window window;
};
struct WhatCouldAnswer {
  std::uint64_t as_of = 0;
  std::string status;  // "enabled", "disabled", "expired", "not_there"
  std::vector<Held> could;
};

struct Account {
  std::uint64_t id = 0;
  std::string name;     // qualified
  std::string project;  // empty for a system account
  std::string status;   // "enabled", "disabled", "expired"
  std::string description;
  std::vector<Permission> permissions;  // as granted; each with its scope
  Expiry expiry;
  std::optional<Time> expires_at;  // nothing where it never ends as things stand
  Time created_at;
  std::string created_by;
};
struct AccountsAnswer {
  std::uint64_t as_of = 0;
  std::vector<Account> accounts;  // in order of their ids
};

// ---- events -----------------------------------------------------------------------------------

struct Event {
  std::uint64_t sequence = 0;  // its place in the log, dense, from 0
  Time time;                   // when it happened
  Time recorded_at;            // when it was written; they differ for what was imported
  std::string kind;            // "account_disabled"
  std::string actor;
  std::uint64_t account_id = 0;  // whom it is about; 0 for none
  std::string account;
  std::string json;  // all of it, on one line, with stable names
};

}  // namespace robotledger::v1
