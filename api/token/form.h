// The parameters of a query or of a form's body, application/x-www-form-urlencoded.
//
//   auto form = parseForm("service=registry&scope=a&scope=b");
//   form->one("service")     "registry"
//   form->all("scope")       {"a", "b"}
//
// Strict where others guess: a '%' that begins no two hexadecimal digits, or a NUL, is no form.
// https://url.spec.whatwg.org/#application/x-www-form-urlencoded
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace robotledger {

inline constexpr std::size_t kMaxFormParameters = 64;

class Form {
 public:
  // Names and values, decoded, in the order in which they came. A secret among them is the
  // caller's to wipe.
  std::vector<std::pair<std::string, std::string>> parameters;

  // How often it came.
  std::size_t count(std::string_view name) const;
  // The value where it came just once; else nothing.
  std::optional<std::string> one(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;
};

// What a '+' stands for: itself in a path, a space in a form.
enum class Plus : std::uint8_t { kItself, kSpace };

// Without its percent-encoding, RFC 3986, section 2.1; nothing as above. Any thread.
std::optional<std::string> percentDecoded(std::string_view text, Plus plus);

// Nothing for what is no form, or has more parameters than kMaxFormParameters. Any thread.
std::optional<Form> parseForm(std::string_view text);

}  // namespace robotledger
