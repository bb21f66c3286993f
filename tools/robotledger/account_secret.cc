// What issues a secret: `account create` and `account rotate-secret`.
#include "api/login/chosen_secret.h"
#include "api/secret/secret.h"
#include "api/text/event_text.h"
#include "core/domain/names.h"
#include "core/domain/text.h"
#include "projections/access.h"
#include "tools/robotledger/capability_options.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/chosen.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/export_file.h"

namespace robotledger {
namespace {

struct CreateOptions {
  std::string name;
  std::string project;
  bool system = false;
  std::vector<std::string> short_names;  // of the flags, without a scope
  std::vector<std::string> grants;
  std::optional<std::int64_t> expires_in;
  bool never_expires = false;
  std::string description;
  std::string export_file;
};

// What is told of an account with its secret.
struct AccountFacts {
  NamedAccount account;
  Instant created_at;
  std::optional<Instant> expires_at;
};

Result<AccountFacts> factsOf(Session& session, AccountId id) {
  auto ledger = session.open();
  if (!ledger) return ledger.error();
  AccountFacts facts;
  const auto looked = (*ledger)->ledger().inspect([&](const State& state) {
    const Account* account = state.findAccount(id);
    if (account == nullptr) return;
    facts.account = {id, state.qualifiedNameOf(*account)};
    facts.expires_at = expiresAt(account->terms, state.settings());
  });
  if (!looked) return looked.error();
  const auto row = (*ledger)->ask([&](const View& view) { return findAccountRow(view, id); });
  if (!row) return row.error();
  if (*row) facts.created_at = (*row)->created_at;
  return facts;
}

Json exportJson(const AccountFacts& facts, const std::string& secret) {
  return {{"id", facts.account.id.value},
          {"name", facts.account.name},
          {"secret", secret},
          {"creation_time", formatInstant(facts.created_at)},
          {"expires_at", facts.expires_at ? facts.expires_at->us / kUsPerSecond : -1}};
}

std::string lifeText(const AccountFacts& facts) {
  return facts.expires_at ? "It expires on " + formatInstant(*facts.expires_at) + "."
                          : "It never expires.";
}

// Says what was done and shows the secret, unless it is in the file already.
void say(const Session& session, std::string_view done, const Receipt& receipt, const Context& who,
         const AccountFacts& facts, const SecretText* secret, const ExportFile* file) {
  if (session.json()) {
    Json json = receiptJson(receipt, who, facts.account);
    json["creation_time"] = formatInstant(facts.created_at);
    json["expires_at"] = facts.expires_at ? facts.expires_at->us / kUsPerSecond : -1;
    if (secret != nullptr) json["secret"] = secret->text();
    if (secret == nullptr) json["export"] = file->path();
    printJson(json);
    return;
  }
  print("{} {}: {}, by {}. {}\n", done, accountText(facts.account), eventsText(receipt),
        actorText(who.actor, who.channel), lifeText(facts));
  if (secret == nullptr) {
    print("Its secret is in {}, and nowhere else.\n", inQuotes(file->path()));
  } else {
    print("Its secret, shown this once and stored nowhere:\n{}\n", secret->text());
  }
}

// Shows the secret of what was done. From here on nobody can get it again, so what stands in the
// way is told of, and the secret is shown by what way there is.
int showSecret(Session& session, std::string_view done, const Receipt& receipt, const Context& who,
               const SecretText& secret, std::unique_ptr<ExportFile> file) {
  auto facts = factsOf(session, receipt.account);
  int exit_code = kExitDone;
  if (!facts) {
    // It was done, whatever became of the views.
    exit_code = fail(facts.error());
    facts = AccountFacts{.account = {receipt.account, "account"},
                         .created_at = receipt.time,
                         .expires_at = std::nullopt};
  }
  bool in_file = false;
  if (file) {
    std::string text = jsonText(exportJson(*facts, secret.text())) + "\n";
    const auto written = file->write(text);
    wipe(text);
    in_file = written.has_value();
    if (!written) exit_code = fail(written.error());
  }
  say(session, done, receipt, who, *facts, in_file ? nullptr : &secret, file.get());
  if (!flushOutput() && !in_file) {
    printNote(fmt::format(
        "{} was done, but its secret could not be shown, and is lost: rotate it with 'robotledger "
        "account rotate-secret'",
        accountText(facts->account)));
    return kExitFailed;
  }
  return exit_code;
}

// Makes the file and the secret, carries the command out, and shows the secret.
int issue(Session& session, std::string_view done, const std::string& export_file,
          const std::function<Command(SecretHash)>& command) {
  keepOutOfCoreFiles();
  const auto who = session.context();
  if (!who) return fail(who.error());
  std::unique_ptr<ExportFile> file;
  if (!export_file.empty()) {
    auto made = ExportFile::create(export_file);
    if (!made) return fail(made.error());
    file = std::move(*made);
  }
  const auto secret = makeSecret();
  if (!secret) return fail(secret.error());
  const auto outcome = session.submit(command(hashOf((*secret)->text())));
  if (!outcome) return fail(outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return refuse(session, *refused);
  return showSecret(session, done, std::get<Receipt>(*outcome), *who, **secret, std::move(file));
}

// The level and the permissions as far as they can be wrong on the command line.
std::optional<std::string> wrongUsageOf(const CreateOptions& options) {
  if (options.system == !options.project.empty()) {
    return "an account is either of a project (--project P) or of the system (--system)";
  }
  if (options.never_expires && options.expires_in) {
    return "--expires-in and --never-expires exclude each other";
  }
  if (!options.system) return std::nullopt;
  constexpr const char* kHow =
      "{} says no scope, and a system account has none of its own: write --grant SCOPE={}, where "
      "SCOPE is a project, '*' for all of them, or '/' for the system";
  if (!options.short_names.empty()) {
    const std::string& name = options.short_names.front();
    return fmt::format(kHow, "--" + name, name);
  }
  for (const std::string& grant : options.grants) {
    if (grant.find('=') == std::string::npos) {
      return fmt::format(kHow, "--grant " + inQuotes(grant), "CAPABILITY");
    }
  }
  return std::nullopt;
}

int create(Session& session, const CreateOptions& options) {
  if (const auto wrong = wrongUsageOf(options)) return misuse(*wrong);
  CreateAccount account{.project = std::nullopt,
                        .name = options.name,
                        .description = options.description,
                        .permissions = permissionsFrom(options.short_names),
                        .expiry = {},
                        .secret = std::nullopt};
  if (!options.system) account.project = options.project;
  for (const std::string& grant : options.grants) {
    account.permissions.push_back(permissionFrom(grant));
  }
  if (options.expires_in) account.expiry = {Expiry::Kind::kDays, *options.expires_in};
  if (options.never_expires) account.expiry = {Expiry::Kind::kNever, 0};
  return issue(session, "Created", options.export_file, [&](SecretHash hash) {
    account.secret = std::move(hash);
    return Command(account);
  });
}

void addPermissionFlags(CLI::App* command, CreateOptions& options) {
  const std::pair<const char*, const char*> flags[] = {
      {"push-image", "It may push images to its project"},
      {"pull-chart", "It may pull Helm charts"},
      {"push-chart", "It may push Helm charts"},
  };
  for (const auto& [name, description] : flags) {
    command->add_flag_callback(
        "--" + std::string(name),
        [&options, name = name] { options.short_names.emplace_back(name); }, description);
  }
  command
      ->add_option("--grant", options.grants,
                   "Any capability, in any scope: a project, '*' or '/'; may be repeated")
      ->type_name("SCOPE=CAPABILITY")
      ->expected(1)
      ->take_all();
}

void addCreate(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* command =
      group->add_subcommand("create", "Create an account, and show its secret once");
  command->add_option("NAME", options->name, "Its name, without robot$ and project")->required();
  command->add_option("--project", options->project, "The project that it belongs to")
      ->type_name("P");
  command->add_flag("--system", options->system, "It is of the system, and belongs to no project");
  addPermissionFlags(command, *options);
  addNumberOption(command, "--expires-in", options->expires_in,
                  "It expires so many days after its issue")
      ->type_name("DAYS");
  command->add_flag("--never-expires", options->never_expires,
                    "It never expires; without either, the system's setting is followed");
  command->add_option("--description", options->description, "What it is for")->type_name("D");
  command
      ->add_option(
          "--export", options->export_file,
          "Write id, name, secret, creation and expiry there as JSON, and do not show them")
      ->check(notEmpty())
      ->type_name("FILE");
  command->footer(
      "Pulling images is always allowed where the account may do anything. The secret cannot be\n"
      "had again: only its hash is kept. The file of --export has to be new.\n\n"
      "  robotledger account create ci --project library --push-image --expires-in 90\n"
      "  robotledger account create scanner --system --grant '*=pull-image' --never-expires\n"
      "  robotledger account create ops --system --grant web=push-image --export ops.json");
  whenChosen(command, exit_code, [&session, options] { return create(session, *options); });
}

struct RotateOptions {
  AccountRef account;
  std::string export_file;
  ChosenOptions chosen;
};

int rotate(Session& session, const RotateOptions& options) {
  if (options.chosen.from_stdin) {
    auto secret =
        readChosen(session, {.what = "secret", .wrong = wrongChosenSecret}, options.chosen);
    if (!secret) return failOrMisuse(secret.error());
    return carryOut(session, {.command = RotateSecret{options.account, *std::move(secret)},
                              .done = "Set the secret of",
                              .account = options.account});
  }
  if (options.chosen.new_pepper) return misuse("--new-pepper is for a secret that was chosen");
  return issue(session, "Rotated the secret of", options.export_file, [&](SecretHash hash) {
    return Command(RotateSecret{options.account, std::move(hash)});
  });
}

void addRotate(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<RotateOptions>();
  CLI::App* command =
      group->add_subcommand("rotate-secret", "Give an account a new secret, and show it once");
  addAccountArgument(command, options->account);
  auto* file =
      command
          ->add_option("--export", options->export_file, "Write it there as JSON, as create does")
          ->check(notEmpty())
          ->type_name("FILE");
  command
      ->add_flag("--secret-stdin", options->chosen.from_stdin,
                 "Take the first line of standard input for it, and make none")
      ->excludes(file);
  addNewPepperFlag(command, options->chosen);
  command->footer(
      "The old secret is of no use from then on. The account's expiry does not change. One that "
      "is\n"
      "chosen has 8 to 128 characters, with an upper-case letter, a lower-case letter and a "
      "digit;\n"
      "it logs in under the account's qualified name only, and takes a slow check, which others "
      "can\n"
      "delay: one that is made here is better.\n\n"
      "  robotledger account rotate-secret 'robot$library+ci' --export ci.json");
  whenChosen(command, exit_code, [&session, options] { return rotate(session, *options); });
}

}  // namespace

void addAccountSecretCommands(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "account", kAccountGroup);
  addCreate(group, session, exit_code);
  addRotate(group, session, exit_code);
}

}  // namespace robotledger
