// account show: one account, as it stands, as it stood, or as it last stood.
#include "api/json/event_json.h"
#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"
#include "tools/robotledger/uses.h"

namespace robotledger {
namespace {

struct ShowOptions {
  AccountRef account;
  TimeArgument at;
  std::optional<std::int64_t> as_of;
};

struct Shown {
  AccountAt stood;
  std::string description;
  std::optional<SecretHash> secret;
  std::optional<Sequence> deleted;
  Instant deleted_at;
  Instant at;
  AsOf as_of;
  bool is_now = false;  // then its uses are shown too
  std::optional<LastUses> uses;
};

// A dead account as it last stood, all events of the instant of its deletion taken in.
AccountAt lastOf(const View& view, const AccountRow& row) {
  AccountAt stood{.account = row.account,
                  .name = qualifiedNameOf(view, row),
                  .created = row.created,
                  .created_at = row.created_at,
                  .created_by = row.created_by,
                  .asserted = row.created_line != 0,
                  .expires_at = expiresAt(row.account.terms, view.catalog->settings),
                  .secret = row.secret,
                  .secret_at = row.secret_at};
  stood.expired = stood.expires_at && *stood.expires_at <= row.deleted_at;
  return stood;
}

Result<std::optional<SecretHash>> secretOf(const View& view, const AccountAt& account) {
  if (!account.secret) return std::optional<SecretHash>();
  const auto event = readEvent(*view.log, *account.secret);
  if (!event) return event.error();
  const auto* issued = std::get_if<SecretIssued>(&event->body);
  if (issued == nullptr) {
    return Error{ErrorCode::kViewsDamaged, "the views name an event that issued no secret"};
  }
  return std::optional<SecretHash>(issued->secret);
}

Result<std::optional<Shown>> lookUp(const Asking& asking, const AccountRow& row,
                                    const ShowOptions& options, const AsOf& as_of) {
  const View& view = asking.view();
  Shown shown{.at = options.at.given ? options.at.at(asking.now()) : asking.now(), .as_of = as_of};
  const bool is_dead = row.deleted && *row.deleted <= as_of.sequence;
  if (is_dead && !options.at.given && !options.as_of) {
    shown.stood = lastOf(view, row);
    shown.description = row.account.description;
    shown.deleted = row.deleted;
    shown.deleted_at = row.deleted_at;
  } else {
    auto stood = accountAt(view, row, shown.at, as_of);
    if (!stood) return stood.error();
    if (!*stood) return std::optional<Shown>();
    auto description = descriptionAt(view, **stood);
    if (!description) return description.error();
    shown.stood = std::move(**stood);
    shown.description = std::move(*description);
  }
  auto secret = secretOf(view, shown.stood);
  if (!secret) return secret.error();
  shown.secret = std::move(*secret);
  return std::optional<Shown>(std::move(shown));
}

int printAsJson(const Asking& asking, const Shown& shown) {
  Json json = asking.accountJson(shown.stood);
  if (shown.deleted) json["status"] = "deleted";
  json["description"] = shown.description;
  json["secret"] = shown.secret ? secretJson(*shown.secret) : Json(nullptr);
  if (shown.is_now) putLastUsed(json, shown.uses, shown.stood.account.id, shown.stood.created_at);
  json["deleted_by"] = shown.deleted ? Json(shown.deleted->value) : Json(nullptr);
  json["deleted_at"] = instantJson(shown.deleted ? std::optional(shown.deleted_at) : std::nullopt);
  json["at"] = formatInstant(shown.at);
  json["as_of"] = {{"sequence", shown.as_of.sequence.value}};
  printJson(json);
  return kExitDone;
}

void printField(std::string_view name, std::string_view value) {
  print("{:<12} {}\n", name, value);
}

std::string secretText(const Shown& shown) {
  if (!shown.secret) return "none: it has never been issued one";
  std::string text = secretKindName(shown.secret->kind);
  if (shown.secret->kind == SecretHash::Kind::kGenerated) {
    text += fmt::format(", fingerprint {:016x}", shown.secret->fingerprint);
  }
  return text + fmt::format(", since {} (event {})", formatInstant(shown.stood.secret_at),
                            shown.stood.secret->value);
}

std::string usedText(const Shown& shown) {
  const std::string note = notedSinceText(shown.uses);
  if (!shown.uses) return "unknown. " + note;
  return lastUsedText(shown.uses, shown.stood.account.id, shown.stood.created_at) + ". " + note;
}

Result<int> printAsText(Asking& asking, const Shown& shown) {
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
  if (shown.is_now) printField("last used", usedText(shown));
  printField("created", fmt::format("{}, {}", formatInstant(stood.created_at), eventBy(**created)));
  if (!(*created)->asserted.empty()) printField("note", (*created)->asserted);
  print("\nAt {}. {}\n", formatInstant(shown.at), asOfText(asking.view(), shown.as_of));
  return kExitDone;
}

int runShow(Session& session, const ShowOptions& options) {
  return ask(session, [&](Asking& asking) -> Result<int> {
    const auto as_of = readAsOf(asking.view(), options.as_of);
    if (!as_of) return misuseOrError(as_of.error());
    const auto found = asking.account(options.account);
    if (!found) return found.error();
    if (const auto* no = std::get_if<Refusal>(&*found)) return refuse(session, *no);
    auto shown = lookUp(asking, std::get<AccountRow>(*found), options, *as_of);
    if (!shown) return shown.error();
    if (!*shown) {
      return refuse(session, {RefusalCode::kUnknownAccount,
                              accountText(options.account) + " did not exist then"});
    }
    (*shown)->is_now = (!options.at.given || options.at.is_now) && !options.as_of;
    if ((*shown)->is_now) (*shown)->uses = readUses(session);
    if (session.json()) return printAsJson(asking, **shown);
    return printAsText(asking, **shown);
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
