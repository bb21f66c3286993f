#include <algorithm>

#include "api/text/table.h"
#include "core/domain/text.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

struct ProjectInList {
  ProjectId id;
  std::string name;
  std::size_t accounts = 0;
  std::vector<std::string> administrators;
};

using Listed = std::variant<Refusal, std::vector<ProjectInList>>;

// The living projects that the operator may read about, by name.
Listed listFor(const LedgerOutline& ledger, const std::string& actor) {
  const StateImage& state = ledger.image;
  const auto reader = std::ranges::find(state.operators, actor, &Operator::name);
  if (reader == state.operators.end()) {
    return Refusal{RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(actor)};
  }
  const bool everything = reader->has(Role::kSystemAdmin) || reader->has(Role::kAuditor);
  std::vector<ProjectInList> projects;
  for (const Project& project : state.projects) {
    if (!everything && !reader->administers.contains(project.id)) continue;
    const auto living = ledger.accounts.find(project.id);
    ProjectInList listed{.id = project.id, .name = project.name};
    if (living != ledger.accounts.end()) listed.accounts = living->second;
    for (const Operator& person : state.operators) {
      if (person.administers.contains(project.id)) listed.administrators.push_back(person.name);
    }
    std::ranges::sort(listed.administrators);
    projects.push_back(std::move(listed));
  }
  std::ranges::sort(projects, {}, &ProjectInList::name);
  return projects;
}

void printProjects(const std::vector<ProjectInList>& projects) {
  Table table({"project", "accounts", "administrators"});
  for (const ProjectInList& project : projects) {
    table.add({project.name, std::to_string(project.accounts),
               fmt::format("{}", fmt::join(project.administrators, ", "))});
  }
  printText(table.empty() ? "No projects.\n" : table.text());
}

int list(Session& session) {
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto who = session.context();
  if (!who) return fail(who.error());
  const auto outline = (*ledger)->outline();
  if (!outline) return fail(outline.error());
  const Listed listed = listFor(*outline, who->actor);
  if (const auto* refused = std::get_if<Refusal>(&listed)) return refuse(session, *refused);
  const auto& projects = std::get<std::vector<ProjectInList>>(listed);
  if (!session.json()) {
    printProjects(projects);
    return kExitDone;
  }
  Json rows = Json::array();
  for (const ProjectInList& project : projects) {
    rows.push_back({{"id", project.id.value},
                    {"name", project.name},
                    {"accounts", project.accounts},
                    {"administrators", project.administrators}});
  }
  printJson({{"projects", std::move(rows)}});
  return kExitDone;
}

}  // namespace

void addProjectCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "project", "Create, delete and list projects");
  auto name = std::make_shared<std::string>();

  CLI::App* create = group->add_subcommand("create", "Create a project");
  create->add_option("NAME", *name, "Small letters and digits, with single . _ - between them")
      ->required();
  create->footer("  robotledger project create library --reason 'ticket 4711'");
  whenChosen(create, exit_code, [&session, name] {
    return carryOut(session, {.command = CreateProject{*name},
                              .done = "Created",
                              .account = std::nullopt,
                              .thing = "project " + *name});
  });

  CLI::App* remove = group->add_subcommand("delete", "Delete a project and all its accounts");
  remove->add_option("NAME", *name, "A living project")->required();
  remove->footer(
      "Its accounts are deleted, system accounts lose their permissions in it, and its\n"
      "administrators their role. Nothing of that can be undone, and all of it stays on record.");
  whenChosen(remove, exit_code, [&session, name] {
    return carryOut(session, {.command = DeleteProject{*name},
                              .done = "Deleted",
                              .account = std::nullopt,
                              .thing = "project " + *name});
  });

  CLI::App* shown = group->add_subcommand("list", "The living projects");
  whenChosen(shown, exit_code, [&session] { return list(session); });
}

}  // namespace robotledger
