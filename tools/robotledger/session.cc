#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>

#include <unistd.h>

#include "api/control/address.h"
#include "api/control/remote_ledger.h"
#include "api/embed/open_ledger.h"
#include "core/domain/text.h"
#include "tools/robotledger/command.h"

namespace robotledger {
namespace {

std::string hostName() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return printableName(name.data());
}

CommandLine commandLine() {
  const char* sudo_user = std::getenv("SUDO_USER");
  return {.system_user = userName(::getuid()),
          .sudo_user = sudo_user == nullptr ? "" : printableName(sudo_user),
          .host = hostName()};
}

}  // namespace

Result<std::unique_ptr<OpenLedger>> Session::openHere() {
  OpenOptions options;
  options.program = program_;
  options.guard = globals_.guard;
  options.key = globals_.key;
  const auto progress = std::make_shared<Progress>("building the views");
  options.tell = told_.mended;
  if (!options.tell) options.tell = [](const std::string& note) { printNote(note); };
  options.poisoned = told_.poisoned;
  options.authorizer = authorizer_;
  options.observers = observers_;
  options.progress = [progress](TreeSize done, TreeSize all) {
    progress->show(done.value, all.value);
    if (done == all) progress->wipe();
  };
  return OpenLedger::open(globals_.ledger_dir, std::move(options));
}

Result<LedgerAccess*> Session::open() {
  if (opened_) return opened_.get();
  auto here = openHere();
  if (here) {
    opened_ = *std::move(here);
    return opened_.get();
  }
  if (here.error().code != ErrorCode::kInUse) return here.error();
  auto elsewhere =
      RemoteLedger::connect(globals_.ledger_dir, [](const std::string& note) { printNote(note); });
  if (!elsewhere) {
    const bool nobody = elsewhere.error().code == ErrorCode::kNotFound;
    return nobody ? here.error() : elsewhere.error();
  }
  opened_ = *std::move(elsewhere);
  return opened_.get();
}

Result<OpenLedger*> Session::openAlone() {
  close();
  auto here = openHere();
  if (!here) return alone(here.error());
  OpenLedger* const ledger = here->get();
  opened_ = *std::move(here);
  return ledger;
}

Error alone(const Error& error) {
  if (error.code != ErrorCode::kInUse) return error;
  return {error.code, error.message +
                          ", and this is done only while nobody has it: end that process first, or "
                          "wait for it"};
}

Result<Context> Session::context() {
  auto ledger = open();
  if (!ledger) return ledger.error();
  Context context;
  const CommandLine channel = commandLine();
  context.actor = globals_.as;
  if (context.actor.empty()) {
    const auto known = (*ledger)->findOperator(channel.system_user);
    if (!known) return known.error();
    context.actor = *known ? channel.system_user : "admin";
  }
  context.channel = channel;
  context.reason = globals_.reason;
  return context;
}

Result<Outcome> Session::submit(Command command) {
  auto ledger = open();
  if (!ledger) return ledger.error();
  auto who = context();
  if (!who) return who.error();
  return (*ledger)->submit({std::move(command), std::move(*who)});
}

void whenChosen(CLI::App* command, int& exit_code, std::function<int()> run) {
  command->callback([&exit_code, run = std::move(run)] { exit_code = run(); });
}

CLI::App* commandGroup(CLI::App& app, const std::string& name, const std::string& description) {
  const auto there =
      app.get_subcommands([&](const CLI::App* known) { return known->get_name() == name; });
  if (!there.empty()) return there.front();
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

std::optional<AccountRef> parseAccountArgument(std::string_view text) {
  if (text.empty()) return std::nullopt;
  if (!text.starts_with('#')) return AccountRef{.name = std::string(text), .id = {}};
  AccountId id;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + 1, end, id.value);
  if (error != std::errc() || stopped != end) return std::nullopt;
  return AccountRef{.name = {}, .id = id};
}

CLI::Option* addAccountArgument(CLI::App* command, AccountRef& account) {
  return command
      ->add_option_function<std::string>(
          "ACCOUNT",
          [&account](const std::string& text) {
            auto parsed = parseAccountArgument(text);
            if (!parsed) {
              throw CLI::ValidationError("ACCOUNT: " + inQuotes(text) +
                                         " is neither a qualified name such as robot$library+ci "
                                         "nor #ID");
            }
            account = std::move(*parsed);
          },
          "The account: robot$PROJECT+NAME, robot$NAME at system level, or #ID")
      ->required();
}

CLI::Validator notEmpty() {
  return {
      [](std::string& text) { return text.empty() ? std::string("it is empty") : std::string(); },
      ""};
}

std::optional<std::int64_t> parseNumber(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  if (stopped != end || text.empty()) return std::nullopt;
  if (error == std::errc()) return number;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  return text.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                             : std::numeric_limits<std::int64_t>::max();
}

CLI::Option* addNumberOption(CLI::App* command, const std::string& name,
                             std::optional<std::int64_t>& number, const std::string& description) {
  CLI::Option* option = command->add_option_function<std::string>(
      name,
      [&number, name](const std::string& text) {
        number = parseNumber(text);
        if (!number) {
          throw CLI::ValidationError(name + ": " + inQuotes(text) + " is no whole number");
        }
      },
      description);
  return option->type_name("NUMBER");
}

}  // namespace robotledger
