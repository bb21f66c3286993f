// --key of the commands that check what others signed: a verifier key, or the file that has it.
#pragma once

#include "core/merkle/verifier_key.h"
#include "tools/robotledger/command.h"

namespace robotledger {

CLI::Option* addVerifierKeyOption(CLI::App* command, std::string& key);

// The key itself where there is a '+' in the text, else from the file of that name.
// kInvalidArgument says what is wrong.
Result<VerifierKey> verifierKeyFrom(const std::string& text);

}  // namespace robotledger
