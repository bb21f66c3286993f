// What `robotledger serve` has beside the ledger and the server: who logs in, tokens and their key,
// sessions, when accounts were last used; and their routes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/embed/open_ledger.h"
#include "api/http/exchange.h"
#include "api/http/log_routes.h"
#include "api/http/metrics.h"
#include "api/http/operator_parts.h"
#include "api/http/sessions.h"
#include "api/http/token_routes.h"
#include "api/login/last_used.h"
#include "api/login/login.h"

namespace robotledger {

class ServeParts {
 public:
  struct Options {
    // They follow the ledger, and have all that is in it.
    const LivingAccounts& living;
    http::HeadWatch& watch;
    // Whether the ledger is poisoned. Any thread; quick.
    std::function<bool()> poisoned;
    // Told in one line what went wrong and can go on. Any thread.
    std::function<void(const std::string&)> tell;
    // Whether proxies speak for clients here, so that an address of this host says nothing.
    enum class Proxies : std::uint8_t { kNone, kTrusted };
    Proxies proxies = Proxies::kNone;
    http::LogReaders log_readers = http::LogReaders::kReaders;
  };

  // The ledger keeps an authorizer, and outlives this. Makes the key for tokens and the pepper
  // where there are none and none is missed. Errors as reading them has them.
  static Result<std::unique_ptr<ServeParts>> open(OpenLedger& ledger, Options options);
  ServeParts(const ServeParts&) = delete;
  ServeParts& operator=(const ServeParts&) = delete;
  ~ServeParts() = default;

  // This outlives them, and the metrics' last text.
  std::vector<http::Route> routes() const;
  void addMetrics(http::Metrics& metrics);

  // The handler, for programs of this host, and for operators who may read everything. A proxy on
  // this host that says for whom it speaks is none of them.
  http::Handler forThoseWhoWatch(http::Handler handler) const;

 private:
  ServeParts(OpenLedger& ledger, Options options);
  Result<void> openKeys();
  Result<void> openLogins();
  Result<void> openLastUsed();

  OpenLedger& ledger_;
  Options options_;
  mutable SystemClock clock_;
  // In the order of what stands on what.
  std::unique_ptr<TokenKey> key_;
  std::unique_ptr<TokenKeySet> keys_;
  std::unique_ptr<LastUsed> last_used_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<SecretText> pepper_;
  std::unique_ptr<http::SignIn> sign_in_;
  std::unique_ptr<http::OperatorParts> for_operators_;
  std::unique_ptr<http::TokenRoutes> tokens_;
  // The last: its threads may be answering for those above until it has ended.
  std::unique_ptr<LoginChecker> logins_;
};

}  // namespace robotledger
