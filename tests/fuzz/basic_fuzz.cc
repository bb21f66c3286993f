#include "api/http/basic.h"
#include "core/base/base64.h"
#include "core/base/check.h"
#include "tests/fuzz/tried.h"

namespace robotledger {

Tried tryBasic(BytesView bytes) {
  const auto basic = http::basicCredentials(bytes);
  if (!basic) return Tried::kRefused;
  for (const char c : basic->name) {
    RL_CHECK(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f && c != ':',
             "a name has neither colons nor control characters");
  }
  const auto again = http::basicCredentials("Basic " + toBase64(basic->name + ":" + basic->secret));
  RL_CHECK(again && again->name == basic->name && again->secret == basic->secret,
           "credentials survive being written");
  return Tried::kTaken;
}

}  // namespace robotledger
