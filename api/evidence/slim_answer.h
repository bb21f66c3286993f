// The question of a slim bundle, asked of the events that are in it.
#pragma once

#include <string_view>
#include <variant>

#include "api/evidence/statement.h"

namespace robotledger {

// The answer that follows from the events at hand, which are all that the view knows of. Who could
// and what happened to an account are asked again. Which events of the log match cannot be: there
// the events that `claimed`, the answer in JSON, names are taken, if each of them is at hand and
// matches by itself, in the order of the log and no more than were asked for; whether it was about
// the project asked for is not looked at.
//
// kDamaged where `claimed` is no such answer, and where an event is needed that is not at hand.
Result<std::variant<Refusal, WholeAnswer>> slimAnswer(Asking& asking, const Statement& statement,
                                                      std::string_view claimed);

}  // namespace robotledger
