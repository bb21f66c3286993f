// The pepper: 32 random bytes that are mixed into every secret that a person chose, and never leave
// the ledger's directory. Who has the log alone cannot even begin to guess.
//
//   makePepper(pepperPath("robotledger-data"));                       // once, with the ledger
//   auto pepper = ledger.ask([&](const View& view) { return ensurePepper(path, view); });
//
// The file has the bytes as they are, mode 0600. One that others than its owner have rights to is
// not taken, and one that is lost is never made anew by itself: with another, no chosen secret
// fits. All functions: any thread.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/base/secure.h"
#include "projections/view.h"

namespace robotledger {

inline constexpr std::size_t kPepperBytes = 32;

// DIRECTORY/keys/pepper.
std::string pepperPath(const std::string& ledger_directory);

// Makes the file, durably, and its folder where there is none. kInvalidArgument where there is
// something already; kIo where the system fails, and then there is no file.
Result<void> makePepper(const std::string& path);

// kNotFound where there is no file; kInvalidArgument where it is no pepper, or others than its
// owner have rights to it; kIo where the system fails.
Result<std::unique_ptr<SecretText>> readPepper(const std::string& path);

// Whether any secret that a person chose was ever recorded: an account's, or an operator's
// password. Reads the events that issued secrets. kDamaged and kViewsDamaged as questions have
// them.
Result<bool> hasChosenSecrets(const View& view);

// Reads it; makes it where there is none and it is not missed, since no chosen secret was ever
// recorded. kNotFound where it is missed, with what can be done; else as the functions above.
Result<std::unique_ptr<SecretText>> ensurePepper(const std::string& path, const View& view);

}  // namespace robotledger
