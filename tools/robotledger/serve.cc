// robotledger serve: the ledger over HTTP. Here the parts are wired: what listens, what is served,
// and what happens when the process is told to end.
#include <cstdlib>
#include <filesystem>

#include <sys/resource.h>

#include "api/control/control_server.h"
#include "api/http/listeners.h"
#include "api/http/operations.h"
#include "api/http/server.h"
#include "api/http/supervision.h"
#include "api/http/systemd.h"
#include "api/text/table.h"
#include "core/base/limits.h"
#include "core/base/secure.h"
#include "core/domain/text.h"
#include "tools/robotledger/commands.h"
#include "tools/robotledger/serve_options.h"
#include "tools/robotledger/serve_parts.h"

namespace robotledger {
namespace {

using http::Supervision;

// Descriptors that the process needs beside its connections: the databases' files above all.
constexpr std::size_t kOtherDescriptors = 1024;
// How long the last lines of a poisoned server may take to go out.
constexpr std::chrono::milliseconds kLastWords{300};

constexpr const char* kFooter =
    "A configuration file has the long names of these options, without the dashes, and also\n"
    "ledger, guard, key, as and reason; what is on the command line comes first:\n\n"
    "  listen = [\"10.0.0.5:8443\", \"127.0.0.1:8443\"]\n"
    "  tls-cert = \"/etc/robotledger/cert.pem\"\n"
    "  tls-key = \"/etc/robotledger/key.pem\"\n"
    "  trusted-proxy = [\"10.0.0.0/24\"]\n\n"
    "Sockets that systemd hands over (LISTEN_FDS) are served instead of --listen's default.\n"
    "SIGHUP reads the certificate and its key again; SIGTERM and SIGINT take no new request,\n"
    "answer those that are under way, for at most 10 seconds, and end with 0. Where a write may "
    "or\n"
    "may not be on disk, the server ends with 3 at once: started again, it finds out.\n\n"
    "It serves /service/token and /service/keys for registries, /authorize for proxies,\n"
    "/service/session for operators, /health, /health/live, /health/ready, and /metrics, for\n"
    "programs of this host (not where proxies are trusted), auditors and administrators. It logs a "
    "line of JSON for each\n"
    "request to standard error. A robot is refused everywhere but at the token service and\n"
    "/authorize. Other commands work on the ledger meanwhile, by way of\n"
    "control.sock in its directory.\n\n"
    "--service, --token-ttl and --charts-segment change what answers mean: a change is an event "
    "in\n"
    "the ledger, and stays until the next one.\n\n"
    "  robotledger serve\n"
    "  robotledger serve --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n"
    "  robotledger serve --config /etc/robotledger/serve.toml";

// As many descriptors as the system lets this process have, and with them how many connections.
std::size_t connectionsThatFit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kOtherDescriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min<rlim_t>(needed, limit.rlim_max);
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    (void)::getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  return limit.rlim_cur > 2 * kOtherDescriptors ? limit.rlim_cur - kOtherDescriptors
                                                : limit.rlim_cur / 2;
}

// What listens: the sockets that were handed over and those of --listen. An int is the exit code
// after what went wrong was said.
std::variant<std::vector<http::Listener>, int> openListeners(const ServeOptions& options,
                                                             ServeSettings settings) {
  std::vector<http::Listener> listeners;
  auto inherited = http::inheritedSockets();
  if (!inherited) return fail(inherited.error());
  for (Descriptor& socket : *inherited) {
    auto listener = http::adoptListener(std::move(socket));
    if (!listener) return fail(listener.error());
    if (const auto no = whyNotPlain(options, listener->endpoint)) return misuse(*no);
    listeners.push_back(std::move(*listener));
  }
  if (settings.listen.empty() && listeners.empty()) {
    settings.listen.push_back(*http::parseEndpoint(kDefaultListen));
  }
  for (const http::Endpoint& endpoint : settings.listen) {
    auto listener = http::listenOn(endpoint);
    if (!listener) return fail(listener.error());
    listeners.push_back(std::move(*listener));
  }
  return listeners;
}

// All that is served.
std::vector<http::Route> routesOf(OpenLedger& ledger, const ServeParts& parts,
                                  const Supervision& supervision, http::Metrics& metrics) {
  auto routes = http::operationsRoutes(metrics, [&]() -> std::optional<std::string> {
    if (supervision.isPoisoned()) return "nobody knows whether the last write is on disk";
    return http::whyNotReady(ledger);
  });
  for (http::Route& route : routes) {
    if (route.path == "/metrics") route.handler = parts.forThoseWhoWatch(std::move(route.handler));
  }
  for (http::Route& route : parts.routes()) routes.push_back(std::move(route));
  return routes;
}

void announce(const std::vector<http::Listener>& listeners, const ServeOptions& options,
              http::Log& log) {
  for (const http::Listener& listener : listeners) {
    const std::string url =
        (options.tls_cert.empty() ? "http://" : "https://") + listener.endpoint.text();
    print("Listening on {}\n", url);
    log.write(http::LogLevel::kInfo, "listening", {{"url", url}});
  }
  (void)flushOutput();
}

void reload(http::TlsKeys* keys, http::Log& log) {
  http::notifyReloading();
  if (keys != nullptr) {
    if (const auto reloaded = keys->reload(); !reloaded) {
      log.write(http::LogLevel::kError, "reload_failed",
                {{"why", reloaded.error().message + "; the certificate before stays"}});
    } else {
      log.write(http::LogLevel::kInfo, "reloaded");
    }
  }
  http::notifySupervisor("READY=1");
}

// Until the process is to end. Does not return where the ledger is poisoned: whatever it still has
// to do might wait for the disk that failed.
void serveUntilTold(Supervision& supervision, http::TlsKeys* keys, http::Log& log) {
  while (true) {
    switch (supervision.wait()) {
      case Supervision::Event::kReload: reload(keys, log); break;
      case Supervision::Event::kEnd: return;
      case Supervision::Event::kPoisoned:
        http::notifySupervisor("STOPPING=1");
        log.flush(kLastWords);
        std::_Exit(kExitFailed);
    }
  }
}

// What follows the ledger from its opening on.
struct Followers {
  LivingAccounts living;
  http::HeadWatch watch;
};

Result<void> catchUp(OpenLedger& ledger, Followers& followers) {
  return ledger.ledger().inspect([&](const State& state) {
    followers.living.load(state);
    followers.watch.grownTo(state.size());
  });
}

Result<std::unique_ptr<ServeParts>> openParts(OpenLedger& ledger, Followers& followers,
                                              const ServeOptions& options,
                                              const Supervision& supervision, http::Log& log) {
  return ServeParts::open(
      ledger,
      {.living = followers.living,
       .watch = followers.watch,
       .poisoned = [&] { return supervision.isPoisoned(); },
       .tell =
           [&](const std::string& note) {
             log.write(http::LogLevel::kWarning, "note", {{"why", note}});
           },
       .proxies = options.trusted_proxies.empty() ? ServeParts::Options::Proxies::kNone
                                                  : ServeParts::Options::Proxies::kTrusted,
       .log_readers = options.open_log ? http::LogReaders::kAnyone : http::LogReaders::kReaders});
}

int serveLedger(OpenLedger& ledger, Followers& followers, const ServeOptions& options,
                const ServeSettings& settings, std::vector<http::Listener> listeners,
                http::TlsKeys* keys, Supervision& supervision, http::Log& log) {
  const auto parts = openParts(ledger, followers, options, supervision, log);
  if (!parts) return fail(parts.error());
  const auto control = ControlServer::start(ledger, {});
  if (!control) return fail(control.error());
  http::Metrics metrics;
  http::addProcessMetrics(metrics);
  http::addLedgerMetrics(metrics, ledger);
  (*parts)->addMetrics(metrics);
  if (keys != nullptr) {
    metrics.gauge("robotledger_tls_certificate_expiry_timestamp_seconds",
                  "When the server's certificate ends, in seconds of UNIX time.",
                  [keys] { return static_cast<double>(keys->end().us / kUsPerSecond); });
  }
  http::ServerOptions server_options;
  server_options.tls = keys;
  server_options.trusted_proxies = settings.trusted_proxies;
  server_options.loops = settings.loops;
  server_options.timeouts = settings.timeouts;
  server_options.max_connections = connectionsThatFit(settings.max_connections);
  server_options.max_connections_per_address = settings.max_connections_per_address;
  if (server_options.max_connections < settings.max_connections) {
    log.write(http::LogLevel::kWarning, "few_descriptors",
              {{"max_connections", server_options.max_connections},
               {"why", "the system's limit of open files (RLIMIT_NOFILE)"}});
  }
  announce(listeners, options, log);
  auto server =
      http::Server::start(std::move(listeners), routesOf(ledger, **parts, supervision, metrics),
                          server_options, metrics, log);
  if (!server) return fail(server.error());
  http::notifySupervisor("READY=1");
  serveUntilTold(supervision, keys, log);
  http::notifySupervisor("STOPPING=1");
  log.write(http::LogLevel::kInfo, "draining");
  (*server)->drain();
  return kExitDone;
}

// Records what was asked for and is not so yet. An exit code; all has been said where it is not 0.
int setService(OpenLedger& ledger, Session& session, const ServeOptions& options, http::Log& log) {
  const ServiceSettings before = ledger.authorizer()->service();
  ServiceSettings wanted = before;
  if (!options.service.empty()) wanted.service_name = options.service;
  if (options.token_ttl_s) {
    wanted.token_lifetime_s = static_cast<std::int32_t>(*options.token_ttl_s);
  }
  if (options.charts_segment) wanted.charts_segment = *options.charts_segment;
  if (wanted == before) return kExitDone;
  const auto outcome = session.submit(ChangeServiceSettings{wanted});
  if (!outcome) return fail(outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return refuse(session, *refused);
  log.write(http::LogLevel::kInfo, "service_settings_changed",
            {{"sequence", std::get<Receipt>(*outcome).first.value}});
  return kExitDone;
}

// Whether clients can reach something by it.
bool isServiceUrl(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view rest = url.substr(scheme.size());
    return !rest.empty() && rest.front() != '/' && isPrintable(rest, kMaxNameBytes) &&
           rest.find_first_of("?# \"\\") == std::string_view::npos;
  }
  return false;
}

// By which clients reach what listens there; empty where nobody knows.
std::string urlOf(const ServeOptions& options, const ServeSettings& settings) {
  if (!options.external_url.empty()) return options.external_url;
  const std::string scheme = options.tls_cert.empty() ? "http://" : "https://";
  if (settings.listen.empty()) return scheme + kDefaultListen;
  const http::Endpoint& endpoint = settings.listen.front();
  const bool is_any = endpoint.address == http::Address() ||
                      endpoint.address == *http::parseAddress("::") || endpoint.port == 0;
  return is_any ? std::string() : scheme + endpoint.text();
}

// What --print-routes prints.
int printRoutes(Session& session, OpenLedger& ledger, Followers& followers,
                const ServeOptions& options, const Supervision& supervision, http::Log& log) {
  const auto parts = openParts(ledger, followers, options, supervision, log);
  if (!parts) return fail(parts.error());
  http::Metrics metrics;
  Table table({"METHOD", "PATH", "FOR"});
  for (const http::Route& route : routesOf(ledger, **parts, supervision, metrics)) {
    if (session.json()) {
      printJson({{"method", route.method},
                 {"path", route.path},
                 {"access", http::accessName(route.access)},
                 {"statuses", route.statuses}});
    } else {
      table.add({route.method, route.path, std::string(http::accessName(route.access))});
    }
  }
  if (!session.json()) printText(table.text());
  return kExitDone;
}

// What --print-registry-config prints, also while a server has the ledger.
int printRegistryConfig(Session& session, const ServeOptions& options,
                        const ServeSettings& settings) {
  std::string url = urlOf(options, settings);
  if (!isServiceUrl(url)) {
    return misuse(url.empty()
                      ? std::string("nobody knows by which address clients reach this: name "
                                    "--external-url")
                      : inQuotes(url) + " is no URL such as https://ledger.example");
  }
  auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  auto outline = (*ledger)->outline();
  if (!outline) return fail(outline.error());
  StateImage& image = outline->image;
  if (!options.service.empty()) image.service.service_name = options.service;
  while (url.ends_with('/')) url.pop_back();
  const std::string certificate = tokenKeyFiles((*ledger)->path()).certificate;
  print("{}",
        http::registryConfigText(
            {.realm = url + "/service/token",
             .service = http::tokenServiceName(image.service, image.origin),
             .issuer = image.origin,
             .certificate = std::filesystem::absolute(certificate).lexically_normal().string()}));
  return kExitDone;
}

int serve(CLI::App* command, Session& session, ServeOptions& options) {
  if (!options.config.empty()) {
    const std::string wrong = readServeConfig(command, options.config);
    if (!wrong.empty()) return misuse(wrong);
  }
  auto checked = checkServeOptions(options);
  if (const auto* wrong = std::get_if<std::string>(&checked)) return misuse(*wrong);
  const auto& settings = std::get<ServeSettings>(checked);
  if (options.print_registry_config) return printRegistryConfig(session, options, settings);
  session.use(AuthorizerUse::kKept);
  auto supervision = Supervision::start();
  if (!supervision) return fail(supervision.error());
  // Its threads begin when signals are kept from them.
  Followers followers;
  session.observe({&followers.living, &followers.watch});
  keepOutOfCoreFiles();
  std::unique_ptr<http::TlsKeys> keys;
  if (!options.tls_cert.empty()) {
    auto loaded = http::TlsKeys::load(options.tls_cert, options.tls_key);
    if (!loaded) return fail(loaded.error());
    keys = std::move(*loaded);
  }
  std::variant<std::vector<http::Listener>, int> listeners;
  if (!options.print_routes) listeners = openListeners(options, settings);
  if (const int* code = std::get_if<int>(&listeners)) return *code;
  http::Log log({.level = settings.log_level});
  session.tell({.mended =
                    [&log](const std::string& note) {
                      log.write(http::LogLevel::kWarning, "mended", {{"why", note}});
                    },
                .poisoned =
                    [&log, &told = **supervision](const Error& why) {
                      log.write(http::LogLevel::kError, "poisoned", {{"why", why.message}});
                      told.poisoned();
                    }});
  auto ledger = session.openAlone();
  if (!ledger) return fail(ledger.error());
  if (const auto caught_up = catchUp(**ledger, followers); !caught_up) {
    session.close();
    return fail(caught_up.error());
  }
  if (options.print_routes) {
    const int code = printRoutes(session, **ledger, followers, options, **supervision, log);
    session.close();
    return code;
  }
  if (const int set = setService(**ledger, session, options, log); set != kExitDone) {
    session.close();
    return set;
  }
  int code = serveLedger(**ledger, followers, options, settings,
                         std::get<std::vector<http::Listener>>(std::move(listeners)), keys.get(),
                         **supervision, log);
  session.close();
  // What the last requests wrote may have ended like that, too.
  if ((*supervision)->isPoisoned()) code = kExitFailed;
  log.write(http::LogLevel::kInfo, "ended", {{"exit_code", code}});
  return code;
}

}  // namespace

void addServeCommand(CLI::App& app, Session& session, int& exit_code) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "Serve the ledger over HTTP, until it is ended");
  addServeOptions(command, *options);
  command->footer(kFooter);
  whenChosen(command, exit_code,
             [command, &session, options] { return serve(command, session, *options); });
}

}  // namespace robotledger
