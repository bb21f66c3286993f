#include <cctype>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/model/civil_time.h"
#include "tests/model/scenario.h"

namespace robotledger::model {
namespace {

using nlohmann::json;
using Tokens = std::vector<std::string>;

// Splits at spaces outside of double quotes.
Tokens tokensOf(std::string_view text) {
  Tokens tokens;
  std::string token;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '\\' && i + 1 < text.size()) {
      token += c;
      token += text[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (c == ' ' && !quoted) {
      if (!token.empty()) tokens.push_back(std::exchange(token, {}));
    } else {
      token += c;
    }
  }
  if (!token.empty()) tokens.push_back(token);
  return tokens;
}

// Splits at commas outside of braces.
Tokens splitList(std::string_view text) {
  Tokens parts;
  std::string part;
  int depth = 0;
  for (char c : text) {
    if (c == '{') ++depth;
    if (c == '}') --depth;
    if (c == ',' && depth == 0) {
      parts.push_back(std::exchange(part, {}));
    } else {
      part += c;
    }
  }
  if (!part.empty()) parts.push_back(part);
  return parts;
}

// "{a,b}/x" is "a/x" and "b/x"; braces within braces are allowed.
Tokens expandBraces(const std::string& text) {
  auto open = text.find('{');
  if (open == std::string::npos) return {text};
  std::size_t close = open;
  for (int depth = 0; close < text.size(); ++close) {
    if (text[close] == '{') ++depth;
    if (text[close] == '}' && --depth == 0) break;
  }
  if (close == text.size()) return {text};
  Tokens expanded;
  for (const auto& choice : splitList(text.substr(open + 1, close - open - 1))) {
    std::string chosen = text.substr(0, open) + choice + text.substr(close + 1);
    for (auto& one : expandBraces(chosen)) expanded.push_back(std::move(one));
  }
  return expanded;
}

// "push-image", "web/push-image", or "web/repository|push".
json permissionOf(const std::string& text) {
  auto slash = text.rfind('/');
  if (slash == std::string::npos) return text;
  std::string scope = text.substr(0, slash);
  std::string rest = text.substr(slash + 1);
  auto bar = rest.find('|');
  if (bar == std::string::npos) return {{"scope", scope}, {"capability", rest}};
  return {{"scope", scope}, {"resource", rest.substr(0, bar)}, {"action", rest.substr(bar + 1)}};
}

// A JSON string where quoted; "x^3" is "xxx".
std::string textOf(const std::string& text) {
  if (!text.empty() && text[0] == '"') return json::parse(text).get<std::string>();
  auto caret = text.find('^');
  if (caret == std::string::npos) return text;
  std::string repeated;
  for (auto count = std::stoul(text.substr(caret + 1)); count > 0; --count) {
    repeated += text.substr(0, caret);
  }
  return repeated;
}

// The value as JSON text; numbers stay as they are written.
std::string valueOf(const std::string& key, const std::string& text) {
  if (key == "permissions") {
    json list = json::array();
    for (const auto& part : splitList(text)) {
      for (const auto& one : expandBraces(part)) list.push_back(permissionOf(one));
    }
    return list.dump();
  }
  bool number = key == "days" || (key == "expires" && text != "system" && text != "never");
  return number ? text : json(textOf(text)).dump();
}

// "+1d", "-2h", "+30s", "+1us".
std::optional<std::int64_t> stepOf(const std::string& token) {
  static const std::map<std::string, std::int64_t> kUnits{
      {"d", kDayUs}, {"h", 3600 * kSecondUs}, {"s", kSecondUs}, {"us", 1}};
  if (token.size() < 3 || (token[0] != '+' && token[0] != '-')) return std::nullopt;
  std::size_t digits = 0;
  std::int64_t count = std::stoll(token.substr(1), &digits);
  auto unit = kUnits.find(token.substr(1 + digits));
  if (unit == kUnits.end()) return std::nullopt;
  return (token[0] == '-' ? -count : count) * unit->second;
}

class Parser {
 public:
  ParsedScenarios parse(std::string_view text) {
    std::size_t number = 0;
    while (!text.empty()) {
      auto end = text.find('\n');
      std::string line(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      ++number;
      try {
        readLine(line, number);
      } catch (const std::exception& error) {
        complain(number, error.what());
      }
    }
    return std::move(parsed_);
  }

 private:
  void complain(std::size_t number, const std::string& what) {
    parsed_.errors.push_back("line " + std::to_string(number) + ": " + what);
  }

  void readLine(const std::string& line, std::size_t number) {
    auto start = line.find_first_not_of(' ');
    if (start == std::string::npos || line[start] == '#') return;
    std::string text = withMacros(line.substr(start));
    if (text.rfind("scenario ", 0) == 0) {
      parsed_.scenarios.push_back({text.substr(9), number, {}});
      now_ = "9999-12-31T23:59:59Z";
      return;
    }
    if (text.rfind("let ", 0) == 0) {
      auto space = text.find(' ', 4);
      macros_["%" + text.substr(4, space - 4) + "%"] = text.substr(space + 1);
      return;
    }
    if (parsed_.scenarios.empty()) return complain(number, "no scenario has begun");
    if (text.rfind("now ", 0) == 0) {
      now_ = text.substr(4);
    } else if (text[0] == '=') {
      readRow(text.substr(1), number);
    } else {
      readStep(text, number);
    }
  }

  std::string withMacros(std::string text) const {
    for (const auto& [name, value] : macros_) {
      for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) {
        text.replace(at, name.size(), value);
      }
    }
    return text;
  }

  // A row of the answer to the question above.
  void readRow(const std::string& text, std::size_t number) {
    auto& steps = parsed_.scenarios.back().steps;
    if (steps.empty() || steps.back().kind != Step::Kind::kQuestion) {
      return complain(number, "an answer without a question");
    }
    std::string row;
    for (const auto& token : tokensOf(text)) row += (row.empty() ? "" : " ") + token;
    steps.back().expected.push_back(row);
  }

  void readStep(const std::string& text, std::size_t number) {
    Step step;
    step.line = number;
    step.now = now_;
    if (text[0] == '?') {
      step.kind = Step::Kind::kQuestion;
      readQuestion(tokensOf(text.substr(1)), step);
    } else {
      auto arrow = text.rfind(" -> ");
      if (arrow == std::string::npos) return complain(number, "no -> and what is expected");
      step.expected = tokensOf(text.substr(arrow + 4));
      readCommand(text.substr(0, arrow), step);
    }
    parsed_.scenarios.back().steps.push_back(step);
  }

  void readQuestion(const Tokens& tokens, Step& step) {
    step.question.capability = tokens.at(0);
    step.question.project = tokens.at(1);
    for (std::size_t i = 2; i < tokens.size(); ++i) {
      auto equals = tokens[i].find('=');
      std::string key = tokens[i].substr(0, equals);
      std::string value = tokens[i].substr(equals + 1);
      if (key == "at") step.question.at = value;
      if (key == "on") step.question.on = value;
      if (key == "from") step.question.from = value;
      if (key == "to") step.question.to = value;
      if (key == "as_of") step.as_of = value;
    }
  }

  void readCommand(const std::string& text, Step& step) {
    if (text.rfind("raw", 0) == 0) {
      step.json = text.size() > 4 ? text.substr(4) : "";
      return;
    }
    Tokens tokens = tokensOf(text);
    if (tokens.at(0).back() == ':') {
      step.label = tokens[0].substr(0, tokens[0].size() - 1);
      tokens.erase(tokens.begin());
    }
    std::map<std::string, std::string> fields;  // as JSON text
    fields["at"] = json(timeOf(tokens.at(0))).dump();
    fields["actor"] = json(textOf(tokens.at(1))).dump();
    fields["do"] = json(tokens.at(2)).dump();
    for (std::size_t i = 3; i < tokens.size(); ++i) {
      auto equals = tokens[i].find('=');
      std::string key = tokens[i].substr(0, equals);
      std::string value = tokens[i].substr(equals + 1);
      if (key.back() == ':') {
        fields[key.substr(0, key.size() - 1)] = value;
      } else {
        fields[key] = valueOf(key, value);
      }
    }
    for (const auto& [key, value] : fields) {
      step.json += (step.json.empty() ? "{\"" : ",\"") + key + "\":" + value;
    }
    step.json += "}";
  }

  // As written; a step counts from the command before.
  std::string timeOf(const std::string& token) {
    if (token == ".") return printTime(time_us_);
    if (auto step_us = stepOf(token)) {
      time_us_ += *step_us;
      return printTime(time_us_);
    }
    time_us_ = readTime(token).value_or(time_us_);
    return token;
  }

  ParsedScenarios parsed_;
  std::map<std::string, std::string> macros_;
  std::string now_;
  std::int64_t time_us_ = 0;
};

}  // namespace

ParsedScenarios parseScenarios(std::string_view text) { return Parser().parse(text); }

}  // namespace robotledger::model
