// What Harbor's lists are asked with: q, sort, page and page_size; and the Link header they answer.
//
//   parseListTerms("name=~ci,Level=project,ProjectID=3")
//   parsePaging("2", "10")          skip 10, take 10
//   linkHeader("/api/v2.0/robots", form, paging, 25)
//       </api/v2.0/robots?page=1&page_size=10>; rel="prev" , <...page=3...>; rel="next"
//
// Source: Harbor's API description (parameters `q`, `sort`, `page`, `page_size`, header `Link`).
// All functions: any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/token/form.h"
#include "core/base/instant.h"

namespace robotledger::harbor {

struct ListTerm {
  enum class Kind : std::uint8_t {
    kIs,        // k=v
    kContains,  // k=~v
    kRange,     // k=[min~max], either of which may be empty
    kAnyOf,     // k={a b}
    kAllOf,     // k=(a b)
  };
  std::string key;
  Kind kind = Kind::kIs;
  std::vector<std::string> values;  // of a range two

  // Whether the text is what the term asks for; a range compares as text.
  bool matches(std::string_view text) const;
};

// The terms of a q that HTTP has decoded; it is decoded once more, as Harbor does. Values may be in
// double quotes. What is wrong with it, in a few words, where it cannot be read.
std::variant<std::vector<ListTerm>, std::string> parseListTerms(std::string_view q);

// The last term of that key, if any.
const ListTerm* findTerm(const std::vector<ListTerm>& terms, std::string_view key);

struct SortKey {
  std::string key;
  bool descending = false;
};
// "name,-creation_time".
std::vector<SortKey> parseSort(std::string_view sort);

inline constexpr std::uint64_t kDefaultPageSize = 10;
inline constexpr std::uint64_t kMaxPageSize = 100;

struct Paging {
  std::uint64_t page = 1;                 // from 1
  std::uint64_t size = kDefaultPageSize;  // 0 for all there is on one page

  std::size_t skip() const;
  std::size_t take() const;
};
// Each as it was sent, nothing where it was not. A page 0 is the first, a page_size 0 means all.
// What is wrong where one is no number or the size is over 100.
std::variant<Paging, std::string> parsePaging(const std::optional<std::string>& page,
                                              const std::optional<std::string>& page_size);

// The links to the page before and the one behind, as far as there are any; empty for none.
// `asked` are the parameters that it was asked with, and stay.
std::string linkHeader(std::string_view path, const Form& asked, const Paging& paging,
                       std::size_t total);

}  // namespace robotledger::harbor
