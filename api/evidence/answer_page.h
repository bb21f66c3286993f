// An answer for those who open it with a spreadsheet or a browser, or print it.
#pragma once

#include <string>

#include "api/answers/answer.h"
#include "api/evidence/statement.h"

namespace robotledger {

// Comma-separated values (RFC 4180, lines end with CR LF): the heads once, then the rows of all
// tables; where these have titles, in a first column `about`. A cell that a spreadsheet would take
// for a formula has an apostrophe before it. Empty without tables. Any thread.
std::string answerCsv(const WholeAnswer& answer);

// A page of HTML 5 that stands for itself: no scripts, nothing from elsewhere. Any thread.
std::string answerPage(const WholeAnswer& answer, const Statement& statement);

}  // namespace robotledger
