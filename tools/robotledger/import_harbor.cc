// import-harbor: the robots of a Harbor, as its own API prints them.
#include "api/http/harbor_fetch.h"
#include "api/import/harbor_import.h"
#include "api/text/event_text.h"
#include "core/base/files.h"
#include "core/base/secure.h"
#include "core/domain/text.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/hidden_input.h"

namespace robotledger {
namespace {

constexpr std::size_t kMaxHarborFileBytes = std::size_t{1} << 28;

struct HarborOptions {
  std::vector<std::string> robots;
  std::string projects;
  std::string audit;
  std::string source;
  std::string prefix;
  std::string url;
  std::string user;
  std::string ca_file;
};

Result<std::string> readInput(const std::string& path, Sha256& hash) {
  auto text = readFile(path, kMaxHarborFileBytes);
  if (!text) return text.error();
  hash.update(*text);
  return *std::move(text);
}

// The file's name before what is wrong in it.
Error in(const std::string& file, const Error& error) {
  return {error.code, file + ": " + error.message};
}

Result<HarborImport> readFiles(const HarborOptions& options) {
  HarborImport import;
  Sha256 hash;
  if (!options.projects.empty()) {
    const auto text = readInput(options.projects, hash);
    if (!text) return text.error();
    auto projects = readHarborProjects(*text);
    if (!projects) return in(options.projects, projects.error());
    import.projects = *std::move(projects);
  }
  for (const std::string& file : options.robots) {
    const auto text = readInput(file, hash);
    if (!text) return text.error();
    auto robots = readHarborRobots(*text);
    if (!robots) return in(file, robots.error());
    for (HarborRobot& robot : *robots) import.robots.push_back(std::move(robot));
  }
  if (!options.audit.empty()) {
    const auto text = readInput(options.audit, hash);
    if (!text) return text.error();
    auto rows = readHarborAuditRows(*text);
    if (!rows) return in(options.audit, rows.error());
    import.audit_rows = *std::move(rows);
  }
  import.file = hash.finish();
  import.source = "harbor";
  return import;
}

Result<HarborImport> fetch(const HarborOptions& options) {
  keepOutOfCoreFiles();
  const auto password = readHiddenLine("Password of " + options.user + ": ");
  if (!password) return password.error();
  const bool is_watched = inputIsTerminal();
  auto fetched = http::fetchHarbor({.url = options.url,
                                    .user = options.user,
                                    .password = (*password)->text(),
                                    .ca_file = options.ca_file},
                                   [is_watched](const std::string& what) {
                                     if (is_watched) printNote("fetched the " + what);
                                   });
  if (!fetched) return fetched.error();
  HarborImport import;
  auto projects = readHarborProjects(fetched->projects);
  if (!projects) return in(options.url, projects.error());
  auto robots = readHarborRobots(fetched->robots);
  if (!robots) return in(options.url, robots.error());
  auto rows = readHarborAuditRows(fetched->audit_rows);
  if (!rows) return in(options.url, rows.error());
  import.projects = *std::move(projects);
  import.robots = *std::move(robots);
  import.audit_rows = *std::move(rows);
  import.prefix = fetched->prefix;
  import.file = sha256(fetched->projects + fetched->robots + fetched->audit_rows);
  const std::string_view url = options.url;
  const std::string_view host = url.substr(std::min(url.find("//") + 2, url.size()));
  import.source = std::string(host.substr(0, host.find('/')));
  return import;
}

Json reportJson(const HarborReport& report) {
  Json notes = Json::array();
  for (const HarborNote& one : report.notes) {
    notes.push_back({{"what", one.what}, {"why", one.why}});
  }
  return {{"projects_created", report.projects_created},
          {"accounts_created", report.accounts_created},
          {"accounts_updated", report.accounts_updated},
          {"accounts_unchanged", report.accounts_unchanged},
          {"audit_rows", report.audit_rows},
          {"events", report.events},
          {"notes", std::move(notes)}};
}

int sayReport(const Session& session, const HarborImport& import, const HarborReport& report) {
  if (session.json()) {
    printJson(reportJson(report));
    return kExitDone;
  }
  for (const HarborNote& one : report.notes) {
    print("{}: {}\n", printableText(one.what), printableText(one.why));
  }
  if (!report.notes.empty()) print("\n");
  print(
      "From {}: {} projects and {} accounts created, {} accounts updated, {} as they were;\n"
      "{} audit rows recorded as claims; {} events; {} notes above.\n",
      import.source, report.projects_created, report.accounts_created, report.accounts_updated,
      report.accounts_unchanged, report.audit_rows, report.events, report.notes.size());
  if (report.accounts_created > 0) {
    print("Harbor gives no secrets away: new accounts log in once theirs was rotated here.\n");
  }
  return kExitDone;
}

int importFromHarbor(Session& session, const HarborOptions& options) {
  if (options.url.empty() == options.robots.empty()) {
    return misuse("say where the robots are: --robots FILE, or --url URL --user USER");
  }
  if (options.url.empty() != options.user.empty()) return misuse("--url goes with --user");
  if (!options.url.empty() && (!options.projects.empty() || !options.audit.empty())) {
    return misuse("--projects and --audit go with --robots: with --url all of it is fetched");
  }
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto who = session.context();
  if (!who) return fail(who.error());
  auto import = options.url.empty() ? readFiles(options) : fetch(options);
  if (!import) return fail(import.error());
  if (!options.source.empty()) import->source = options.source;
  if (!options.prefix.empty()) import->prefix = options.prefix;
  Progress progress("importing");
  const auto imported =
      importHarbor(**ledger, *who, *import,
                   [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all); });
  progress.wipe();
  if (!imported) return fail(imported.error());
  if (const auto* refused = std::get_if<Refusal>(&*imported)) return refuse(session, *refused);
  return sayReport(session, *import, std::get<HarborReport>(*imported));
}

}  // namespace

void addImportHarborCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<HarborOptions>();
  CLI::App* command =
      app.add_subcommand("import-harbor", "Take in the robots of a Harbor, with what it says");
  const auto file = [&](const char* name, std::string& into, const char* what) {
    command->add_option(name, into, what)->check(notEmpty())->type_name("FILE");
  };
  command->add_option("--robots", options->robots, "What GET /robots printed; may be repeated")
      ->type_name("FILE");
  file("--projects", options->projects, "What GET /projects printed");
  file("--audit", options->audit, "What GET /audit-logs printed");
  command->add_option("--url", options->url, "Fetch all of it from this Harbor")
      ->check(notEmpty())
      ->type_name("URL");
  command
      ->add_option("--user", options->user,
                   "As this administrator there; the password is read from standard input")
      ->check(notEmpty())
      ->type_name("USER");
  file("--ca-file", options->ca_file, "Certificates to trust there, in PEM (the system's)");
  command
      ->add_option("--source", options->source,
                   "What it is called in the claims (the URL's host, or harbor)")
      ->check(notEmpty())
      ->type_name("NAME");
  command
      ->add_option("--prefix", options->prefix,
                   "What its robots' names begin with (as it says; robot$ in files)")
      ->check(notEmpty())
      ->type_name("TEXT");
  command->footer(
      "Only a system administrator imports. Accounts begin here at the time of the import, with "
      "the\n"
      "issue time that their expiry counts from; before it the ledger says nothing of them. "
      "Harbor's\n"
      "ids, creators, times and audit rows are recorded as its claims. Run again, with the same\n"
      "--source, it adds what is new and changes what is other there now.\n\n"
      "  robotledger import-harbor --robots robots.json --projects projects.json\n"
      "  robotledger import-harbor --url https://harbor.example --user admin < password");
  whenChosen(command, exit_code,
             [&session, options] { return importFromHarbor(session, *options); });
}

}  // namespace robotledger
