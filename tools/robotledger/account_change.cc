// What changes an account, other than its secret.
#include "tools/robotledger/capability_options.h"
#include "tools/robotledger/carry_out.h"
#include "tools/robotledger/commands.h"

namespace robotledger {
namespace {

// A subcommand that takes an account and nothing else.
template <class AccountCommand>
void addPlain(CLI::App* group, Session& session, int& exit_code, const char* name, const char* done,
              const char* description, const char* footer) {
  auto account = std::make_shared<AccountRef>();
  CLI::App* command = group->add_subcommand(name, description);
  addAccountArgument(command, *account);
  command->footer(footer);
  whenChosen(command, exit_code, [&session, account, done] {
    return carryOut(session,
                    {.command = AccountCommand{*account}, .done = done, .account = *account});
  });
}

struct DescribeOptions {
  AccountRef account;
  std::string description;
};

void addDescribe(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<DescribeOptions>();
  CLI::App* command = group->add_subcommand("describe", "Change an account's description");
  addAccountArgument(command, options->account);
  command->add_option("DESCRIPTION", options->description, "The new one; '' for none")->required();
  command->footer("  robotledger account describe 'robot$library+ci' 'build pipeline'");
  whenChosen(command, exit_code, [&session, options] {
    return carryOut(session, {.command = DescribeAccount{options->account, options->description},
                              .done = "Described",
                              .account = options->account});
  });
}

struct PermissionOptions {
  AccountRef account;
  std::vector<std::string> capabilities;
};

template <class AccountCommand>
void addPermissions(CLI::App* group, Session& session, int& exit_code, const char* name,
                    const char* done, const char* preposition, const char* description,
                    const char* footer) {
  auto options = std::make_shared<PermissionOptions>();
  CLI::App* command = group->add_subcommand(name, description);
  addAccountArgument(command, options->account);
  command
      ->add_option("CAPABILITY", options->capabilities,
                   "push-image, resource:action, or SCOPE=CAPABILITY, which system accounts need")
      ->required();
  command->footer(footer);
  whenChosen(command, exit_code, [&session, options, done, preposition] {
    return carryOut(session, {.command = AccountCommand{options->account,
                                                        permissionsFrom(options->capabilities)},
                              .done = done,
                              .preposition = preposition,
                              .account = options->account});
  });
}

struct ExpiryOptions {
  AccountRef account;
  std::optional<std::int64_t> days;
  bool never = false;
  bool system = false;
};

int setExpiry(Session& session, const ExpiryOptions& options) {
  const int named = (options.days ? 1 : 0) + (options.never ? 1 : 0) + (options.system ? 1 : 0);
  if (named != 1) return misuse("name one of --days N, --never and --system");
  ExpiryRequest expiry;
  if (options.days) expiry = {Expiry::Kind::kDays, *options.days};
  if (options.never) expiry = {Expiry::Kind::kNever, 0};
  return carryOut(session, {.command = SetAccountExpiry{options.account, expiry},
                            .done = "Changed the expiry of",
                            .account = options.account});
}

void addSetExpiry(CLI::App* group, Session& session, int& exit_code) {
  auto options = std::make_shared<ExpiryOptions>();
  CLI::App* command = group->add_subcommand("set-expiry", "Change when an account expires");
  addAccountArgument(command, options->account);
  addNumberOption(command, "--days", options->days, "So many days after its issue")->type_name("N");
  command->add_flag("--never", options->never, "Never");
  command->add_flag("--system", options->system, "As the system's setting says");
  command->footer(
      "Days count from the account's creation or last renewal.\n\n"
      "  robotledger account set-expiry 'robot$library+ci' --days 30");
  whenChosen(command, exit_code, [&session, options] { return setExpiry(session, *options); });
}

}  // namespace

void addAccountChangeCommands(CLI::App& app, Session& session, int& exit_code) {
  CLI::App* group = commandGroup(app, "account", kAccountGroup);
  addPlain<DisableAccount>(group, session, exit_code, "disable", "Disabled",
                           "Disable an account until it is enabled again",
                           "From then on it gets no tokens. Its expiry goes on.\n\n"
                           "  robotledger account disable 'robot$library+ci' --reason leaked");
  addPlain<EnableAccount>(group, session, exit_code, "enable", "Enabled",
                          "Enable a disabled account", "One that has expired stays expired.");
  addPlain<DeleteAccount>(group, session, exit_code, "delete", "Deleted",
                          "Delete an account for good",
                          "Its name is free afterwards; what is created under it is another "
                          "account.\nWhat it could do, and when, stays on record.");
  addPlain<RenewAccount>(group, session, exit_code, "renew", "Renewed",
                         "Count an account's days from now on",
                         "Brings an expired account back. The secret stays as it is.");
  addPermissions<GrantPermissions>(
      group, session, exit_code, "grant", "Granted", "to", "Grant an account permissions",
      "  robotledger account grant 'robot$library+ci' push-chart\n"
      "  robotledger account grant 'robot$ops' web=push-image '*=pull-image'");
  addPermissions<RevokePermissions>(
      group, session, exit_code, "revoke", "Revoked", "from", "Revoke permissions of an account",
      "Pulling images cannot be revoked where the account may do anything else.\n\n"
      "  robotledger account revoke 'robot$library+ci' push-image");
  addSetExpiry(group, session, exit_code);
  addDescribe(group, session, exit_code);
}

}  // namespace robotledger
