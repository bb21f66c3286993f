// A server in this process, and connections to it whose bytes a test writes and reads itself.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "api/http/server.h"

namespace robotledger::http {

// One connection; closed in the end.
class Wire {
 public:
  explicit Wire(const Endpoint& to);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire();

  // False where the other side has ended it.
  bool send(std::string_view bytes) const;
  // One answer, head and body by its Content-Length; empty where the other side ended it before.
  std::string answer();
  // All that came up to the text, and it; empty where the other side ended it before.
  std::string upTo(std::string_view text);
  // Whether the other side ends the connection, without a further byte.
  bool isEnded();
  // Bytes that the system keeps for a reader; before the first.
  void receiveLittle() const;
  int fd() const { return fd_; }

 private:
  bool more();
  int fd_;
  std::string came_;
};

// A server of these routes on the loopback address.
class TestServer {
 public:
  explicit TestServer(std::vector<Route> routes, ServerOptions options = {});
  const Endpoint& endpoint() const { return endpoint_; }
  Server& server() { return *server_; }
  Metrics& metrics() { return metrics_; }
  // The answer to one request, on a connection of its own.
  std::string ask(std::string_view request) const;
  // The log's lines so far.
  std::string log();

 private:
  int log_fd_;
  Metrics metrics_;
  Log log_;
  Endpoint endpoint_;
  std::unique_ptr<Server> server_;
};

// "200", of an answer.
std::string statusOf(std::string_view answer);
std::string bodyOf(std::string_view answer);
// A request with a body of that length.
std::string post(std::string_view path, std::string_view body, std::string_view more_headers = "");

}  // namespace robotledger::http
