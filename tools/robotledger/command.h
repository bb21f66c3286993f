// What every subcommand shares: the global options, the ledger that is opened when it is needed,
// who acts, and the one way in which answers, refusals and errors are said.
//
//   void addShowCommand(CLI::App& app, Session& session, int& exit_code) {
//     auto sequence = std::make_shared<std::uint64_t>(0);
//     CLI::App* show = app.add_subcommand("show", "One event, whole");
//     show->add_option("SEQUENCE", *sequence, "The event's place in the log")->required();
//     whenChosen(show, exit_code, [&session, sequence] { return runShow(session, *sequence); });
//   }
//
// and one row in main.cc's table. A subcommand returns an exit code, and has said all there is to
// say by then. Answers go to standard output through print() or printJson(), everything else is one
// line on standard error. Text that comes from people or from a ledger may be printed as it is only
// where the domain has looked at it; inQuotes() of core/domain/text.h is for the rest.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "api/answers/words.h"
#include "api/embed/ledger_access.h"
#include "api/json/json_text.h"

namespace robotledger {

enum class AuthorizerUse : std::uint8_t;

class OpenLedger;

enum ExitCode : int {
  kExitDone = 0,     // done, or yes; an empty answer too
  kExitRefused = 1,  // the domain refused, or no
  kExitUsage = 2,    // the command line is wrong
  kExitFailed = 3,   // the disk, the system, what is not there
  kExitDamage = 4,   // tampering or damage in the log
};

// The options that every subcommand takes.
struct Globals {
  std::string ledger_dir = "robotledger-data";
  std::string guard;  // empty where it was made
  std::string key;    // the same
  bool json = false;
  std::string as;  // empty for the default operator
  std::string reason;
};

// Who is told what happens to a ledger while it is open.
struct Told {
  // In one line what was mended, such as views that were damaged; standard error by default. Any
  // thread.
  std::function<void(const std::string&)> mended;
  // That the ledger is poisoned (core/ledger/ledger.h), which who stays has to end for. The
  // writer's thread.
  std::function<void(const Error& why)> poisoned;
};

// One run of the program. One thread.
class Session {
 public:
  explicit Session(const Globals& globals) : globals_(globals) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() = default;

  const Globals& globals() const { return globals_; }
  bool json() const { return globals_.json; }

  // What others are told has the ledger, such as "robotledger import". Before open().
  void setProgram(std::string program) { program_ = std::move(program); }

  // Before open().
  void tell(Told told) { told_ = std::move(told); }
  // Whether an Authorizer follows the ledger; before open().
  void use(AuthorizerUse authorizer) { authorizer_ = authorizer; }
  // Who is told of what is committed; before open(). They outlive this.
  void observe(std::vector<Observer*> observers) { observers_ = std::move(observers); }

  // The ledger, opened at the first call; where another process has it and listens, by way of that.
  // Notes (views that are built anew) go to standard error, progress too where that is a terminal.
  Result<LedgerAccess*> open();
  // The ledger itself, for what nobody else may have a part in: error as alone() says. What open()
  // gave is closed.
  Result<OpenLedger*> openAlone();
  // Ends what was opened, so that a shell's next command finds it free. Also done at the end.
  void close() { opened_.reset(); }

  // Who acts, why, and by which way: the operator of --as, else the one named like the system's
  // user where there is one, else `admin`. Opens the ledger.
  Result<Context> context();

  // One command, with that context. Opens the ledger.
  Result<Outcome> submit(Command command);

 private:
  const Globals& globals_;
  std::string program_ = "robotledger";
  Told told_;
  AuthorizerUse authorizer_{};  // none, unless it is said
  std::vector<Observer*> observers_;
  Result<std::unique_ptr<OpenLedger>> openHere();
  std::unique_ptr<LedgerAccess> opened_;
};

// Where another process has the ledger (kInUse): that this is not done through it. Else as it is.
Error alone(const Error& error);

// Runs `run` when the subcommand was named, and keeps what it returns.
void whenChosen(CLI::App* command, int& exit_code, std::function<int()> run);

// The subcommand under which others stand, such as `account`; made at the first call, so that its
// subcommands may be in several files.
CLI::App* commandGroup(CLI::App& app, const std::string& name, const std::string& description);

// An argument ACCOUNT: a qualified name, or `#ID`. Wrong usage where it is neither.
CLI::Option* addAccountArgument(CLI::App* command, AccountRef& account);
// The argument read; nothing for `#` without a number after it, or an empty text.
std::optional<AccountRef> parseAccountArgument(std::string_view text);

// For options whose value is not empty: an empty one is a script's unset variable, and what is done
// without the option is not what was meant.
CLI::Validator notEmpty();

// A whole number, in decimal and nothing else; one beyond 64 bits is as far out as one that fits.
std::optional<std::int64_t> parseNumber(std::string_view text);
// An option whose value is such a number; wrong usage where it is none.
CLI::Option* addNumberOption(CLI::App* command, const std::string& name,
                             std::optional<std::int64_t>& number, const std::string& description);

// ---- output -----------------------------------------------------------------------------------

// Writes to standard output, through a buffer. After a write has failed (a full disk, a reader who
// went away) it does nothing; long answers look at outputFailed() now and then, and stop.
void printText(std::string_view text);
template <class... Args>
void print(fmt::format_string<Args...> format, Args&&... args) {
  printText(fmt::format(format, std::forward<Args>(args)...));
}
// One line, as jsonText() has it.
void printJson(const Json& json);
// Whether all that was printed has reached the other side.
bool flushOutput();
bool outputFailed();

// A line on standard error: "robotledger: TEXT".
void printNote(std::string_view text);

// Say what went wrong, and give the exit code for it. A refusal is said on standard output too,
// as JSON, where that was asked for.
int fail(const Error& error);
int refuse(const Session& session, const Refusal& refusal);
// For a command line that is wrong in a way that the options' parser cannot see.
int misuse(std::string_view text);

// At the very end: flushes, and gives the exit code after that. Where the reader of standard output
// went away, the process ends as one does that writes into a closed pipe, without a word.
int finishOutput(int exit_code);

// How far something long is, on standard error where that is a terminal; else nothing. Any thread,
// one at a time. The line is wiped when it ends.
class Progress {
 public:
  explicit Progress(std::string what);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  // At most ten times a second; `all` is 0 where nobody knows.
  void show(std::uint64_t done, std::uint64_t all);
  // Takes the line away, so that another can be printed.
  void wipe();

 private:
  std::string what_;
  std::int64_t last_shown_ms_ = 0;
  std::size_t width_ = 0;  // of what stands there
};

}  // namespace robotledger
