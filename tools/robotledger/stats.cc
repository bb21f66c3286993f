// stats: how much there is, and what proves it.
#include <filesystem>

#include "tools/robotledger/commands.h"
#include "tools/robotledger/question.h"

namespace robotledger {
namespace {

struct Stats {
  std::string origin;
  std::string ledger_id;
  std::uint64_t events = 0;
  std::string root;
  std::string last_event;
  std::uint64_t accounts_living = 0;
  std::uint64_t accounts_ever = 0;
  std::uint64_t projects_living = 0;
  std::uint64_t projects_ever = 0;
  std::uint64_t operators = 0;
  std::int32_t system_expiry_days = 0;
  std::uint64_t log_bytes = 0;
  std::uint64_t views_bytes = 0;
};

// What the files in the folder take, as far as they can be seen.
std::uint64_t bytesIn(const std::string& folder) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (std::filesystem::recursive_directory_iterator at(folder, ignored), end; at != end;
       at.increment(ignored)) {
    if (at->is_regular_file(ignored)) bytes += at->file_size(ignored);
  }
  return bytes;
}

Result<Stats> statsOf(const View& view, LedgerAccess& ledger) {
  Stats stats{.last_event = formatInstant(view.last_time),
              .log_bytes = bytesIn(ledger.path() + "/log"),
              .views_bytes = bytesIn(ledger.path() + "/views")};
  const LogHead head = ledger.log().head();
  stats.events = head.size.value;
  stats.root = toHex(digestBytes(head.root));
  const auto outline = ledger.outline();
  if (!outline) return outline.error();
  const StateImage& image = outline->image;
  stats.origin = image.origin;
  stats.ledger_id =
      toHex({reinterpret_cast<const char*>(image.ledger_id.data()), image.ledger_id.size()});
  for (const auto& [project, living] : outline->accounts) stats.accounts_living += living;
  stats.accounts_ever = image.next_account.value - 1;
  stats.projects_living = image.projects.size();
  stats.projects_ever = std::uint64_t{image.next_project.value} - 1;
  stats.operators = image.operators.size();
  stats.system_expiry_days = image.settings.back().days;
  return stats;
}

int printAsJson(const Stats& stats) {
  printJson({{"origin", stats.origin},
             {"ledger_id", stats.ledger_id},
             {"events", stats.events},
             {"root_hash", stats.root},
             {"last_event_at", stats.last_event},
             {"accounts", {{"living", stats.accounts_living}, {"ever", stats.accounts_ever}}},
             {"projects", {{"living", stats.projects_living}, {"ever", stats.projects_ever}}},
             {"operators", stats.operators},
             {"system_expiry_days", stats.system_expiry_days},
             {"bytes", {{"log", stats.log_bytes}, {"views", stats.views_bytes}}}});
  return kExitDone;
}

int printAsText(const Stats& stats) {
  print("ledger         {}, id {}\n", stats.origin, stats.ledger_id);
  print("events         {}, the last at {}\n", stats.events, stats.last_event);
  print("root hash      {}\n", stats.root);
  print("accounts       {} living, {} ever\n", stats.accounts_living, stats.accounts_ever);
  print("projects       {} living, {} ever\n", stats.projects_living, stats.projects_ever);
  print("operators      {}\n", stats.operators);
  print("system expiry  {} days\n", stats.system_expiry_days);
  print(
      "on disk        log {:.1f} MiB, views {:.1f} MiB, {:.0f} bytes an event\n",
      static_cast<double>(stats.log_bytes) / (1 << 20),
      static_cast<double>(stats.views_bytes) / (1 << 20),
      static_cast<double>(stats.log_bytes + stats.views_bytes) / static_cast<double>(stats.events));
  return kExitDone;
}

int runStats(Session& session) {
  return ask(session, [&](Asking& asking, LedgerAccess& ledger) -> Result<int> {
    if (const auto no = asking.needEverything()) return refuse(session, *no);
    const auto stats = statsOf(asking.view(), ledger);
    if (!stats) return stats.error();
    return session.json() ? printAsJson(*stats) : printAsText(*stats);
  });
}

}  // namespace

void addStatsCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* command = app.add_subcommand("stats", "How much there is, and the root of its tree");
  whenChosen(command, exit_code, [&session] { return runStats(session); });
}

}  // namespace robotledger
