// `secret whose`: whose a leaked secret is or was.
#include "api/secret/secret.h"

#include <algorithm>

#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"
#include "projections/account_queries.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/hidden_input.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

// The event that issued exactly this secret, and the account as it stands or last stood.
struct Owner {
  AccountRow row;
  Event issued;
};

// The fingerprint finds those that may be, the whole hash in the log says which it is.
Result<std::optional<Owner>> findOwner(const View& view, const SecretHash& hash) {
  const auto candidates = secretsWith(view, hash.fingerprint);
  if (!candidates) return candidates.error();
  for (auto it = candidates->rbegin(); it != candidates->rend(); ++it) {
    auto event = readEvent(*view.log, it->issued);
    if (!event) return event.error();
    const auto* issued = std::get_if<SecretIssued>(&event->body);
    if (issued == nullptr || issued->account != it->account) {
      return Error{ErrorCode::kViewsDamaged, "the views name event " +
                                                 std::to_string(it->issued.value) +
                                                 " as a secret's, which it is not"};
    }
    if (!equalInConstantTime(issued->secret.hash, hash.hash)) continue;
    auto row = findAccountRow(view, it->account);
    if (!row) return row.error();
    if (!*row) {
      return Error{ErrorCode::kViewsDamaged,
                   "the views lack account #" + std::to_string(it->account.value)};
    }
    return std::optional(Owner{std::move(**row), std::move(*event)});
  }
  return std::optional<Owner>();
}

// How things stand with the secret and its account.
struct Standing {
  std::string name;
  const char* account = "enabled";  // or disabled, expired, deleted
  std::optional<Instant> since;     // expired, deleted
  bool current = false;             // no other was issued since

  bool usable() const { return current && std::string_view(account) == "enabled"; }
};

Result<Standing> standingOf(const Owner& owner, Asking& asking) {
  auto name = asking.names().account(owner.row.account.id);
  if (!name) return name.error();
  Standing standing{.name = std::move(*name)};
  standing.current = owner.row.secret == owner.issued.sequence;
  const auto end = expiresAt(owner.row.account.terms, asking.view().catalog->settings);
  if (!owner.row.lives()) {
    standing.account = "deleted";
    standing.since = owner.row.deleted_at;
  } else if (owner.row.account.status == AccountStatus::kDisabled) {
    standing.account = "disabled";
  } else if (end && *end <= asking.now()) {
    standing.account = "expired";
    standing.since = *end;
  }
  return standing;
}

void printOwner(const Owner& owner, const Standing& standing) {
  const std::uint64_t id = owner.row.account.id.value;
  print("It is a secret of {} (#{}), issued on {} by event {}, by {}.\n", standing.name, id,
        formatInstant(owner.issued.time), owner.issued.sequence.value,
        actorText(owner.issued.actor, owner.issued.channel));
  if (standing.current) {
    print("It is the account's current secret");
  } else {
    print("It is not the current one: event {} replaced it on {}",
          owner.row.secret ? owner.row.secret->value : 0, formatInstant(owner.row.secret_at));
  }
  if (standing.since) {
    print("; the account is {} since {}.\n", standing.account, formatInstant(*standing.since));
  } else {
    print("; the account is {}.\n", standing.account);
  }
  if (standing.usable()) {
    print("Whoever has it can use it. To stop that: robotledger account disable '#{}'\n", id);
  }
}

void printOwnerJson(const Owner& owner, const Standing& standing) {
  Json json{{"found", true},
            {"account", {{"id", owner.row.account.id.value}, {"name", standing.name}}},
            {"issued",
             {{"sequence", owner.issued.sequence.value},
              {"time", formatInstant(owner.issued.time)},
              {"by", actorText(owner.issued.actor, owner.issued.channel)}}},
            {"current", standing.current},
            {"account_is", standing.account},
            {"since", nullptr},
            {"usable", standing.usable()}};
  if (standing.since) json["since"] = formatInstant(*standing.since);
  printJson(json);
}

int sayNobodys(const Session& session, const char* why, const char* text) {
  if (session.json()) {
    printJson({{"found", false}, {"why", why}});
  } else {
    print("{}\n", text);
  }
  return kExitRefused;
}

Result<int> answer(Session& session, Asking& asking, const SecretHash& hash) {
  const auto owner = findOwner(asking.view(), hash);
  if (!owner) return owner.error();
  if (const auto refusal = asking.needEverything()) {
    // The same answer whether there is one or not, but for the project's own administrator.
    if (!*owner || asking.needAccount((*owner)->row)) return refuse(session, *refusal);
  }
  if (!*owner) {
    return sayNobodys(session, "unknown", "It is of the right form, and no account's here.");
  }
  const auto standing = standingOf(**owner, asking);
  if (!standing) return standing.error();
  if (session.json()) {
    printOwnerJson(**owner, *standing);
  } else {
    printOwner(**owner, *standing);
  }
  return kExitDone;
}

int whose(Session& session) {
  keepOutOfCoreFiles();
  const auto secret = readHiddenLine("Secret: ");
  if (!secret) return fail(secret.error());
  // One that was cut out of a log has spaces behind it now and then.
  std::string_view text = (*secret)->text();
  text = text.substr(0, text.find_last_not_of(" \r") + 1);
  const SecretForm form = formOf(text);
  if (form == SecretForm::kNotOurs) {
    return sayNobodys(session, "other_form",
                      "It is no secret of a ledger's: those are rbt_ and 38 letters and digits.");
  }
  if (form == SecretForm::kWrongChecksum) {
    return sayNobodys(session, "wrong_checksum",
                      "It has the form of a secret, but a character of it is wrong or missing.");
  }
  const SecretHash hash = hashOf(text);
  return ask(session, [&](Asking& asking) { return answer(session, asking, hash); });
}

}  // namespace

void addSecretCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "secret", "Find out whose a leaked secret is");
  auto from_stdin = std::make_shared<bool>(false);
  CLI::App* command = group->add_subcommand("whose", "Whose a secret is or was");
  command->add_flag("--stdin", *from_stdin, "Read it from standard input, the only way there is");
  command->footer(
      "A secret on a command line could be seen by others, so it is read from standard input; on\n"
      "a terminal it is not shown. Ends with 0 where it is or was an account's, else with 1.\n\n"
      "  robotledger secret whose --stdin < leaked.txt");
  whenChosen(command, exit_code, [&session, from_stdin] {
    if (!*from_stdin) return misuse("a secret is read from standard input only: say --stdin");
    return whose(session);
  });
}

}  // namespace robotledger
