#include "api/harbor/list_query.h"

#include <algorithm>
#include <limits>
#include <map>

#include "core/base/parse.h"

namespace robotledger::harbor {
namespace {

constexpr std::size_t kMaxTerms = 64;
constexpr std::uint64_t kMostPages = std::numeric_limits<std::int64_t>::max();

// The position of the next `separator` outside of quotes and brackets.
std::size_t endOfTerm(std::string_view text, char separator) {
  bool is_quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_quoted = !is_quoted;
    if (is_quoted) continue;
    if (c == '[' || c == '{' || c == '(') depth += 1;
    if (c == ']' || c == '}' || c == ')') depth -= 1;
    if (c == separator && depth <= 0) return i;
  }
  return text.size();
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

bool isIn(std::string_view text, char open, char close) {
  return text.size() >= 2 && text.front() == open && text.back() == close;
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> values;
  while (!text.empty()) {
    const std::size_t end = endOfTerm(text, ' ');
    if (end > 0) values.push_back(unquoted(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return values;
}

// The value of a term; false where it cannot be read.
bool readValue(std::string_view value, ListTerm& term) {
  const std::string_view inner = value.size() >= 2 ? value.substr(1, value.size() - 2) : value;
  if (value.starts_with('~')) {
    term.kind = ListTerm::Kind::kContains;
    term.values = {unquoted(value.substr(1))};
  } else if (isIn(value, '[', ']')) {
    const std::size_t middle = endOfTerm(inner, '~');
    if (middle == inner.size()) return false;
    term.kind = ListTerm::Kind::kRange;
    term.values = {unquoted(inner.substr(0, middle)), unquoted(inner.substr(middle + 1))};
  } else if (isIn(value, '{', '}')) {
    term.kind = ListTerm::Kind::kAnyOf;
    term.values = listed(inner);
  } else if (isIn(value, '(', ')')) {
    term.kind = ListTerm::Kind::kAllOf;
    term.values = listed(inner);
  } else if (!value.empty() && std::string_view("[{(").find(value.front()) != value.npos) {
    return false;
  } else {
    term.values = {unquoted(value)};
  }
  return true;
}

// RFC 3986, section 2.3: what needs no encoding.
bool isUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void appendEncoded(std::string& to, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    if (isUnreserved(c)) {
      to += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      to += '%';
      to += kDigits[byte >> 4];
      to += kDigits[byte & 15];
    }
  }
}

std::string pageLink(std::string_view path, const Form& asked, std::uint64_t page,
                     std::uint64_t size, std::string_view relation) {
  std::multimap<std::string_view, std::string> parameters;
  for (const auto& [name, value] : asked.parameters) {
    if (name != "page" && name != "page_size") parameters.emplace(name, value);
  }
  parameters.emplace("page", std::to_string(page));
  parameters.emplace("page_size", std::to_string(size));
  std::string link = "<" + std::string(path);
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    link += separator;
    appendEncoded(link, name);
    link += '=';
    appendEncoded(link, value);
    separator = '&';
  }
  return link + ">; rel=\"" + std::string(relation) + "\"";
}

}  // namespace

bool ListTerm::matches(std::string_view text) const {
  switch (kind) {
    case Kind::kIs: return text == values.front();
    case Kind::kContains: return text.find(values.front()) != text.npos;
    case Kind::kRange:
      return (values[0].empty() || text >= values[0]) && (values[1].empty() || text <= values[1]);
    case Kind::kAnyOf: return std::ranges::find(values, text) != values.end();
    case Kind::kAllOf:
      return std::ranges::all_of(values, [&](const std::string& one) { return one == text; });
  }
  return false;
}

std::variant<std::vector<ListTerm>, std::string> parseListTerms(std::string_view q) {
  const auto decoded = percentDecoded(q, Plus::kItself);
  if (!decoded) return std::string("q is not percent-encoded as it should be");
  std::vector<ListTerm> terms;
  std::string_view rest = *decoded;
  while (!rest.empty()) {
    const std::size_t end = endOfTerm(rest, ',');
    const std::string_view text = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const std::size_t equals = text.find('=');
    if (equals == text.npos || equals == 0) return "q has a term without '=': " + std::string(text);
    ListTerm term{.key = std::string(trimmed(text.substr(0, equals)))};
    if (!readValue(trimmed(text.substr(equals + 1)), term)) {
      return "q has a term that cannot be read: " + std::string(text);
    }
    if (terms.size() == kMaxTerms) return std::string("q has too many terms");
    terms.push_back(std::move(term));
  }
  return terms;
}

const ListTerm* findTerm(const std::vector<ListTerm>& terms, std::string_view key) {
  const auto found = std::find_if(terms.rbegin(), terms.rend(),
                                  [&](const ListTerm& one) { return one.key == key; });
  return found == terms.rend() ? nullptr : &*found;
}

std::vector<SortKey> parseSort(std::string_view sort) {
  std::vector<SortKey> keys;
  while (!sort.empty()) {
    const std::size_t end = std::min(sort.find(','), sort.size());
    std::string_view key = trimmed(sort.substr(0, end));
    sort.remove_prefix(std::min(end + 1, sort.size()));
    const bool descending = key.starts_with('-');
    if (descending) key.remove_prefix(1);
    if (!key.empty()) keys.push_back({.key = std::string(key), .descending = descending});
  }
  return keys;
}

std::size_t Paging::skip() const {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::uint64_t before = page - 1;
  return size != 0 && before > kMost / size ? kMost : before * size;
}

std::size_t Paging::take() const {
  return size == 0 ? std::numeric_limits<std::size_t>::max() : size;
}

std::variant<Paging, std::string> parsePaging(const std::optional<std::string>& page,
                                              const std::optional<std::string>& page_size) {
  Paging paging;
  if (page) {
    const auto number = parseDecimal(*page, kMostPages);
    if (!number) return std::string("page in query must be a number of at least 1");
    paging.page = std::max<std::uint64_t>(*number, 1);
  }
  if (page_size) {
    const auto number = parseDecimal(*page_size, kMaxPageSize);
    if (!number) {
      return std::string("page_size in query must be a number of at most 100");
    }
    paging.size = *number;
  }
  return paging;
}

std::string linkHeader(std::string_view path, const Form& asked, const Paging& paging,
                       std::size_t total) {
  if (paging.size == 0) return "";
  std::string links;
  if (paging.page > 1 && (paging.page - 2) < (total + paging.size - 1) / paging.size) {
    links = pageLink(path, asked, paging.page - 1, paging.size, "prev");
  }
  if (paging.skip() < total && total - paging.skip() > paging.size) {
    if (!links.empty()) links += " , ";
    links += pageLink(path, asked, paging.page + 1, paging.size, "next");
  }
  return links;
}

}  // namespace robotledger::harbor
