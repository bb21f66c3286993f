// Secrets that people choose: set, and checked.
#include "api/embed/commands.h"
#include "api/embed/core.h"
#include "api/login/chosen_secret.h"
#include "api/login/pepper.h"

namespace robotledger::v1 {
namespace {

Failure invalid(std::string what) { return {Code::kInvalidArgument, {}, std::move(what)}; }

// What the ledger keeps of it.
robotledger::Result<SecretHash> hashed(OpenLedger& ledger, std::string_view secret) {
  const auto pepper =
      ledger.ask([&](const View& view) { return ensurePepper(pepperPath(ledger.path()), view); });
  if (!pepper) return pepper.error();
  return hashChosen(secret, (*pepper)->text());
}

LoginResult resultOf(LoginRefused refused) {
  switch (refused) {
    case LoginRefused::kDisabled: return LoginResult::kDisabled;
    case LoginRefused::kExpired: return LoginResult::kExpired;
    case LoginRefused::kUnknown: return LoginResult::kUnknownAccount;
    default: return LoginResult::kWrongSecret;
  }
}

// A command that carries a hash, which is another at every attempt: a key could not tell two
// secrets from one.
template <class Make>
Result<v1::Receipt> setChosen(Core& core, std::string_view secret, const By& by, const Make& make) {
  if (!by.idempotency_key.empty()) return invalid("a chosen secret is set without a key");
  auto hash = hashed(core.open(), secret);
  if (!hash) return failureOf(hash.error());
  Prepared prepared;
  prepared.submission.context = contextOf(by, core.program());
  make(prepared, *std::move(hash));
  return carryOut(core, std::move(prepared));
}

}  // namespace

Result<v1::Receipt> Ledger::setOperatorPassword(const std::string& name, std::string_view password,
                                                const By& by) {
  return guarded([&]() -> Result<v1::Receipt> {
    if (auto wrong = wrongPassword(password)) return invalid("the password: " + *wrong);
    return setChosen(*core_, password, by, [&](Prepared& prepared, SecretHash hash) {
      prepared.submission.command = robotledger::SetOperatorPassword{name, std::move(hash)};
    });
  });
}

Result<v1::Receipt> Ledger::setSecret(const std::string& account, std::string_view secret,
                                      const By& by) {
  return guarded([&]() -> Result<v1::Receipt> {
    if (auto wrong = wrongChosenSecret(secret)) return invalid("the secret: " + *wrong);
    const auto ref = accountRef(account);
    if (!ref) return failureOf(ref.error());
    return setChosen(*core_, secret, by, [&](Prepared& prepared, SecretHash hash) {
      prepared.account = ref->name;
      prepared.submission.command = robotledger::RotateSecret{*ref, std::move(hash)};
    });
  });
}

Result<Login> Ledger::checkLogin(const std::string& login, const std::string& secret,
                                 const std::string& address) {
  return guarded([&]() -> Result<Login> {
    const auto logins = core_->logins();
    if (!logins) return failureOf(logins.error());
    const LoginAttempt attempt{login, secret, address, SystemClock().now()};
    auto checked = (*logins)->quick(attempt);
    if (!checked) checked = (*logins)->slow(attempt);
    if (const auto* robot = std::get_if<RobotLogin>(&*checked)) {
      return Login{LoginResult::kWelcome, {robot->principal.account.value, robot->principal.slot}};
    }
    const auto* refused = std::get_if<LoginRefused>(&*checked);
    if (refused == nullptr) return Login{};  // an operator is no robot
    if (*refused == LoginRefused::kSlowedDown || *refused == LoginRefused::kBusy) {
      return Failure{Code::kOverloaded,
                     {},
                     "too many logins fail or wait: try again in " +
                         std::to_string(retryAfterSeconds(*refused)) + " s"};
    }
    return Login{resultOf(*refused), {}};
  });
}

}  // namespace robotledger::v1
