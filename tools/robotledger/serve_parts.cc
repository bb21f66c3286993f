#include "tools/robotledger/serve_parts.h"

#include <algorithm>
#include <unordered_set>

#include "api/http/address.h"
#include "api/http/audit_routes.h"
#include "api/http/event_streams.h"
#include "api/http/evidence_routes.h"
#include "api/http/harbor_audit.h"
#include "api/http/harbor_projects.h"
#include "api/http/harbor_robots.h"
#include "api/http/harbor_system.h"
#include "api/http/ledger_routes.h"
#include "api/http/openapi.h"
#include "api/login/pepper.h"

namespace robotledger {
namespace {

// By which a proxy says that it is one.
constexpr const char* kForwardingHeaders[] = {"X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"};

}  // namespace

ServeParts::ServeParts(OpenLedger& ledger, Options options)
    : ledger_(ledger), options_(std::move(options)) {}

Result<std::unique_ptr<ServeParts>> ServeParts::open(OpenLedger& ledger, Options options) {
  std::unique_ptr<ServeParts> parts(new ServeParts(ledger, std::move(options)));
  if (auto opened = parts->openLogins(); !opened) return opened.error();
  if (auto opened = parts->openKeys(); !opened) return opened.error();
  if (auto opened = parts->openLastUsed(); !opened) return opened.error();
  const Authorizer& authorizer = *ledger.authorizer();
  parts->sessions_ = std::make_unique<Sessions>(authorizer);
  parts->sign_in_ =
      std::make_unique<http::SignIn>(http::SignIn::Parts{.authorizer = authorizer,
                                                         .logins = *parts->logins_,
                                                         .sessions = *parts->sessions_,
                                                         .clock = parts->clock_});
  parts->for_operators_ =
      std::make_unique<http::OperatorParts>(http::OperatorParts{.ledger = ledger,
                                                                .authorizer = authorizer,
                                                                .living = parts->options_.living,
                                                                .watch = parts->options_.watch,
                                                                .sign_in = *parts->sign_in_,
                                                                .pepper = *parts->pepper_,
                                                                .last_used = *parts->last_used_,
                                                                .clock = parts->clock_});
  // A copy does not hear of what happens in the ledger that it is a copy of.
  const bool is_copy = ledger.verifierKey() && !ledger.signer();
  parts->tokens_ = std::make_unique<http::TokenRoutes>(http::TokenRoutes::Parts{
      .authorizer = authorizer,
      .logins = *parts->logins_,
      .key = *parts->key_,
      .keys = *parts->keys_,
      .clock = parts->clock_,
      .used = [last_used = parts->last_used_.get()](
                  Principal who, const std::string& address,
                  Instant now) { last_used->note(who.account, address, now); },
      .may_decide = [is_copy,
                     poisoned = parts->options_.poisoned] { return !is_copy && !poisoned(); }});
  return parts;
}

Result<void> ServeParts::openLogins() {
  auto pepper =
      ledger_.ask([&](const View& view) { return ensurePepper(pepperPath(ledger_.path()), view); });
  if (!pepper) return pepper.error();
  auto logins = LoginChecker::start(*ledger_.authorizer(), {.pepper = (*pepper)->text()});
  pepper_ = *std::move(pepper);
  if (!logins) return logins.error();
  logins_ = *std::move(logins);
  return {};
}

Result<void> ServeParts::openKeys() {
  const TokenKeyFiles files = tokenKeyFiles(ledger_.path());
  const Instant now = clock_.now();
  if (auto made = makeTokenKey(files, ledger_.authorizer()->origin(), now); !made) {
    return made.error();
  }
  auto key = TokenKey::read(files);
  if (!key) return key.error();
  key_ = *std::move(key);
  auto keys = TokenKeySet::open(ledger_.path() + "/keys/token-keys.json", key_->publicKey(), now);
  if (!keys) return keys.error();
  keys_ = *std::move(keys);
  return {};
}

Result<void> ServeParts::openLastUsed() {
  std::unordered_set<AccountId> living;
  const auto looked = ledger_.ledger().inspect([&](const State& state) {
    for (const auto& [id, account] : state.accounts()) living.insert(id);
  });
  if (!looked) return looked.error();
  LastUsed::Options options;
  options.lives = [&living](AccountId id) { return living.contains(id); };
  options.tell = options_.tell;
  auto opened = LastUsed::open(lastUsedPath(ledger_.path()), std::move(options));
  if (!opened) return opened.error();
  last_used_ = *std::move(opened);
  return {};
}

std::vector<http::Route> ServeParts::routes() const {
  std::vector<http::Route> routes = tokens_->routes();
  const auto add = [&routes](std::vector<http::Route> more) {
    for (http::Route& route : more) routes.push_back(std::move(route));
  };
  add(sign_in_->routes());
  add(http::harborRobotRoutes(*for_operators_));
  add(http::harborProjectRoutes(*for_operators_));
  add(http::harborSystemRoutes(*for_operators_));
  add(http::harborAuditRoutes(*for_operators_));
  add(http::auditRoutes(*for_operators_));
  add(http::openapiRoutes());
  add(http::eventStreamRoutes(*for_operators_));
  add(http::evidenceRoutes(*for_operators_));
  add(http::ledgerRoutes(*for_operators_));
  add(http::logRoutes(*for_operators_, options_.log_readers));
  return routes;
}

http::Handler ServeParts::forThoseWhoWatch(http::Handler handler) const {
  return [this, handler = std::move(handler)](const http::Request& request) -> http::Handled {
    const auto client = http::parseAddress(request.address);
    const bool speaks_for_itself = std::ranges::none_of(
        kForwardingHeaders, [&](const char* name) { return request.header(name).has_value(); });
    const bool signs_in = request.header("Authorization") || request.header("Cookie");
    if (options_.proxies == Options::Proxies::kNone && client && client->isLoopback() &&
        speaks_for_itself && !signs_in) {
      return handler(request);
    }
    return sign_in_->identify(
        request, [handler](const http::Request& asked, const http::SignedIn& by) -> http::Handled {
          const auto& roles = by.who.roles;
          if (roles.contains(Role::kAuditor) || roles.contains(Role::kSystemAdmin)) {
            return handler(asked);
          }
          return http::errorAnswer(403, "FORBIDDEN", "this is for auditors and administrators");
        });
  };
}

void ServeParts::addMetrics(http::Metrics& metrics) {
  metrics.gauge("robotledger_token_certificate_expiry_timestamp_seconds",
                "When the certificate of the key for tokens ends, in seconds of UNIX time.",
                [this] { return static_cast<double>(key_->certificateEnd().us / kUsPerSecond); });
  metrics.gauge("robotledger_sessions", "Sessions of operators that are open.",
                [this] { return static_cast<double>(sessions_->size()); });
  metrics.counters(
      "robotledger_tokens_issued_total", "Tokens that were issued.",
      [this](const http::Emit& emit) { emit({}, static_cast<double>(tokens_->issued())); });
  metrics.counters("robotledger_logins_total", "Logins that were checked, by how that ended.",
                   [this](const http::Emit& emit) {
                     for (const auto& [outcome, count] : logins_->counts()) {
                       emit({{"outcome", std::string(outcome)}}, static_cast<double>(count));
                     }
                   });
}

}  // namespace robotledger
