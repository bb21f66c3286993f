// What Harbor's interface has no word for.
//
//   POST /api/ledger/commands                     any command, as a line of a history file has it:
//        {"do":"renew","account":"robot$web+ci","reason":"ticket 17"}
//        {"do":"enable",...}, {"do":"grant",...,"permissions":["push-chart"]}, ...
//   GET  /api/ledger/preview/system-expiry?days=N   what another setting would do now
//   GET  /api/ledger/settings                       the settings that are in force
//   GET  /api/ledger/operators                      all of them and their roles, for readers; for
//                                                   anybody else himself
//   PUT  /api/ledger/operators/NAME/password        {"password": ..., "reason": ...}
//
// A command has no `actor`, who is who signed in, and no `at`, which is now. With "dry_run": true
// it is only found out whether it would be refused. What is wrong with it is 400, and `field` names
// it. 200: {"sequence","events","time","account_id",
// "account"}, and `secret` where one was issued, this once. `repeated` is true where the same
// command was carried out before under the same Idempotency-Key.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> ledgerRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
