#include "core/domain/names.h"

#include "core/domain/text.h"

namespace robotledger {

std::string qualifiedName(std::string_view project, std::string_view name) {
  std::string text(kRobotPrefix);
  if (!project.empty()) {
    text += project;
    text += '+';
  }
  text += name;
  return text;
}

std::optional<QualifiedName> parseQualifiedName(std::string_view text) {
  if (!text.starts_with(kRobotPrefix)) return std::nullopt;
  text.remove_prefix(kRobotPrefix.size());
  QualifiedName name;
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    name.project = text.substr(0, plus);
    if (!isName(name.project)) return std::nullopt;
    text.remove_prefix(plus + 1);
  }
  name.name = text;
  if (!isName(name.name)) return std::nullopt;
  return name;
}

std::string_view projectIn(std::string_view text) {
  if (!text.starts_with(kRobotPrefix)) return {};
  text.remove_prefix(kRobotPrefix.size());
  const std::size_t plus = text.find('+');
  return plus == std::string_view::npos ? std::string_view() : text.substr(0, plus);
}

}  // namespace robotledger
