#include "tools/robotledger/serve_options.h"

#include "core/base/limits.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

constexpr std::int64_t kMaxLoops = 256;
constexpr std::int64_t kMaxConnections = 1000000;
constexpr std::int64_t kMaxClientTimeoutS = 3600;

// Empty, or what is wrong. `value` is what was given, or the default.
std::string takeNumber(const char* name, const std::optional<std::int64_t>& given,
                       std::int64_t least, std::int64_t most, std::int64_t fallback,
                       std::int64_t& value) {
  value = given.value_or(fallback);
  if (value >= least && value <= most) return {};
  return fmt::format("{} is {} to {}, not {}", name, least, most, value);
}

std::string takeNumbers(const ServeOptions& options, ServeSettings& settings) {
  std::int64_t loops = 0;
  std::int64_t connections = 0;
  std::int64_t per_address = 0;
  std::int64_t client_timeout_s = 0;
  // Where it is not given, it is as many as there are cores.
  if (options.loops) {
    if (auto no = takeNumber("--loops", options.loops, 1, kMaxLoops, 1, loops); !no.empty()) {
      return no;
    }
  }
  if (auto no = takeNumber("--max-connections", options.max_connections, 1, kMaxConnections,
                           kDefaultMaxConnections, connections);
      !no.empty()) {
    return no;
  }
  if (auto no =
          takeNumber("--max-connections-per-address", options.max_connections_per_address, 1,
                     kMaxConnections, std::max<std::int64_t>(1, connections / 4), per_address);
      !no.empty()) {
    return no;
  }
  if (auto no = takeNumber("--client-timeout", options.client_timeout_s, 1, kMaxClientTimeoutS,
                           kDefaultClientTimeoutS, client_timeout_s);
      !no.empty()) {
    return no;
  }
  const int head_s = static_cast<int>(client_timeout_s);
  settings.timeouts = {
      .head_s = head_s, .body_s = 2 * head_s, .idle_s = 4 * head_s, .answer_s = 2 * head_s};
  settings.loops = static_cast<std::size_t>(loops);
  settings.max_connections = static_cast<std::size_t>(connections);
  settings.max_connections_per_address = static_cast<std::size_t>(per_address);
  std::int64_t ignored = 0;
  return takeNumber("--token-ttl", options.token_ttl_s, kMinTokenLifetimeSeconds,
                    kMaxTokenLifetimeSeconds, kMinTokenLifetimeSeconds, ignored);
}

// The options that a key of the file may stand for.
CLI::Option* findOption(CLI::App* serve, const std::string& key) {
  if (key == "config" || key == "help" || key == "print-registry-config" || key == "print-routes") {
    return nullptr;
  }
  if (CLI::Option* own = serve->get_option_no_throw("--" + key)) return own;
  for (const char* global : {"ledger", "guard", "key", "as", "reason"}) {
    if (key == global) return serve->get_parent()->get_option_no_throw("--" + key);
  }
  return nullptr;
}

void setOption(CLI::Option* option, const CLI::ConfigItem& item) {
  if (option->count() > 0) return;
  if (option->get_expected_min() == 0) {
    const std::string given = item.inputs.empty() ? "true" : item.inputs.front();
    option->add_result(option->get_flag_value(item.name, given));
  } else {
    option->add_result(item.inputs);
  }
  option->run_callback();
}

}  // namespace

void addServeOptions(CLI::App* serve, ServeOptions& options) {
  serve->add_option("--config", options.config, "A file with options, one NAME = VALUE a line")
      ->check(notEmpty())
      ->type_name("FILE");
  serve
      ->add_option(
          "--listen", options.listen,
          fmt::format("Where to listen ({}); port 0 takes any; may be repeated", kDefaultListen))
      ->type_name("ADDRESS:PORT");
  serve
      ->add_option("--tls-cert", options.tls_cert, "The server's certificate and its chain, in PEM")
      ->check(notEmpty())
      ->type_name("FILE");
  serve->add_option("--tls-key", options.tls_key, "Its key, in PEM, without a password")
      ->check(notEmpty())
      ->type_name("FILE");
  serve->add_flag("--allow-plain-http", options.allow_plain_http,
                  "Plain HTTP on any address, and not on loopback alone");
  serve
      ->add_option("--trusted-proxy", options.trusted_proxies,
                   "A proxy whose X-Forwarded-For and -Proto are believed; may be repeated")
      ->type_name("ADDRESS[/BITS]");
  serve
      ->add_option("--service", options.service,
                   "The name that registries know the token service by (as it was; the ledger's "
                   "origin at first)")
      ->check(notEmpty())
      ->type_name("NAME");
  addNumberOption(
      serve, "--token-ttl", options.token_ttl_s,
      fmt::format("Seconds that a token is good for, {} to {} (as it was; 300 at first)",
                  kMinTokenLifetimeSeconds, kMaxTokenLifetimeSeconds));
  serve
      ->add_option(
          "--charts-segment", options.charts_segment,
          "Repositories below PROJECT/NAME/ are charts (as it was; charts at first); '' for "
          "none")
      ->type_name("NAME");
  serve
      ->add_option("--external-url", options.external_url,
                   "What clients reach the service by, such as https://ledger.example; for "
                   "--print-registry-config")
      ->check(notEmpty())
      ->type_name("URL");
  serve->add_option("--log-level", options.log_level, "debug, info, warning, error or off (info)")
      ->type_name("LEVEL");
  addNumberOption(serve, "--loops", options.loops, "Event loops (one for each core)");
  addNumberOption(serve, "--max-connections", options.max_connections,
                  fmt::format("Connections in all ({})", kDefaultMaxConnections));
  addNumberOption(serve, "--max-connections-per-address", options.max_connections_per_address,
                  "Of one client, but for trusted proxies (a quarter of all)");
  addNumberOption(serve, "--client-timeout", options.client_timeout_s,
                  fmt::format("Seconds for a request's head; twice that for its body and for its "
                              "answer to be read, four times that between requests ({})",
                              kDefaultClientTimeoutS));
  serve->add_flag("--print-registry-config", options.print_registry_config,
                  "Print the registry's auth section for this service, and end");
  serve->add_flag("--open-log", options.open_log,
                  "Let everybody read the log under /log, and not auditors alone");
  serve->add_flag("--print-routes", options.print_routes,
                  "Print all that is served and who may call it, and end");
}

std::string readServeConfig(CLI::App* serve, const std::string& file) {
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_file(file);
  } catch (const CLI::Error& error) {
    return fmt::format("the configuration file {} cannot be read", inQuotes(file));
  }
  for (const CLI::ConfigItem& item : items) {
    const std::string key = item.fullname();
    CLI::Option* option = findOption(serve, key);
    if (option == nullptr) {
      return fmt::format("{}: there is no option {}", inQuotes(file), inQuotes(key));
    }
    try {
      setOption(option, item);
    } catch (const CLI::Error& error) {
      return fmt::format("{}: {}: its value is none that it takes", inQuotes(file), inQuotes(key));
    }
  }
  return {};
}

std::variant<ServeSettings, std::string> checkServeOptions(const ServeOptions& options) {
  ServeSettings settings;
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return std::string("--tls-cert and --tls-key go together: name both files, or neither");
  }
  for (const std::string& text : options.listen) {
    const auto endpoint = http::parseEndpoint(text);
    if (!endpoint) {
      return fmt::format("--listen: {} is no ADDRESS:PORT such as 127.0.0.1:8080 or [::1]:8080",
                         inQuotes(text));
    }
    settings.listen.push_back(*endpoint);
  }
  for (const std::string& text : options.trusted_proxies) {
    const auto network = http::parseNetwork(text);
    if (!network) {
      return fmt::format("--trusted-proxy: {} is no ADDRESS[/BITS] such as 10.0.0.0/8",
                         inQuotes(text));
    }
    settings.trusted_proxies.push_back(*network);
  }
  const auto level = http::parseLogLevel(options.log_level);
  if (!level) {
    return fmt::format("--log-level: {} is none of debug, info, warning, error and off",
                       inQuotes(options.log_level));
  }
  settings.log_level = *level;
  if (auto wrong = takeNumbers(options, settings); !wrong.empty()) return wrong;
  for (const http::Endpoint& endpoint : settings.listen) {
    if (auto no = whyNotPlain(options, endpoint)) return *std::move(no);
  }
  return settings;
}

std::optional<std::string> whyNotPlain(const ServeOptions& options,
                                       const http::Endpoint& endpoint) {
  const bool is_safe = !options.tls_cert.empty() || endpoint.address.isLoopback();
  if (is_safe || options.allow_plain_http) return std::nullopt;
  return fmt::format(
      "{} is no loopback address, and plain HTTP would send secrets over the network: name "
      "--tls-cert and --tls-key, or --allow-plain-http where a proxy in front speaks TLS",
      endpoint.text());
}

}  // namespace robotledger
