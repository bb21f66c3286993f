#include "tools/robotledger/chosen.h"

#include "api/login/chosen_secret.h"
#include "api/login/pepper.h"
#include "tools/robotledger/hidden_input.h"

namespace robotledger {
namespace {

Error misusedInput(std::string text) { return {ErrorCode::kInvalidArgument, std::move(text)}; }

Result<std::unique_ptr<SecretText>> readTwice(const std::string& what) {
  auto first = readHiddenLine("New " + what + ": ");
  if (!first || !inputIsTerminal()) return first;
  const auto second = readHiddenLine("The same again: ");
  if (!second) return second.error();
  if (equalInConstantTime((*first)->text(), (*second)->text())) return first;
  return misusedInput("the two are not the same; nothing was changed");
}

Result<std::unique_ptr<SecretText>> pepperOf(Session& session, const ChosenOptions& options) {
  const std::string path = pepperPath(session.globals().ledger_dir);
  if (options.new_pepper) {
    // Not where there is no ledger.
    if (auto ledger = session.open(); !ledger) return ledger.error();
    if (auto made = makePepper(path); !made) return made.error();
  }
  auto there = readPepper(path);
  if (there || there.error().code != ErrorCode::kNotFound) return there;
  auto ledger = session.open();
  if (!ledger) return ledger.error();
  auto pepper = (*ledger)->ask([&](const View& view) { return ensurePepper(path, view); });
  if (pepper || pepper.error().code != ErrorCode::kNotFound) return pepper;
  return Error{pepper.error().code, pepper.error().message + " (--new-pepper)"};
}

}  // namespace

int failOrMisuse(const Error& error) {
  return error.code == ErrorCode::kInvalidArgument ? misuse(error.message) : fail(error);
}

void addNewPepperFlag(CLI::App* command, ChosenOptions& options) {
  command->add_flag("--new-pepper", options.new_pepper,
                    "Make a new pepper where the ledger's is lost: every other secret that was "
                    "chosen is of no use from then on");
}

Result<SecretHash> readChosen(Session& session, const ChosenKind& kind,
                              const ChosenOptions& options) {
  keepOutOfCoreFiles();
  const auto secret = readTwice(kind.what);
  if (!secret) return secret.error();
  if (const auto wrong = kind.wrong((*secret)->text())) {
    return misusedInput("this is no " + kind.what + ": " + *wrong);
  }
  const auto pepper = pepperOf(session, options);
  if (!pepper) return pepper.error();
  return hashChosen((*secret)->text(), (*pepper)->text());
}

}  // namespace robotledger
