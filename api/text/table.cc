#include "api/text/table.h"

#include <algorithm>

#include "core/base/check.h"

namespace robotledger {
namespace {

std::size_t codePoints(const std::string& text) {
  // Each has one byte that does not go on with another.
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  RL_CHECK(cells.size() == heads_.size(), "a row has a cell for each head");
  rows_.push_back(std::move(cells));
}

std::string Table::text() const {
  std::vector<std::size_t> widths(heads_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], codePoints(row[i]));
    }
  }
  std::vector<std::string> rules(heads_.size());
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    if (widths[i] > 0) widths[i] = std::max(widths[i], codePoints(heads_[i]));
    rules[i] = std::string(widths[i], '-');
  }
  std::string text;
  const auto addLine = [&](const std::vector<std::string>& cells) {
    std::string line;
    std::size_t wanted = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (widths[i] == 0) continue;
      if (!line.empty()) line.append(wanted - codePoints(line), ' ');
      line += cells[i];
      wanted += widths[i] + 2;
      // A first cell with nothing in it still takes its place.
      if (line.empty()) line.append(1, ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    text += line + "\n";
  };
  addLine(heads_);
  addLine(rules);
  for (const auto& row : rows_) addLine(row);
  return text;
}

}  // namespace robotledger
