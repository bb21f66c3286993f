// What each command on accounts becomes, for decide.cc only.
//
//   Checks checks(state, context);
//   std::vector<EventBody> bodies = decideOn(checks, DisableAccount{{"robot$web+ci"}});
//   if (!checks.ok()) return checks.refusal();   // and the bodies say nothing
//
// Pure; one thread at a time.
#pragma once

#include <vector>

#include "core/domain/checks.h"

namespace robotledger {

std::vector<EventBody> decideOn(Checks& checks, const CreateAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const GrantPermissions& c);
std::vector<EventBody> decideOn(Checks& checks, const RevokePermissions& c);
std::vector<EventBody> decideOn(Checks& checks, const DisableAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const EnableAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const DeleteAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const RenewAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const RotateSecret& c);
std::vector<EventBody> decideOn(Checks& checks, const SetAccountExpiry& c);
std::vector<EventBody> decideOn(Checks& checks, const DescribeAccount& c);
std::vector<EventBody> decideOn(Checks& checks, const UpdateAccount& c);

}  // namespace robotledger
