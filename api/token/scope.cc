#include "api/token/scope.h"

#include <algorithm>

namespace robotledger {
namespace {

constexpr std::size_t kMaxRepositoryNameBytes = 255;

bool isLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// What stands before the first separator; the rest stays in `text`.
std::string_view takePart(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

// How many bytes of a separator within a component the text begins with: '.', '_', "__", or any
// number of dashes.
std::size_t separatorAt(std::string_view text) {
  if (text.starts_with("__")) return 2;
  if (text.starts_with('.') || text.starts_with('_')) return 1;
  return std::min(text.find_first_not_of('-'), text.size());
}

bool isComponent(std::string_view text) {
  while (true) {
    std::size_t word = 0;
    while (word < text.size() && isLowerOrDigit(text[word])) ++word;
    if (word == 0) return false;
    text.remove_prefix(word);
    if (text.empty()) return true;
    const std::size_t separator = separatorAt(text);
    if (separator == 0) return false;
    text.remove_prefix(separator);
  }
}

bool addActions(std::vector<std::string>& actions, std::string_view text) {
  while (!text.empty()) {
    const std::string_view action = takePart(text, ',');
    if (action.empty() || std::ranges::find(actions, action) != actions.end()) continue;
    if (actions.size() == kMaxActions) return false;
    actions.emplace_back(action);
  }
  return true;
}

bool addScope(std::vector<ResourceScope>& scopes, std::string_view text) {
  const std::size_t first = text.find(':');
  const std::size_t last = text.rfind(':');
  if (text.size() > kMaxScopeBytes || first == std::string_view::npos || first == last) {
    return false;
  }
  const std::string_view type = text.substr(0, first);
  const std::string_view name = text.substr(first + 1, last - first - 1);
  if (type.empty() || name.empty()) return false;
  auto known = std::ranges::find_if(
      scopes, [&](const ResourceScope& scope) { return scope.type == type && scope.name == name; });
  if (known == scopes.end()) {
    if (scopes.size() == kMaxScopes) return false;
    known = scopes.insert(known, {std::string(type), std::string(name), {}});
  }
  return addActions(known->actions, text.substr(last + 1));
}

}  // namespace

std::optional<std::vector<ResourceScope>> parseScopes(std::span<const std::string> texts) {
  std::vector<ResourceScope> scopes;
  for (std::string_view rest : texts) {
    if (!std::ranges::all_of(rest, [](char c) { return c >= ' ' && c <= '~'; })) {
      return std::nullopt;
    }
    while (!rest.empty()) {
      const std::string_view text = takePart(rest, ' ');
      if (!text.empty() && !addScope(scopes, text)) return std::nullopt;
    }
  }
  return scopes;
}

bool isRepositoryName(std::string_view name) {
  if (name.empty() || name.size() > kMaxRepositoryNameBytes || name.ends_with('/')) return false;
  while (!name.empty()) {
    if (!isComponent(takePart(name, '/'))) return false;
  }
  return true;
}

}  // namespace robotledger
