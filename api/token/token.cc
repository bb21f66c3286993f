#include "api/token/token.h"

#include "api/json/json_text.h"
#include "core/base/random.h"

namespace robotledger {
namespace {

constexpr std::size_t kTokenNumberBytes = 16;

Json accessJson(const std::vector<ResourceScope>& access) {
  Json json = Json::array();
  for (const ResourceScope& scope : access) {
    json.push_back({{"type", scope.type}, {"name", scope.name}, {"actions", scope.actions}});
  }
  return json;
}

}  // namespace

Result<std::string> signToken(const TokenKey& key, const TokenClaims& claims) {
  const auto number = randomBytes(kTokenNumberBytes);
  if (!number) return number.error();
  const Json header{{"typ", "JWT"},
                    {"alg", "ES256"},
                    {"kid", key.publicKey().id},
                    {"x5c", Json::array({key.publicKey().certificate})}};
  const std::int64_t issued_s = claims.issued.us / kUsPerSecond;
  const Json body{{"iss", claims.issuer},
                  {"sub", claims.subject},
                  {"aud", claims.audience},
                  {"exp", issued_s + claims.lifetime_s},
                  {"nbf", issued_s},
                  {"iat", issued_s},
                  {"jti", toBase64Url(*number)},
                  {"robotledger_size", claims.decided_at.value},
                  {"access", accessJson(claims.access)}};
  std::string token = toBase64Url(jsonText(header)) + "." + toBase64Url(jsonText(body));
  const auto signature = key.sign(token);
  if (!signature) return signature.error();
  return token + "." + toBase64Url(*signature);
}

}  // namespace robotledger
