#include "api/answers/operators_seen.h"
#include "api/login/chosen_secret.h"
#include "api/text/table.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/chosen.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/hidden_input.h"

namespace robotledger {
namespace {

struct RoleOptions {
  std::string name;
  std::string role;
  std::optional<std::string> project;
};

std::string rolesText(const OperatorSeen& person) {
  std::string text = fmt::format("{}", fmt::join(person.roles, ", "));
  if (!person.administers.empty()) {
    text += fmt::format("{}project_admin of {}", text.empty() ? "" : ", ",
                        fmt::join(person.administers, ", "));
  }
  return text.empty() ? "none" : text;
}

int list(Session& session) {
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto who = session.context();
  if (!who) return fail(who.error());
  const auto outline = (*ledger)->outline();
  if (!outline) return fail(outline.error());
  const auto seen = operatorsSeen(outline->image, who->actor);
  if (const auto* refused = std::get_if<Refusal>(&seen)) return refuse(session, *refused);
  const auto& operators = std::get<std::vector<OperatorSeen>>(seen);
  if (session.json()) {
    printJson(operatorsJson(operators));
    return kExitDone;
  }
  Table table({"operator", "roles"});
  for (const OperatorSeen& person : operators) table.add({person.name, rolesText(person)});
  printText(table.text());
  return kExitDone;
}

void addRoleOptions(CLI::App* command, RoleOptions& options) {
  command->add_option("OPERATOR", options.name, "An operator")->required();
  command->add_option("ROLE", options.role, "system_admin, auditor or project_admin")->required();
  command
      ->add_option_function<std::string>(
          "--project", [&options](const std::string& name) { options.project = name; },
          "The project, for project_admin")
      ->type_name("P");
}

struct PasswordOptions {
  std::string name;
  ChosenOptions chosen;
};

int setPassword(Session& session, const PasswordOptions& options) {
  if (!options.chosen.from_stdin && !inputIsTerminal()) {
    return misuse("a password is read from standard input only: say --password-stdin");
  }
  auto password = readChosen(session, {.what = "password", .wrong = wrongPassword}, options.chosen);
  if (!password) return failOrMisuse(password.error());
  return carryOut(session, {.command = SetOperatorPassword{options.name, *std::move(password)},
                            .done = "Set",
                            .account = std::nullopt,
                            .thing = "the password of " + options.name});
}

void addPasswordCommand(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<PasswordOptions>();
  CLI::App* command =
      group->add_subcommand("set-password", "Set the password that an operator signs in with");
  command->add_option("NAME", options->name, "An operator")->required();
  command->add_flag(
      "--password-stdin", options->chosen.from_stdin,
      "Read it from standard input, its first line; needed where that is no terminal");
  addNewPepperFlag(command, options->chosen);
  command->footer(
      "12 to 128 characters; the longer the better, and of any kind. On a terminal it is asked "
      "for\n"
      "twice and not shown. Who is signed in with the old one is so no more. What is kept is\n"
      "HMAC-SHA-256(pepper, scrypt(password, salt)); the pepper is keys/pepper of the ledger.\n\n"
      "  robotledger operator set-password alice\n"
      "  pass show robots/alice | robotledger operator set-password alice --password-stdin");
  whenChosen(command, exit_code, [&session, options] { return setPassword(session, *options); });
}

std::string roleText(const RoleOptions& options) {
  return options.role + (options.project ? " of " + *options.project : "");
}

void addRoleCommands(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<RoleOptions>();

  CLI::App* grant = group->add_subcommand("grant-role", "Give an operator a role");
  addRoleOptions(grant, *options);
  grant->footer(
      "system_admin may everything; auditor may read everything; project_admin may change the\n"
      "accounts of one project, and read about it.\n\n"
      "  robotledger operator grant-role alice project_admin --project library");
  whenChosen(grant, exit_code, [&session, options] {
    return carryOut(session, {.command = GrantRole{options->name, options->role, options->project},
                              .done = "Granted",
                              .account = std::nullopt,
                              .thing = roleText(*options) + " to " + options->name});
  });

  CLI::App* revoke = group->add_subcommand("revoke-role", "Take a role from an operator");
  addRoleOptions(revoke, *options);
  whenChosen(revoke, exit_code, [&session, options] {
    return carryOut(session, {.command = RevokeRole{options->name, options->role, options->project},
                              .done = "Revoked",
                              .account = std::nullopt,
                              .thing = roleText(*options) + " from " + options->name});
  });
}

}  // namespace

void addOperatorCommand(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group =
      commandGroup(app, "operator", "Add, remove and list operators, their roles and passwords");
  auto name = std::make_shared<std::string>();

  CLI::App* add = group->add_subcommand("add", "Add a person or a service, without any role");
  add->add_option("NAME", *name, "A-Z, a-z, 0-9 and . _ @ -, beginning with a letter or a digit")
      ->required();
  whenChosen(add, exit_code, [&session, name] {
    return carryOut(session, {.command = AddOperator{*name},
                              .done = "Added",
                              .account = std::nullopt,
                              .thing = "operator " + *name});
  });

  CLI::App* remove = group->add_subcommand("remove", "Remove an operator");
  remove->add_option("NAME", *name, "An operator")->required();
  remove->footer("What the operator did stays on record. Added again, the name has no roles.");
  whenChosen(remove, exit_code, [&session, name] {
    return carryOut(session, {.command = RemoveOperator{*name},
                              .done = "Removed",
                              .account = std::nullopt,
                              .thing = "operator " + *name});
  });

  addPasswordCommand(group, session, exit_code);
  addRoleCommands(group, session, exit_code);
  CLI::App* shown = group->add_subcommand("list", "The operators and their roles");
  whenChosen(shown, exit_code, [&session] { return list(session); });
}

}  // namespace robotledger
