// account show: one account, as it stands, as it stood, or as it last stood.
#include "api/answers/account_shown.h"
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"
#include "tools/robotledger/uses.h"

namespace robotledger {
namespace {

struct ShowOptions {
  AccountRef account;
  TimeArgument at;
  std::optional<std::int64_t> as_of;

  // Then its uses are shown too.
  bool isNow() const { return (!at.given || at.is_now) && !as_of; }
};

void printField(std::string_view name, std::string_view value) {
  print("{:<12} {}\n", name, value);
}

std::string secretText(const AccountShown& shown) {
  if (!shown.secret) return "none: it has never been issued one";
  std::string text = secretKindName(shown.secret->kind);
  if (shown.secret->kind == SecretHash::Kind::kGenerated) {
    text += fmt::format(", fingerprint {:016x}", shown.secret->fingerprint);
  }
  return text + fmt::format(", since {} (event {})", formatInstant(shown.stood.secret_at),
                            shown.stood.secret->value);
}

std::string usedText(const AccountShown& shown, const UsesNoted& uses) {
  return (uses ? lastUsedText(uses, shown.stood) : "unknown") + ". " + notedSinceText(uses);
}

Result<int> printAsText(Asking& asking, const AccountShown& shown,
                        const std::optional<UsesNoted>& uses) {
  const AccountAt& stood = shown.stood;
  const auto created = asking.event(stood.created);
  if (!created) return created.error();
  printField("account", stood.name);
  printField("id", "#" + std::to_string(stood.account.id.value));
  printField("login name", loginName(stood.account));
  printField("level", levelName(stood.account));
  if (shown.deleted) {
    const auto deleted = asking.event(*shown.deleted);
    if (!deleted) return deleted.error();
    printField("status", fmt::format("deleted at {}, {}; shown as it last stood",
                                     formatInstant(shown.deleted_at), eventBy(**deleted)));
  } else {
    printField("status", accountStatus(stood));
  }
  printField("expiry", expiryText(stood.account.terms.expiry, stood.expires_at));
  const Permissions& granted = stood.account.permissions;
  printField("granted", granted.empty() ? "nothing" : permissionsText(granted, asking.names()));
  const Permissions held = heldBy(stood.account);
  printField("may", held.empty() ? "nothing" : permissionsText(held, asking.names()));
  if (!shown.description.empty()) printField("description", printableText(shown.description));
  printField("secret", secretText(shown));
  if (uses) printField("last used", usedText(shown, *uses));
  printField("created", fmt::format("{}, {}", formatInstant(stood.created_at), eventBy(**created)));
  if (!(*created)->asserted.empty()) printField("note", (*created)->asserted);
  print("\nAt {}. {}\n", formatInstant(shown.question.at), asOfText(asking.view(), shown.as_of));
  return kExitDone;
}

int runShow(Session& session, const ShowOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    AccountQuestion question{.account = options.account, .at = asking.now()};
    if (options.at.given) question.at = options.at.at(asking.now());
    if (!options.at.given && !options.as_of) question.dead = TheDead::kAsTheyLastStood;
    const auto answered = accountShown(asking, question, *as_of);
    if (!answered) return answered.error();
    if (const auto* no = std::get_if<Refusal>(&*answered)) return refuse(session, *no);
    const auto& shown = std::get<AccountShown>(*answered);
    std::optional<UsesNoted> uses;
    if (options.isNow()) uses = readUses(session);
    if (!session.json()) return printAsText(asking, shown, uses);
    printJson(accountShownJson(asking, shown, uses));
    return kExitDone;
  });
}

}  // namespace

void addAccountShowCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      commandGroup(app, "account", kAccountGroup)->add_subcommand("show", "One account");
  addAccountArgument(command, options->account);
  addTimeOption(command, "--at", options->at, "As it stood at this instant (now)");
  addAsOfOption(command, options->as_of);
  whenChosen(command, exit_code, [&session, options] { return runShow(session, *options); });
}

}  // namespace robotledger
