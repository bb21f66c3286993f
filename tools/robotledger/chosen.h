// Secrets that a person chose, for the subcommands that set one: read without being shown, looked
// at, and hashed here, so that they go no further.
//
//   auto hash = readChosen(session, {.what = "password", .wrong = wrongPassword}, options);
//   if (!hash) return failOrMisuse(hash.error());
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/domain/event.h"
#include "tools/robotledger/command.h"

namespace robotledger {

struct ChosenKind {
  std::string what;  // "password"
  // What is wrong with it, in words that go on after that.
  std::function<std::optional<std::string>(std::string_view)> wrong;
};

struct ChosenOptions {
  bool from_stdin = false;
  bool new_pepper = false;  // made where it is lost
};
void addNewPepperFlag(CLI::App* command, ChosenOptions& options);

// Says what went wrong: as wrong usage, where the input is what is wrong.
int failOrMisuse(const Error& error);

// Reads it from standard input, on a terminal twice, and hashes it with the ledger's pepper, which
// is made where none is missed. kInvalidArgument where the input is none that may be chosen; else
// as the pepper and the ledger fail. Opens the ledger where there is no pepper.
Result<SecretHash> readChosen(Session& session, const ChosenKind& kind,
                              const ChosenOptions& options);

}  // namespace robotledger
