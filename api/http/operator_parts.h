// What the routes for operators stand on: Harbor's interface, the audit interface, the log. All of
// it outlives them.
#pragma once

#include "api/embed/open_ledger.h"
#include "api/http/head_watch.h"
#include "api/http/sessions.h"
#include "api/login/last_used.h"
#include "api/login/login.h"
#include "core/base/instant.h"
#include "core/base/secure.h"
#include "projections/authorizer.h"
#include "projections/living_accounts.h"

namespace robotledger::http {

struct OperatorParts {
  OpenLedger& ledger;
  const Authorizer& authorizer;  // the ledger's
  const LivingAccounts& living;  // follows the ledger
  HeadWatch& watch;              // follows the ledger
  const SignIn& sign_in;
  const SecretText& pepper;  // of secrets that people choose
  LastUsed& last_used;
  Clock& clock;
};

}  // namespace robotledger::http
