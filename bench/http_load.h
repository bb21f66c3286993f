// A load of HTTP requests over connections that are kept, from one thread, to a server on loopback.
//
//   HttpLoad load({.port = 8080, .request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"});
//   const auto most = load.run({.seconds = 3});                     // as many as there can be
//   const auto half = load.run({.seconds = 3, .rate = most.rate() / 2});
//   half.latency(0.99)
//
// With a rate, requests are due at even intervals, and a latency counts from when one was due: a
// server that stalls is not spared what came meanwhile. A request that is due while all connections
// are busy waits for one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace robotledger::bench {

struct HttpTarget {
  std::uint16_t port = 0;
  std::string request;  // whole; its answer has a Content-Length
  // In its place, the one with that number, from 0; where each is another.
  std::function<std::string(std::uint64_t)> request_of{};
  std::size_t connections = 16;
  int status = 200;  // of each answer; another one ends the process
};

struct HttpPace {
  double seconds = 3;
  double rate = 0;  // requests a second; 0 for as many as there can be
};

struct HttpLoadResult {
  double seconds = 0;
  std::vector<double> latencies_s;  // one for each answer

  double rate() const { return static_cast<double>(latencies_s.size()) / seconds; }
  double latency(double share) const;
};

class HttpLoad {
 public:
  // Connects. Whatever fails ends the process.
  explicit HttpLoad(HttpTarget target);
  HttpLoad(const HttpLoad&) = delete;
  HttpLoad& operator=(const HttpLoad&) = delete;
  ~HttpLoad();

  HttpLoadResult run(const HttpPace& pace);
  // The body of the last answer.
  const std::string& lastBody() const { return last_body_; }

 private:
  struct Connection {
    int socket = -1;
    double due = 0;     // of the request on its way
    bool busy = false;  // one is on its way
    std::string answer{};
  };
  void send(Connection& connection, double due);
  // Whether the answer is whole now; it is taken off then.
  bool receive(Connection& connection);
  bool takeAnswer(std::string& answer);

  HttpTarget target_;
  int poll_ = -1;
  std::vector<Connection> connections_;
  std::string last_body_;
  std::uint64_t sent_ = 0;
};

}  // namespace robotledger::bench
