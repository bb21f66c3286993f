#include "api/answers/answer.h"

#include "api/text/table.h"

namespace robotledger {

std::string tableText(const AnswerTable& table) {
  Table text(table.heads);
  for (const auto& row : table.rows) text.add(row);
  return text.text();
}

}  // namespace robotledger
