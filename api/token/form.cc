#include "api/token/form.h"

#include <algorithm>
#include <charconv>

namespace robotledger {
std::optional<std::string> percentDecoded(std::string_view text, Plus plus) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::kSpace) c = ' ';
    if (c == '%') {
      unsigned char byte = 0;
      const char* digits = text.data() + i + 1;
      if (text.size() - i < 3) return std::nullopt;
      const auto [end, error] = std::from_chars(digits, digits + 2, byte, 16);
      if (error != std::errc() || end != digits + 2) return std::nullopt;
      c = static_cast<char>(byte);
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    plain.push_back(c);
  }
  return plain;
}

std::size_t Form::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count(parameters, name, [](const auto& pair) { return pair.first; }));
}

std::optional<std::string> Form::one(std::string_view name) const {
  const auto values = all(name);
  if (values.size() != 1) return std::nullopt;
  return values.front();
}

std::vector<std::string> Form::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : parameters) {
    if (key == name) values.push_back(value);
  }
  return values;
}

std::optional<Form> parseForm(std::string_view text) {
  Form form;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (part.empty()) continue;
    if (form.parameters.size() == kMaxFormParameters) return std::nullopt;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = percentDecoded(part.substr(0, equals), Plus::kSpace);
    auto value = percentDecoded(part.substr(std::min(equals + 1, part.size())), Plus::kSpace);
    if (!name || !value) return std::nullopt;
    form.parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return form;
}

}  // namespace robotledger
