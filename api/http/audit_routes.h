// The audit interface: every question of the command line over HTTP, with the same answers.
//
//   GET /audit/who-could?capability=&project=&at= | on=&tz= | from=&to=      &token_tail=true
//   GET /audit/could?account=&capability=&project=&at=          with the chain of events
//   GET /audit/what-could?account=&at=
//   GET /audit/diff?from=&to=&project=&all=true
//   GET /audit/events?account=&project=&actor=&kind=&from=&to=&after=&limit=&cursor=
//   GET /audit/events/SEQUENCE
//
// and, of accounts, those of audit_accounts.h. Long lists come in pages: `next_cursor` of an answer
// is the `cursor` of the next question, and null at the end.
//
// `project` is a project's name, or "/" for the system. An ACCOUNT is robot$PROJECT+NAME or a
// number. Times are RFC 3339, or now. All of them take as_of=SEQUENCE, as if the log ended there,
// and at_least=SEQUENCE, which waits for that event; each answer says as of which sequence it is,
// in `as_of` and in the header X-Robotledger-As-Of.
//
// Auditors and system administrators may ask everything, a project's administrator about his
// project; see "Who may" of the domain.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// `parts` outlives them.
std::vector<Route> auditRoutes(const OperatorParts& parts);

}  // namespace robotledger::http
