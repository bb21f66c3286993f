#include "api/http/token_routes.h"

#include <algorithm>
#include <filesystem>

#include "api/json/json_text.h"
#include "tests/api/http/handled.h"
#include "tests/api/token/token_testing.h"

namespace robotledger::http {
namespace {

class FixedClock final : public Clock {
 public:
  Instant now() override { return at; }
  Instant at;
};

// A ledger with robots, and the routes over it.
class TokenService : public testing::Test {
 protected:
  TokenService() {
    const TokenKeyFiles files = tokenKeyFiles(ledger_.path());
    auto key = TokenKey::read(files);
    EXPECT_TRUE(key) << key.error().message;
    key_ = *std::move(key);
    auto keys = TokenKeySet::open(ledger_.folder / "keys.json", key_->publicKey(), ledger_.now);
    EXPECT_TRUE(keys);
    keys_ = *std::move(keys);
    clock_.at = ledger_.now;
    routes_ = std::make_unique<TokenRoutes>(
        TokenRoutes::Parts{.authorizer = ledger_.authorizer(),
                           .logins = *ledger_.logins,
                           .key = *key_,
                           .keys = *keys_,
                           .clock = clock_,
                           .used = [this](Principal, const std::string& address,
                                          Instant) { used_from_.push_back(address); },
                           .may_decide = [this] { return may_decide_; }});
  }

  std::string newRobot(const std::string& name, std::vector<PermissionRequest> permissions) {
    const std::string secret = newSecret();
    ledger_.submit(CreateAccount{.project = "web",
                                 .name = name,
                                 .permissions = std::move(permissions),
                                 .secret = hashOf(secret)});
    return secret;
  }
  static PermissionRequest can(const std::string& capability) {
    return {.scope = std::nullopt, .capability = capability};
  }
  static Header basic(const std::string& name, const std::string& secret) {
    return {"Authorization", "Basic " + toBase64(name + ":" + secret)};
  }
  Response ask(const std::string& method, const std::string& path, const std::string& query,
               std::vector<Header> headers, const std::string& body = "") const {
    for (const Route& route : routes_->routes()) {
      if (route.method != method || route.path != path) continue;
      Handled handled = route.handler({.method = method,
                                       .path = path,
                                       .query = query,
                                       .headers = std::move(headers),
                                       .body = body,
                                       .address = "10.0.0.7",
                                       .request_id = "1"});
      return answerOf(std::move(handled));
    }
    ADD_FAILURE() << "there is no route " << method << " " << path;
    return {};
  }
  Response get(const std::string& query, const Header& who) const {
    return ask("GET", "/service/token", query, {who});
  }
  Response post(const std::string& body) const {
    return ask("POST", "/service/token", "", {{"Content-Type", std::string(kForm)}}, body);
  }
  // The access of a token that is given for the scopes: "web/app:pull,push web/x:".
  std::string granted(const std::string& secret, const std::string& scopes,
                      const std::string& name = "robot$web+made") const {
    const Response answer = get("service=" + service() + "&scope=" + scopes, basic(name, secret));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return accessIn(Json::parse(answer.body).at("token"));
  }
  static std::string accessIn(const std::string& token) {
    std::string text;
    const Json body = Json::parse(partsOf(token).body);
    for (const Json& access : body.at("access")) {
      text += (text.empty() ? "" : " ") + access.at("name").get<std::string>() + ":";
      for (const Json& action : access.at("actions")) {
        if (!text.ends_with(':')) text += ",";
        text += action.get<std::string>();
      }
    }
    return text;
  }
  static std::string service() { return "logins.example/robots"; }

  static constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  LoginLedger ledger_;
  FixedClock clock_;
  std::unique_ptr<TokenKey> key_;
  std::unique_ptr<TokenKeySet> keys_;
  bool may_decide_ = true;
  std::vector<std::string> used_from_;
  std::unique_ptr<TokenRoutes> routes_;
};

TEST_F(TokenService, GivesATokenAsDockerLoginAsks) {
  const Response answer =
      get("account=someone&client_id=docker&offline_token=true&service=" + service(),
          basic("robot$made", ledger_.secret));
  ASSERT_EQ(answer.status, 200);
  const Json json = Json::parse(answer.body);
  EXPECT_EQ(json.at("token"), json.at("access_token"));
  EXPECT_EQ(json.at("expires_in"), 300);
  EXPECT_EQ(parseInstant(json.at("issued_at").get<std::string>())->us,
            clock_.at.us - clock_.at.us % kUsPerSecond);
  const Json claims = Json::parse(partsOf(json.at("token")).body);
  EXPECT_EQ(claims.at("sub"), "robot$web+made");  // never the account parameter
  EXPECT_EQ(claims.at("iss"), "logins.example/robots");
  EXPECT_EQ(claims.at("aud"), service());
  EXPECT_EQ(claims.at("access"), Json::array());
  EXPECT_EQ(claims.at("robotledger_size"), ledger_.authorizer().size().value);
  EXPECT_EQ(answer.who, "robot$web+made");
  EXPECT_EQ(used_from_, (std::vector<std::string>{"10.0.0.7"}));
}

TEST_F(TokenService, GivesATokenAsHelmPosts) {
  const std::string secret = newRobot("charts", {can("push-chart")});
  const Response answer = post(
      "grant_type=password&service=" + service() + "&client_id=helm&username=robot%24charts" +
      "&password=" + secret +
      "&scope=repository%3Aweb%2Fcharts%2Fx%3Apull+repository%3Aweb%2Fcharts%2Fx%3Apull%2Cpush");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const Json json = Json::parse(answer.body);
  EXPECT_FALSE(json.contains("token"));
  EXPECT_EQ(json.at("scope"), "repository:web/charts/x:pull,push");
  EXPECT_EQ(accessIn(json.at("access_token")), "web/charts/x:pull,push");
}

TEST_F(TokenService, GrantsWhatIsAskedAndHeld) {
  const std::string pusher = newRobot("pusher", {can("push-image"), can("repository:delete")});
  const auto as_pusher = [&](const std::string& scopes) {
    return granted(pusher, scopes, "robot$web+pusher");
  };
  EXPECT_EQ(granted(ledger_.secret, "repository:web/app:pull,push"), "web/app:pull");
  EXPECT_EQ(as_pusher("repository:web/app:pull,push"), "web/app:pull,push");
  EXPECT_EQ(as_pusher("repository:web/app:push"), "web/app:push");
  EXPECT_EQ(as_pusher("repository:web/app:*"), "web/app:pull,push,delete");
  EXPECT_EQ(as_pusher("repository:web:pull"), "web:pull");
  EXPECT_EQ(as_pusher("repository:other/app:pull"), "other/app:");
  EXPECT_EQ(as_pusher("repository:web/app:fly"), "web/app:");
  EXPECT_EQ(as_pusher("repository:Web/App:pull"), "Web/App:");
  EXPECT_EQ(as_pusher("registry:catalog:*"), "catalog:");
  EXPECT_EQ(as_pusher("repository(plugin):web/app:pull"), "web/app:");
  EXPECT_EQ(as_pusher("repository:web/app:pull&scope=repository:x/y:pull"), "web/app:pull x/y:");
}

TEST_F(TokenService, TellsChartsFromImagesByTheirPlace) {
  const std::string images = newRobot("images", {can("push-image")});
  const std::string charts = newRobot("charts", {can("push-chart")});
  const std::string readers = newRobot("readers", {can("pull-chart"), can("repository:delete")});
  const std::string all =
      "repository:web/charts/x:*+repository:web/x:*+repository:web/charts:*+"
      "repository:web/chartsx/y:*+artifact-repository:web/x:*";
  EXPECT_EQ(granted(images, all, "robot$web+images"),
            "web/charts/x: web/x:pull,push web/charts:pull,push web/chartsx/y:pull,push web/x:");
  // Pulling images is always there, and is none of charts.
  EXPECT_EQ(granted(charts, all, "robot$web+charts"),
            "web/charts/x:pull,push web/x:pull web/charts:pull web/chartsx/y:pull web/x:pull,push");
  EXPECT_EQ(granted(readers, all, "robot$web+readers"),
            "web/charts/x:pull,delete web/x:pull,delete web/charts:pull,delete "
            "web/chartsx/y:pull,delete web/x:pull,delete");
  ledger_.submit(ChangeServiceSettings{{300, "", ""}});
  EXPECT_EQ(granted(images, "repository:web/charts/x:*", "robot$web+images"),
            "web/charts/x:pull,push");
  EXPECT_EQ(granted(charts, "repository:web/charts/x:*", "robot$web+charts"), "web/charts/x:pull");
}

TEST_F(TokenService, FollowsWhatIsAcknowledged) {
  const Header who = basic(ledger_.made, ledger_.secret);
  EXPECT_EQ(get("", who).status, 200);
  ledger_.submit(DisableAccount{ledger_.account(ledger_.made)});
  EXPECT_EQ(get("", who).status, 401);
  ledger_.submit(EnableAccount{ledger_.account(ledger_.made)});
  EXPECT_EQ(get("", who).status, 200);
  const std::string secret = newSecret();
  ledger_.submit(RotateSecret{ledger_.account(ledger_.made), hashOf(secret)});
  EXPECT_EQ(get("", who).status, 401);
  EXPECT_EQ(get("", basic(ledger_.made, secret)).status, 200);
  clock_.at.us += 31 * 86400 * kUsPerSecond;
  EXPECT_EQ(get("", basic(ledger_.made, secret)).status, 401);
  clock_.at = ledger_.now;
  ledger_.submit(DeleteAccount{ledger_.account(ledger_.made)});
  EXPECT_EQ(get("", basic(ledger_.made, secret)).status, 401);
}

TEST_F(TokenService, TakesItsSettingsFromTheLedger) {
  ledger_.submit(ChangeServiceSettings{{60, "charts", "registry.example"}});
  const Header who = basic(ledger_.made, ledger_.secret);
  EXPECT_EQ(get("service=" + service(), who).status, 400);
  const Response answer = get("service=registry.example", who);
  ASSERT_EQ(answer.status, 200);
  const Json json = Json::parse(answer.body);
  EXPECT_EQ(json.at("expires_in"), 60);
  const Json claims = Json::parse(partsOf(json.at("token")).body);
  EXPECT_EQ(claims.at("aud"), "registry.example");
  EXPECT_EQ(claims.at("exp").get<int>() - claims.at("iat").get<int>(), 60);
}

TEST_F(TokenService, RefusesLoginsWithTheSameBytesWhateverTheReason) {
  const std::string disabled = newRobot("off", {});
  ledger_.submit(DisableAccount{ledger_.account("robot$web+off")});
  std::string typo = ledger_.secret;
  typo[10] = typo[10] == 'a' ? 'b' : 'a';
  const std::pair<Header, std::string> attempts[] = {
      {basic("robot$web+nobody", "Chosen-secret-1"), "unknown"},
      {basic(ledger_.made, newSecret()), "wrong_secret"},
      {basic(ledger_.made, typo), "typo"},
      {basic("robot$web+off", disabled), "disabled"},
      {basic(ledger_.alice, kPassword), "operator"},
      {{"Authorization", "Basic !"}, "no_basic"},
      {{"Authorization", "Bearer x"}, "no_basic"},
      {{"Accept", "text/plain"}, "no_credentials"}};
  const Response first = get("", attempts[0].first);
  EXPECT_EQ(first.status, 401);
  const auto challenges = std::ranges::count(first.headers, "WWW-Authenticate", &Header::name);
  EXPECT_EQ(challenges, 1);
  for (const auto& [who, why] : attempts) {
    for (const bool is_token : {true, false}) {
      const Response answer =
          is_token ? get("", who)
                   : ask("GET", "/authorize", "capability=pull-image&project=web", {who});
      EXPECT_EQ(answer.status, 401) << why;
      EXPECT_EQ(answer.body, first.body) << why;
      EXPECT_EQ(answer.why, why);
      ASSERT_EQ(answer.headers.size(), first.headers.size()) << why;
      for (std::size_t i = 0; i < answer.headers.size(); ++i) {
        EXPECT_EQ(answer.headers[i].name, first.headers[i].name) << why;
        EXPECT_EQ(answer.headers[i].value, first.headers[i].value) << why;
      }
    }
  }
  const Header twice = basic(ledger_.made, ledger_.secret);
  EXPECT_EQ(ask("GET", "/service/token", "", {twice, twice}).status, 401);
}

TEST_F(TokenService, RefusesWhatIsNoRequestForAToken) {
  const Header who = basic(ledger_.made, ledger_.secret);
  for (const char* wrong : {"service=other", "service=a&service=a", "scope=web", "a=%"}) {
    EXPECT_EQ(get(wrong, who).status, 400) << wrong;
  }
  const std::string fields = "&username=robot%24made&password=" + ledger_.secret;
  EXPECT_EQ(post("grant_type=password" + fields).status, 200);
  const Response refresh = post("grant_type=refresh_token" + fields);
  EXPECT_EQ(refresh.status, 400);
  EXPECT_NE(refresh.body.find("unsupported_grant_type"), std::string::npos);
  EXPECT_EQ(post(fields).status, 400);
  EXPECT_EQ(post("grant_type=password&service=other" + fields).status, 400);
  EXPECT_EQ(post("grant_type=password&scope=x" + fields).status, 400);
  EXPECT_EQ(post("grant_type=password&a=%" + fields).status, 400);
  EXPECT_EQ(post("grant_type=password&username=robot%24made").status, 401);
  EXPECT_EQ(post("grant_type=password&password=x" + fields).status, 401);
  EXPECT_EQ(ask("POST", "/service/token", "", {{"Content-Type", "application/json"}},
                "grant_type=password" + fields)
                .status,
            400);
}

TEST_F(TokenService, StopsWhereTheLedgerCannotTell) {
  may_decide_ = false;
  const Header who = basic(ledger_.made, ledger_.secret);
  EXPECT_EQ(get("", who).status, 503);
  EXPECT_EQ(ask("GET", "/authorize", "capability=pull-image&project=web", {who}).status, 503);
}

TEST_F(TokenService, ForwardsWhatTheProxyAsksAndNothingElse) {
  const Header who = basic(ledger_.made, ledger_.secret);
  const auto status = [&](const std::string& query) {
    return ask("GET", "/authorize", query, {who}).status;
  };
  EXPECT_EQ(status("capability=pull-image&project=web"), 200);
  EXPECT_EQ(status("project=web&capability=repository%3Apull"), 200);
  EXPECT_EQ(status("capability=push-image&project=web"), 403);
  EXPECT_EQ(status("capability=pull-image&project=other"), 403);
  EXPECT_EQ(status("capability=robot:create&project=/"), 403);
  for (const char* wrong :
       {"", "capability=pull-image", "project=web", "capability=fly&project=web",
        "capability=pull-image&project=Web", "capability=pull-image&project=",
        "capability=pull-image&project=web&project=web", "capability=pull-image&project=web&x=1",
        "capability=pull-image&capability=pull-image&project=web",
        "capability=pull-image&project=web/x", "capability=pull-image&project=*"}) {
    EXPECT_EQ(status(wrong), 400) << wrong;
  }
  // What Envoy appends is the client's, and is not read.
  EXPECT_EQ(status("capability=pull-image&project=web&original=/x?project=other&capability=fly&%"),
            200);
  const Response answer = ask("DELETE", "/authorize", "capability=pull-image&project=web", {who});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.front().value, "robot$web+made");
}

TEST_F(TokenService, DoesNotTellAProjectThatIsNotThereFromOneThatIsNotHis) {
  ledger_.submit(CreateProject{"other"});
  const Header who = basic(ledger_.made, ledger_.secret);
  const Response not_his = ask("GET", "/authorize", "capability=pull-image&project=other", {who});
  const Response not_there =
      ask("GET", "/authorize", "capability=pull-image&project=nowhere", {who});
  EXPECT_EQ(not_his.body, not_there.body);
  EXPECT_EQ(not_his.why, "not_granted");
  EXPECT_EQ(not_there.why, "no_project");
}

TEST_F(TokenService, TellsTheRegistryWhomToTrust) {
  EXPECT_EQ(registryConfigText({.realm = "https://ledger.example/service/token",
                                .service = tokenServiceName({}, "logins.example/robots"),
                                .issuer = "logins.example/robots",
                                .certificate = "/keys/token-cert.pem"}),
            "auth:\n  token:\n    realm: \"https://ledger.example/service/token\"\n"
            "    service: \"logins.example/robots\"\n    issuer: \"logins.example/robots\"\n"
            "    # The registry's user has to be able to read it: name a copy that he can.\n"
            "    rootcertbundle: \"/keys/token-cert.pem\"\n");
  const Response keys = ask("GET", "/service/keys", "", {});
  EXPECT_EQ(Json::parse(keys.body).at("keys").at(0).at("kid"), key_->publicKey().id);
}

}  // namespace
}  // namespace robotledger::http
