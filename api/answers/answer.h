// An answer, whole: what was asked, the answer in JSON and as tables, and the events it rests on.
// What prints, exports or proves it needs nothing else.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "projections/view.h"

namespace robotledger {

// Rows of text under heads; each row has a cell for each head.
struct AnswerTable {
  std::string title;  // may be empty
  std::vector<std::string> heads;
  std::vector<std::vector<std::string>> rows;
};

// The table for a terminal, as Table in api/text/table.h has it, without the title. Any thread.
std::string tableText(const AnswerTable& table);

struct WholeAnswer {
  std::string question;  // in words: "Who could push-image in project web, at …?"
  AsOf as_of;
  std::string json;  // as --json prints it, each line with its newline
  std::vector<AnswerTable> tables;
  std::string verdict;          // in words: "1 account could, in 2 windows."
  std::set<Sequence> rests_on;  // the events that the answer follows from
};

}  // namespace robotledger
