// The options of `robotledger serve`, from the command line and from a configuration file, and what
// they come to.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/http/address.h"
#include "api/http/log.h"
#include "api/http/serving.h"
#include "tools/robotledger/command.h"

namespace robotledger {

// As they were given.
struct ServeOptions {
  std::string config;
  std::vector<std::string> listen;
  std::string tls_cert;
  std::string tls_key;
  bool allow_plain_http = false;
  std::vector<std::string> trusted_proxies;
  std::string log_level = "info";
  std::optional<std::int64_t> loops;
  std::optional<std::int64_t> max_connections;
  std::optional<std::int64_t> max_connections_per_address;
  std::optional<std::int64_t> client_timeout_s;
  // Of the token service.
  std::string service;
  std::optional<std::int64_t> token_ttl_s;
  std::optional<std::string> charts_segment;
  std::string external_url;
  bool print_registry_config = false;
  bool print_routes = false;
  bool open_log = false;
};

// As they are understood.
struct ServeSettings {
  std::vector<http::Endpoint> listen;
  std::vector<http::Network> trusted_proxies;
  http::LogLevel log_level = http::LogLevel::kInfo;
  std::size_t loops = 0;  // one a core
  std::size_t max_connections = 0;
  std::size_t max_connections_per_address = 0;
  http::Timeouts timeouts;
};

inline constexpr const char* kDefaultListen = "127.0.0.1:8080";
// Bounds of what may be asked for.
inline constexpr std::int64_t kDefaultMaxConnections = 16000;
inline constexpr std::int64_t kDefaultClientTimeoutS = 15;

void addServeOptions(CLI::App* serve, ServeOptions& options);

// Sets the options that stand in the file and were given neither on the command line nor by the
// environment: those of `serve` by their long names, and --ledger, --guard, --key, --as, --reason.
// What is wrong with it, with the key's name; empty where it is right.
std::string readServeConfig(CLI::App* serve, const std::string& file);

// What is wrong with the options, in one line, or what they come to.
std::variant<ServeSettings, std::string> checkServeOptions(const ServeOptions& options);

// Why a server may not listen there: what goes in plain text over a network are secrets. Nothing
// where it may.
std::optional<std::string> whyNotPlain(const ServeOptions& options, const http::Endpoint& endpoint);

}  // namespace robotledger
