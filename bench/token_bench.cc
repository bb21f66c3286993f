// How much does a registry token cost beside its signature? The service's own handler, from a
// request with Basic credentials to the answer, without HTTP; beside it bare ES256 signatures by
// the same key, which nobody who issues such tokens can do without.
//
//   token_bench [--tokens N] [--accounts N] [--rounds N] [--dir DIR]
#include <variant>

#include "api/embed/open_ledger.h"
#include "api/http/token_routes.h"
#include "api/secret/secret.h"
#include "bench/harness.h"
#include "core/base/base64.h"

namespace robotledger::bench {
namespace {

constexpr std::string_view kScope = "repository:web/app:pull,push";

// A ledger with accounts in one project, and the token service on it.
class Service {
 public:
  Service(const std::string& directory, std::size_t accounts) {
    must(createLedger(directory, {.origin = "bench.example/robots"}));
    ledger_ = must(OpenLedger::open(directory, {.authorizer = AuthorizerUse::kKept}));
    submit(CreateProject{"web"});
    for (std::size_t i = 0; i < accounts; ++i) addAccount("ci" + std::to_string(i));
    const TokenKeyFiles files = tokenKeyFiles(directory);
    must(makeTokenKey(files, "bench.example/robots", clock_.now()));
    key_ = must(TokenKey::read(files));
    keys_ = must(
        TokenKeySet::open(directory + "/keys/token-keys.json", key_->publicKey(), clock_.now()));
    logins_ = must(LoginChecker::start(*ledger_->authorizer(), {.pepper = std::string(32, 'p')}));
    routes_ = std::make_unique<http::TokenRoutes>(
        http::TokenRoutes::Parts{.authorizer = *ledger_->authorizer(),
                                 .logins = *logins_,
                                 .key = *key_,
                                 .keys = *keys_,
                                 .clock = clock_,
                                 .used = {},
                                 .may_decide = {}});
    for (http::Route& route : routes_->routes()) {
      if (route.method == "GET" && route.path == "/service/token") get_ = route.handler;
    }
  }

  const TokenKey& key() const { return *key_; }

  std::size_t issue(std::size_t number) const {
    http::Request request;
    request.method = "GET";
    request.path = "/service/token";
    request.query = "service=bench.example/robots&scope=" + std::string(kScope);
    request.headers = {{"Authorization", credentials_[number % credentials_.size()]}};
    request.address = "127.0.0.1";
    const http::Handled handled = get_(request);
    const auto* answer = std::get_if<http::Response>(&handled);
    if (answer == nullptr || answer->status != 200) fail("no token");
    return answer->body.size();
  }

 private:
  void submit(Command command) const {
    Submission submission{.command = std::move(command), .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"bench"};
    const Outcome outcome = must(ledger_->ledger().submit(std::move(submission)));
    if (const auto* refusal = std::get_if<Refusal>(&outcome)) fail(refusal->message);
  }
  void addAccount(const std::string& name) {
    const auto secret = must(makeSecret());
    submit(CreateAccount{.project = "web",
                         .name = name,
                         .permissions = {{std::nullopt, "push-image"}},
                         .secret = hashOf(secret->text())});
    credentials_.push_back("Basic " + toBase64("robot$web+" + name + ":" + secret->text()));
  }

  SystemClock clock_;
  std::unique_ptr<OpenLedger> ledger_;
  std::unique_ptr<TokenKey> key_;
  std::unique_ptr<TokenKeySet> keys_;
  std::unique_ptr<LoginChecker> logins_;
  std::unique_ptr<http::TokenRoutes> routes_;
  http::Handler get_;
  std::vector<std::string> credentials_;
};

int run(const Arguments& arguments) {
  const std::size_t tokens = arguments.number("tokens", quick() ? 200 : 20000);
  const std::size_t rounds = arguments.number("rounds", quick() ? 1 : 5);
  const WorkDirectory work(arguments);
  const Service service(work.path() + "/ledger", arguments.number("accounts", quick() ? 10 : 1000));
  // As long as what a token signs.
  const std::string signed_text(900, 'x');
  std::vector<double> issued;
  std::vector<double> signed_bare;
  std::size_t bytes = 0;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const double before_tokens = processorSeconds();
    for (std::size_t i = 0; i < tokens; ++i) bytes += service.issue(i);
    const double between = processorSeconds();
    for (std::size_t i = 0; i < tokens; ++i) bytes += must(service.key().sign(signed_text)).size();
    const double after = processorSeconds();
    // The first round warms up.
    if (round == 0) continue;
    issued.push_back(static_cast<double>(tokens) / (between - before_tokens));
    signed_bare.push_back(static_cast<double>(tokens) / (after - between));
  }
  std::printf("%zu bytes of tokens and signatures\n", bytes);
  report({"tokens in process, a core", withUnit(median(issued), "/s"),
          withUnit(median(signed_bare), " bare signatures/s"), median(issued) / median(signed_bare),
          ">= 10000/s", "none"});
  return 0;
}

}  // namespace
}  // namespace robotledger::bench

int main(int argc, char** argv) {
  return robotledger::bench::run(robotledger::bench::Arguments(argc, argv));
}
