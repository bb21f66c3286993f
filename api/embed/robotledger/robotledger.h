// robotledger: a ledger of robot accounts inside a program.
//
//   #include <robotledger/robotledger.h>
//   namespace rl = robotledger::v1;
//
//   rl::Ledger::create("/var/lib/robots", rl::NewLedger{"registry.example/robots"});    // once
//   auto opened = rl::Ledger::open("/var/lib/robots", rl::Options{"my-registry"});
//   if (!opened) return report(opened.failure().message);
//   rl::Ledger& ledger = *opened;
//
//   auto made = ledger.submit(rl::CreateAccount{"web", "ci", {{"push-image"}}}, rl::By{"admin"});
//   if (!made) return report(made.failure());     // refused, or the world failed
//   show(made->secret->text());                   // this once; it is stored nowhere
//
//   auto login = ledger.authenticate("robot$web+ci", secret);
//   auto web = ledger.project("web");
//   if (login.result == rl::LoginResult::kWelcome && web &&
//       ledger.authorize(login.robot, rl::kPushImage, *web) == rl::Decision::kAllowed) ...
//
//   auto answer = ledger.whoCould(rl::WhoCould{"push-image", "web", rl::OnDate{"2025-03-01"}});
//
// What is acknowledged is durable, in the Merkle tree, and seen by every later call on any thread:
// a disabled robot is refused from there on. One process at a time has a ledger; another that opens
// it is told which one has it.
//
// Threads: all functions of a Ledger may be called from any thread at once, but for moving and
// destroying it. An EventStream is for one thread at a time.
// Errors: nothing here throws, out of memory included; what can fail gives a Result. Functions that
// are noexcept neither fail nor allocate.
// Ownership: what is returned is the caller's, and holds no part of the ledger; handles (Robot,
// Project) are values. Streams and subscriptions may outlive their ledger, and end with it.
// Units: instants are UTC in microseconds, days are 86,400 s, sizes are bytes.
// Text is UTF-8. An account is named by its qualified name, robot$PROJECT+NAME, or robot$NAME at
// system level, or by "#ID"; the dead are asked about by "#ID". A capability is push-image,
// pull-image, push-chart, pull-chart, or any resource:action.
//
// The library's soname changes with every release that changes what is here. A program in another
// language uses the C header beside this one, robotledger_c.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <robotledger/types.h>

namespace robotledger::v1 {

class Core;

// "0.1.0".
const char* version() noexcept;

// ---- following what happens -------------------------------------------------------------------

enum class Flow : std::uint8_t { kGoOn, kStop };

// Each event from a sequence on, once, in order, as it is acknowledged: pulled. It reads from the
// log and holds nothing up: the writer never waits for it. To go on later, keep the last sequence
// that was dealt with and start behind it.
class EventStream {
 public:
  EventStream(EventStream&&) noexcept;
  EventStream& operator=(EventStream&&) noexcept;
  ~EventStream();

  // Waits at most that long for the next event; nothing where none came. kClosed when the ledger
  // was closed or stop() called; kDamaged where the log cannot be read, and the next call tries
  // the same event again.
  Result<std::optional<Event>> next(std::chrono::milliseconds timeout);
  // Ends a wait, also from another thread; every later next() is kClosed.
  void stop() noexcept;

 private:
  friend class Ledger;
  class State;
  explicit EventStream(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// The same, given to a callback on a thread of its own. Destroying it waits for the callback that
// runs, but for where the callback destroys it.
class Subscription {
 public:
  Subscription(Subscription&&) noexcept;
  Subscription& operator=(Subscription&&) noexcept;
  ~Subscription();
  // Why it ended by itself: nothing while it runs, or where it was stopped. A callback that throws
  // ends it, as kBug.
  std::optional<Failure> ended() const noexcept;

 private:
  friend class Ledger;
  class State;
  explicit Subscription(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// ---- the ledger -------------------------------------------------------------------------------

struct NewLedger {
  std::string origin;   // names the ledger in its proofs: "registry.example/robots"
  std::string guard{};  // the file that knows how far the log has come; in the directory if empty
  std::string key{};    // the file with the signing key; in the directory if empty
};

// Whether others may use the ledger while this process has it: with kListen the command line works
// on it, by way of control.sock in its directory, for the directory's owner and root alone.
enum class Control : std::uint8_t { kNone, kListen };

struct Options {
  std::string program = "robotledger";  // yours: recorded with every event; printable ASCII
  std::string guard{};                  // where it is, if not where it was made
  std::string key{};
  // Told in one line what was mended on the way. Any thread.
  std::function<void(const std::string&)> tell{};
  Control control = Control::kNone;
};

enum class VerifyScope : std::uint8_t { kLog, kEverything };
struct Verified {
  std::uint64_t events = 0;
  std::optional<std::uint64_t> checkpoint;  // how many events the newest signed one covers
  std::optional<std::uint64_t> rows;        // with kEverything, how many were compared
};

class Ledger {
 public:
  // Makes the directory, new or empty, with a ledger of one event and the operator "admin", and
  // gives the text of the key that checks its checkpoints. kInvalidArgument where something is
  // there.
  static Result<std::string> create(const std::string& directory, const NewLedger& ledger);
  // kNotFound, kInUse, kInvalidArgument; kDamaged where the log is not what was written, or has
  // lost what the guard saw. A ledger whose key is not there is a copy: it answers, and takes no
  // commands.
  static Result<Ledger> open(const std::string& directory, const Options& options = {});

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  // Ends the writer, streams and subscriptions; nothing that was acknowledged is lost.
  ~Ledger();

  // Waits until the command is durable and seen by all. kRefused; else kOverloaded, kIo and kClock
  // where nothing was written; kOutcomeUnknown and kClosed, after which the ledger has to be opened
  // again.
  Result<Receipt> submit(const Command& command, const By& by);
  // Secrets that people choose: 12 to 128 characters for an operator's password; 8 to 128 for an
  // account's, with an upper-case letter, a lower-case letter and a digit. kInvalidArgument for
  // others, and for an idempotency key. Some 80 ms.
  Result<Receipt> setOperatorPassword(const std::string& name, std::string_view password,
                                      const By& by);
  Result<Receipt> setSecret(const std::string& account, std::string_view secret, const By& by);
  // A history file, one command a line in JSON, as robotledger(1) has it: all lines but the refused
  // ones. kRefused where the actor may not import.
  Result<Imported> importHistory(const std::string& file, const By& by);

  // Decisions; some ten nanoseconds each by handles, no locks, none waits. `now` is the system's
  // clock, and where the last event is later, that counts.
  //
  // `login` is the qualified name, or robot$NAME, which several accounts may share: the secret
  // decides. For secrets that the ledger made: one that a person chose is kWrongSecret here, and
  // takes checkLogin().
  Login authenticate(std::string_view login, std::string_view secret) const noexcept;
  // The living ones of that name.
  std::optional<Robot> robot(std::string_view qualified_name) const noexcept;
  std::optional<Project> project(std::string_view name) const noexcept;
  Decision authorize(Robot robot, Capability capability, Project project) const noexcept;
  Decision authorize(Robot robot, Capability capability, Project project, Time now) const noexcept;
  Decision authorize(std::string_view qualified_name, Capability capability,
                     std::string_view project) const noexcept;
  // In the system itself.
  Decision authorizeSystem(Robot robot, Capability capability) const noexcept;

  // A login from that address, of robots with chosen secrets too: these wait some 80 ms, two at a
  // time. Only failures are slowed, per address and name: kOverloaded then, and where too many
  // wait.
  Result<Login> checkLogin(const std::string& login, const std::string& secret,
                           const std::string& address);

  // Questions see all that is acknowledged when they are asked. With an operator's name as the
  // reader they are refused as he would be; without one, the program asks, and may read everything.
  // kRefused with "unknown_project", "unknown_account", "forbidden"; kInvalidArgument for what is
  // no capability, date or zone; kNotFound for an `as_of` that is not there.
  Result<WhoCouldAnswer> whoCould(const WhoCould& question, const std::string& reader = {});
  Result<CouldAnswer> could(const Could& question, const std::string& reader = {});
  Result<WhatCouldAnswer> whatCould(const WhatCould& question, const std::string& reader = {});
  Result<AccountsAnswer> accounts(const Accounts& question, const std::string& reader = {});
  Result<Account> account(const std::string& account, const std::string& reader = {});
  // Any of them in JSON, and more: see robotledger_c.h for the form of questions.
  Result<std::string> ask(const std::string& question, const std::string& reader = {});

  // How many events there are.
  std::uint64_t size() const noexcept;
  // Events from `from` on, `limit` at most, which may be fewer than there are (1 to 1000 at a
  // time).
  Result<std::vector<Event>> events(std::uint64_t from, std::size_t limit);
  Result<EventStream> stream(std::uint64_t from);
  // The callback may use the ledger, and must not destroy it. One that runs is not waited for when
  // the ledger is destroyed, but when the subscription is: end that first.
  Result<Subscription> subscribe(std::uint64_t from, std::function<Flow(const Event&)> callback);

  // The key that checks checkpoints and proofs, in C2SP's text; empty where there is none.
  Result<std::string> verifierKey() const;
  // What the log is now, signed (a C2SP checkpoint). kInvalidArgument in a copy.
  Result<std::string> checkpoint();
  // That the event is in the log, for whoever has the key (a C2SP tlog-proof). kNotFound.
  Result<std::string> proof(std::uint64_t sequence);
  // Recomputes all that is stored; long. kDamaged and kViewsDamaged say what is wrong first.
  Result<Verified> verify(VerifyScope scope);

 private:
  explicit Ledger(std::shared_ptr<Core> core);
  std::shared_ptr<Core> core_;
};

}  // namespace robotledger::v1
