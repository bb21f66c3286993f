// replay: the account table as it stood, from the log alone.
#include "projections/replay.h"

#include "api/text/event_text.h"
#include "api/text/table.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/copying.h"
#include "tools/robotledger/key_option.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct ReplayOptions {
  std::optional<Sequence> event;  // or else the time
  TimeArgument time;
  std::string to;     // a new ledger's directory, instead of a table
  std::string tiles;  // from these, and no ledger
  std::optional<VerifierKey> key;
};

void readUntil(ReplayOptions& options, const std::string& text) {
  const auto number = parseNumber(text);
  if (number && *number >= 0) {
    options.event = Sequence{static_cast<std::uint64_t>(*number)};
    return;
  }
  const auto instant = parseInstant(text);
  options.time = {.given = true, .is_now = text == "now", .instant = instant.value_or(Instant{})};
  if (instant || options.time.is_now) return;
  throw CLI::ValidationError("--until: " + inQuotes(text) +
                             " is neither an event's number nor an instant such as "
                             "2025-03-01T09:30:00Z or 2025-03-01T10:30:00+01:00, or now");
}

Result<int> printAsJson(const ReplayOptions& options, const ReplayedAccounts& table,
                        const Asking& asking, const std::string& root) {
  Json list = Json::array();
  for (const AccountAt& one : table.accounts) list.push_back(asking.accountJson(one));
  Json as_of;
  if (table.size.value > 0) as_of["sequence"] = table.size.value - 1;
  const Json until = options.event ? Json(options.event->value) : Json(formatInstant(table.at));
  printJson({{"question", {{"until", until}}},
             {"at", formatInstant(table.at)},
             {"as_of", std::move(as_of)},
             {"root_hash", root},
             {"accounts", std::move(list)}});
  return kExitDone;
}

Result<int> printAsText(const LogStore& log, const ReplayedAccounts& table, const EventNames& names,
                        const std::string& root) {
  Table rows({"account", "id", "level", "status", "expires", "secret since", "created", "by",
              "note", "granted"});
  for (const AccountAt& one : table.accounts) {
    const auto created = readEvent(log, one.created);
    if (!created) return created.error();
    rows.add({one.name, "#" + std::to_string(one.account.id.value), levelName(one.account),
              accountStatus(one), expiryText(one.account.terms.expiry, one.expires_at),
              one.secret ? formatInstant(one.secret_at) : "", formatInstant(one.created_at),
              actorText(created->actor, created->channel), assertedText(*created),
              permissionsText(one.account.permissions, names)});
  }
  if (!rows.empty()) print("{}\n", rows.text());
  print("{} at {}. ", countText(table.accounts.size(), "account"), formatInstant(table.at));
  if (table.size.value == 0) {
    print("That is before the first event.\n");
  } else {
    print("Replayed from events 0 to {} of the log.\n", table.size.value - 1);
  }
  print("Root hash of these {}: {}\n", countText(table.size.value, "event"), root);
  return kExitDone;
}

Result<int> printTable(const Session& session, const ReplayOptions& options, const LogStore& log,
                       const ReplayedAccounts& table) {
  const auto root = rootAt(log, table.size);
  if (!root) return root.error();
  const std::string hex = toHex(digestBytes(*root));
  // The names come from the events that were replayed, as the rest does; there are no rows to ask.
  const View names_alone{.catalog = table.catalog};
  // Who may read everything asked for it.
  const Reader reader{.everything = true};
  Asking asking(names_alone, reader, table.at);
  if (session.json()) return printAsJson(options, table, asking, hex);
  return printAsText(log, table, asking.names(), hex);
}

int printTableUntil(Session& session, const ReplayOptions& options) {
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    Progress progress("replaying the log");
    const auto until =
        options.event ? ReplayUntil(*options.event) : ReplayUntil(options.time.at(asking.now()));
    const auto table = replayAccounts(ledger.log(), until, [&](TreeSize done, TreeSize all) {
      progress.show(done.value, all.value);
    });
    progress.wipe();
    if (!table) return misuseOrError(table.error());
    return printTable(session, options, ledger.log(), *table);
  });
}

int sayCopied(const Session& session, const std::string& to, const LogHead& copied) {
  const std::string root = toHex(digestBytes(copied.root));
  if (session.json()) {
    printJson({{"ledger", to}, {"events", copied.size.value}, {"root_hash", root}});
    return kExitDone;
  }
  print("Built the ledger in {} from {}. Root hash: {}\n", to,
        countText(copied.size.value, "event"), root);
  print("It is a copy: it answers, and takes no commands until it is opened with --key FILE.\n");
  return kExitDone;
}

// Every event is replayed through the domain before it is copied.
int buildLedger(Session& session, const ReplayOptions& options) {
  if (!options.tiles.empty()) {
    const auto copied = copyTiles(options.tiles, *options.key, options.to, "");
    return copied ? sayCopied(session, options.to, *copied) : fail(copied.error());
  }
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const auto copied = copyVerified(ledger.log(), options.to, "");
    if (!copied) return copied.error();
    return sayCopied(session, options.to, *copied);
  });
}

int runReplay(Session& session, const ReplayOptions& options) {
  const bool until = options.event || options.time.given;
  if (until == !options.to.empty()) return misuse("say what to make: --until, or --to DIR");
  if (options.tiles.empty() != !options.key) return misuse("--tiles and --key go together");
  if (until && options.key) return misuse("--tiles goes with --to");
  return until ? printTableUntil(session, options) : buildLedger(session, options);
}

}  // namespace

void addReplayCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command = app.add_subcommand(
      "replay", "The account table as it stood, by folding the log anew and reading no view");
  command
      ->add_option_function<std::string>(
          "--until", [options](const std::string& text) { readUntil(*options, text); },
          "Right after the event of this number, or at an instant, with all events until then")
      ->type_name("TIME|SEQUENCE");
  command->add_option("--to", options->to, "Instead, a ledger built anew in this new directory")
      ->check(notEmpty())
      ->type_name("DIR");
  command->add_option("--tiles", options->tiles, "With --to: from exported tiles, and no ledger")
      ->check(notEmpty())
      ->type_name("DIR");
  addKeyOption(command, options->key);
  command->footer(
      "It says what 'account list --at' says, without the views: where the two differ, the views\n"
      "are wrong, and 'verify' names the row.\n\n"
      "With --to every event is replayed through the rules, and the new ledger ends with the same\n"
      "root hash. It has no key: it answers, and neither signs nor takes commands.\n\n"
      "  robotledger replay --until 5384\n"
      "  robotledger replay --until 2025-03-01T09:30:00Z --json\n"
      "  robotledger replay --to /srv/copy --tiles /srv/tiles --key log.vkey");
  whenChosen(command, exit_code, [&session, options] { return runReplay(session, *options); });
}

}  // namespace robotledger
