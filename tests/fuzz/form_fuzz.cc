#include "api/token/form.h"
#include "core/base/check.h"
#include "tests/fuzz/tried.h"

namespace robotledger {
namespace {

// Every byte by its number.
std::string encoded(const std::string& text) {
  const std::string digits = toHex(text);
  std::string all;
  for (std::size_t i = 0; i < digits.size(); i += 2) all += "%" + digits.substr(i, 2);
  return all;
}

}  // namespace

Tried tryForm(BytesView bytes) {
  const auto form = parseForm(bytes);
  if (!form) return Tried::kRefused;
  RL_CHECK(form->parameters.size() <= kMaxFormParameters, "parameters are bounded");
  std::string text;
  for (const auto& [name, value] : form->parameters) {
    RL_CHECK((name + value).find('\0') == std::string::npos, "no text has a NUL");
    const std::size_t count = form->count(name);
    RL_CHECK(count > 0 && form->all(name).size() == count, "what is there is counted");
    RL_CHECK(form->one(name).has_value() == (count == 1), "one is what came once");
    text += encoded(name) + "=" + encoded(value) + "&";
  }
  const auto again = parseForm(text);
  RL_CHECK(again && again->parameters == form->parameters, "a form survives being written");
  return Tried::kTaken;
}

}  // namespace robotledger
