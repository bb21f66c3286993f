#include "core/base/limits.h"
#include "core/domain/requests.h"
#include "core/domain/text.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

struct ExpiryOptions {
  std::optional<std::int64_t> days;
  bool preview = false;
};

// The setting, and with days what another one would do now.
struct Seen {
  std::optional<Refusal> refused;
  std::int32_t days = 0;
  ExpiryPreview preview;
};

Result<Seen> lookAt(LedgerAccess& ledger, const Context& who, std::optional<std::int32_t> days) {
  Seen seen;
  const auto reader = ledger.findOperator(who.actor);
  if (!reader) return reader.error();
  if (!*reader) {
    seen.refused =
        Refusal{RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(who.actor)};
    return seen;
  }
  // Whose accounts it concerns is everybody's; anybody may know the setting, which they follow.
  if (days && !(*reader)->has(Role::kSystemAdmin) && !(*reader)->has(Role::kAuditor)) {
    seen.refused = Refusal{RefusalCode::kForbidden, inQuotes(who.actor) +
                                                        " is neither an auditor nor a system "
                                                        "administrator"};
    return seen;
  }
  const auto outline = ledger.outline();
  if (!outline) return outline.error();
  seen.days = outline->image.settings.back().days;
  if (!days) return seen;
  const auto preview = ledger.previewExpiry(*days);
  if (!preview) return preview.error();
  seen.preview = *preview;
  return seen;
}

int show(Session& session, std::optional<std::int32_t> days) {
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto who = session.context();
  if (!who) return fail(who.error());
  const auto looked = lookAt(**ledger, *who, days);
  if (!looked) return fail(looked.error());
  const Seen& seen = *looked;
  if (seen.refused) return refuse(session, *seen.refused);
  if (session.json()) {
    Json json{{"days", seen.days}};
    if (days) {
      json["preview"] = {{"days", *days},
                         {"following", seen.preview.following},
                         {"would_expire", seen.preview.would_expire},
                         {"would_expire_disabled", seen.preview.would_expire_disabled}};
    }
    printJson(json);
    return kExitDone;
  }
  if (!days) {
    print("Accounts that follow the system's setting expire {} days after their issue.\n",
          seen.days);
    return kExitDone;
  }
  print(
      "The setting is {} days; nothing was changed. With {} days, of {} living accounts that "
      "follow "
      "it {} would expire at once, and {} more that are disabled.\n",
      seen.days, *days, seen.preview.following, seen.preview.would_expire,
      seen.preview.would_expire_disabled);
  return kExitDone;
}

int expiry(Session& session, const ExpiryOptions& options) {
  if (!options.days) {
    if (options.preview) return misuse("--preview: name the DAYS to look at");
    return show(session, std::nullopt);
  }
  if (!options.preview) {
    return carryOut(session,
                    {.command = SetSystemExpiry{*options.days},
                     .done = "Set",
                     .account = std::nullopt,
                     .thing = fmt::format("the system's expiry to {} days", *options.days)});
  }
  if (!isDays(*options.days)) {
    return refuse(session,
                  {RefusalCode::kInvalidDays, fmt::format("the setting is {} to {} days, not {}",
                                                          kMinDays, kMaxDays, *options.days)});
  }
  return show(session, static_cast<std::int32_t>(*options.days));
}

}  // namespace

void addSystemCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "system", "The system's settings");
  auto options = std::make_shared<ExpiryOptions>();
  CLI::App* command =
      group->add_subcommand("expiry", "How long accounts live that follow the system");
  addNumberOption(command, "DAYS", options->days,
                  "The new setting; without it, the setting is shown");
  command->add_flag("--preview", options->preview,
                    "Change nothing, and tell how many accounts would expire at once");
  command->footer(
      "Shortening it can expire accounts at once; lengthening it brings none of them back.\n\n"
      "  robotledger system expiry 14 --preview\n"
      "  robotledger system expiry 14 --reason 'policy of 2025'");
  whenChosen(command, exit_code, [&session, options] { return expiry(session, *options); });
}

}  // namespace robotledger
