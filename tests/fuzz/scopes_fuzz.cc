#include <algorithm>

#include "api/token/scope.h"
#include "core/base/check.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

bool isWordByte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// The distribution project's grammar, said another way: words, between which are '.', '_', "__" or
// dashes.
bool isComponentByRuns(const std::string& text) {
  if (text.empty() || !isWordByte(text.front()) || !isWordByte(text.back())) return false;
  std::string run;
  for (const char c : text) {
    if (!isWordByte(c)) {
      run.push_back(c);
      continue;
    }
    const bool is_separator = run == "." || run == "_" || run == "__" ||
                              std::ranges::all_of(run, [](char one) { return one == '-'; });
    if (!is_separator) return false;
    run.clear();
  }
  return true;
}

void checkName(const std::string& name) {
  const bool is_name =
      name.size() <= 255 && std::ranges::all_of(split(name, '/'), isComponentByRuns);
  RL_CHECK(isRepositoryName(name) == is_name, "a repository's name follows the grammar");
}

void checkScope(const ResourceScope& scope) {
  RL_CHECK(!scope.type.empty() && scope.type.find(':') == std::string::npos,
           "a scope's type ends at the first colon");
  RL_CHECK(!scope.name.empty() && scope.name.size() <= kMaxScopeBytes, "a scope has a name");
  RL_CHECK(scope.actions.size() <= kMaxActions, "actions are bounded");
  for (const std::string& action : scope.actions) {
    RL_CHECK(!action.empty() && action.find_first_of(":, ") == std::string::npos,
             "an action is one word");
    RL_CHECK(std::ranges::count(scope.actions, action) == 1, "an action comes once");
  }
  checkName(scope.name);
}

std::string textOf(const ResourceScope& scope) {
  std::string text = scope.type + ":" + scope.name + ":";
  for (const std::string& action : scope.actions) text += action + ",";
  if (!scope.actions.empty()) text.pop_back();
  return text;
}

}  // namespace

Tried tryScopes(BytesView bytes) {
  checkName(std::string(bytes));
  const std::vector<std::string> parameters = split(bytes, '\n');
  const auto scopes = parseScopes(parameters);
  if (!scopes) return Tried::kRefused;
  RL_CHECK(scopes->size() <= kMaxScopes, "scopes are bounded");
  std::vector<std::string> texts;
  for (const ResourceScope& scope : *scopes) {
    checkScope(scope);
    const auto same = [&](const ResourceScope& other) {
      return other.type == scope.type && other.name == scope.name;
    };
    RL_CHECK(std::ranges::count_if(*scopes, same) == 1, "a resource comes once");
    texts.push_back(textOf(scope));
  }
  const bool fit = std::ranges::all_of(
      texts, [](const std::string& text) { return text.size() <= kMaxScopeBytes; });
  if (fit) RL_CHECK(parseScopes(texts) == scopes, "scopes survive being written");
  return Tried::kTaken;
}

}  // namespace robotledger
