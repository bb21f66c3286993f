// The routes that robots use, and no others are for them: tokens for a registry, and the forward
// authorization for what is no registry.
//
//   GET  /service/token     Basic; service, scope (any number); 200 and a token
//   POST /service/token     a form with grant_type=password, username, password, service, scope
//   GET  /service/keys      the keys by which tokens are checked, RFC 7517
//   any  /authorize         Basic; capability, project; 200, 401 or 403
//
// The first two are the distribution project's token authentication:
// https://distribution.github.io/distribution/spec/auth/token/
// The token carries the intersection of what is asked and what is held, which may be nothing. Who
// logs in is told by the credentials, never by `account`. Unknown, wrong, disabled and expired are
// 401 with the same bytes, and differ in the log; an operator's password is none of a robot's.
//
// /authorize answers a proxy: nginx's auth_request, Traefik's ForwardAuth, Envoy's ext_authz. What
// is asked has to come from the proxy's configuration, never from the client: `capability` and
// `project` each just once, in a query that the client cannot add to. Envoy appends the path that
// the client asked for: its path_prefix ends with `&original=`, and what follows is not read.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/exchange.h"
#include "api/login/login.h"
#include "api/token/form.h"
#include "api/token/key_set.h"
#include "api/token/token_key.h"
#include "core/base/instant.h"
#include "projections/authorizer.h"

namespace robotledger::http {

// How the service calls itself, and what tokens are for: as it is set, else the ledger's origin.
std::string tokenServiceName(const Authorizer& authorizer);

// The registry's `auth` section, YAML: where it sends its clients, and whom it trusts.
std::string registryConfig(const Authorizer& authorizer, const std::string& realm,
                           const std::string& certificate);

class TokenRoutes {
 public:
  // They outlive it.
  struct Parts {
    const Authorizer& authorizer;
    LoginChecker& logins;
    const TokenKey& key;
    const TokenKeySet& keys;
    Clock& clock;
    // Told when an account used its secret with success. Any thread; quick. May be empty.
    std::function<void(Principal principal, const std::string& address, Instant now)> used;
    // Whether what is decided is still true: not so where the ledger can no longer tell. May be
    // empty.
    std::function<bool()> may_decide;
  };
  explicit TokenRoutes(Parts parts) : parts_(std::move(parts)) {}

  // This outlives them.
  std::vector<Route> routes() const;
  // How many tokens were issued. Any thread.
  std::uint64_t issued() const { return issued_.load(std::memory_order_relaxed); }

 private:
  struct Asked;
  using Then = std::function<Response(const RobotLogin& robot, Instant now)>;

  Handled getToken(const Request& request) const;
  Handled postToken(const Request& request) const;
  Handled keys() const;
  Handled authorize(const Request& request) const;

  Handled withBasic(const Request& request, Then then) const;
  Handled withLogin(LoginAttempt attempt, Then then) const;
  Response issue(const RobotLogin& robot, Instant now, const Asked& asked,
                 const std::string& address) const;
  Response decide(const RobotLogin& robot, Instant now, Capability capability,
                  const std::string& project, const std::string& address) const;

  Parts parts_;
  mutable std::atomic<std::uint64_t> issued_ = 0;
};

}  // namespace robotledger::http
