// The option by which a log's verifier key is given: the key itself, or a file that has it.
//
//   auto key = std::make_shared<std::optional<VerifierKey>>();
//   addKeyOption(command, *key)->required();
//
//   --key ledger.example/robots+951a0bec+AddamAGC…      it has a '+', which no key is without
//   --key log.vkey                                       a file of that one line
#pragma once

#include <optional>
#include <string>

#include "core/merkle/verifier_key.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// --key VKEY. Wrong usage where that is neither a key nor a file that has one.
CLI::Option* addKeyOption(CLI::App* command, std::optional<VerifierKey>& key);

// What the option takes. kInvalidArgument where it is no key, and where it is no file either.
Result<VerifierKey> readVerifierKey(const std::string& text);

}  // namespace robotledger
