// Carrying out one command, and saying what became of it: one line with the thing's name, the
// events and who did it, or the receipt in JSON.
//
//   return carryOut(session, {.command = DisableAccount{ref}, .done = "Disabled", .account = ref});
//
//   Disabled robot$library+ci (#12): event 57, by admin (cli, bob).
#pragma once

#include <string>

#include "tools/robotledger/command.h"

namespace robotledger {

// An account that lives, as lines name it.
struct NamedAccount {
  AccountId id;
  std::string name;  // qualified
};

struct Deed {
  Command command;
  std::string done;                   // "Disabled", the line's first words
  std::string preposition = {};       // "to" or "from", where permissions are named before it
  std::optional<AccountRef> account;  // what they are about; named after them
  std::string thing = {};             // or this, such as "project library"
};

// The exit code; everything has been said.
int carryOut(Session& session, const Deed& deed);

// The living account; nothing where there is none. Opens the ledger.
Result<std::optional<NamedAccount>> findLiving(Session& session, const AccountRef& account);

// The parts of what is said, for commands that say more.
std::string eventsText(const Receipt& receipt);        // "event 57", "events 57 to 60"
std::string accountText(const NamedAccount& account);  // "robot$library+ci (#12)"
// {"account":{"id","name"},"first_sequence","events","time","actor","by"}
Json receiptJson(const Receipt& receipt, const Context& who,
                 const std::optional<NamedAccount>& account);

}  // namespace robotledger
