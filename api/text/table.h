// A table of text, for people: columns as wide as what is in them, two spaces between.
//
//   Table table({"account", "#id"});
//   table.add({"robot$web+ci", "#12"});
//   print(table.text());
//
// Widths count code points. One thread.
#pragma once

#include <string>
#include <vector>

namespace robotledger {

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

  // One cell for each head. What is in it is on one line.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The heads, a line, and the rows, each on a line of its own. A column that has nothing in any
  // row is left out.
  std::string text() const;

 private:
  std::vector<std::string> heads_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace robotledger
