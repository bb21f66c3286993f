// One request and its answer over HTTP, as plain values: handlers are functions between them and
// know nothing of sockets, loops or KJ.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace robotledger::http {

enum class Transport : std::uint8_t { kPlain, kTls };

struct Header {
  std::string name;  // as it was sent, or is to be sent
  std::string value;
};

struct Request {
  std::string method;           // "GET"
  std::string path;             // "/service/token", as it was sent, without the query
  std::string query;            // what stands behind the first '?', as it was sent; without it
  std::vector<Header> headers;  // in the order in which they came
  std::string body;             // within the route's limit
  std::string address;          // the client's, without a port; a trusted proxy's word for it
  std::string request_id;       // printable ASCII: the client's X-Request-Id, or one made here
  Transport transport = Transport::kPlain;  // as the client sees it, behind a trusted proxy too

  // The header's value, whatever the case of its name; nothing where there is none. Of several the
  // first.
  std::optional<std::string_view> header(std::string_view name) const;
  // How often it came.
  std::size_t headerCount(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  // For the log alone: why, in a few words without secrets, and who, where somebody was known.
  std::string why;
  std::string who;
};

// What takes too long for an event loop (a slow hash, a disk): run on a worker. It must not keep
// references to the request.
using SlowWork = std::function<Response()>;
// What others answer when they are done, who have threads and a queue of their own: it is called on
// the loop, does not wait, and calls `answer` once, on any thread.
using Answered = std::variant<Response, SlowWork>;
using LaterWork = std::function<void(std::function<void(Answered)> answer)>;
using Handled = std::variant<Response, SlowWork, LaterWork>;
// Called on an event loop, many threads at once; returns within some ten microseconds.
using Handler = std::function<Handled(const Request&)>;

// The media types that answers have.
inline constexpr std::string_view kJson = "application/json; charset=utf-8";
inline constexpr std::string_view kText = "text/plain; charset=utf-8";

// The error that every part of the service answers alike, in the form that registries have:
// {"errors":[{"code":"NOT_FOUND","message":"..."}]}. Both are ours to choose, and say nothing of
// what only the log may know.
Response errorAnswer(int status, std::string_view code, std::string_view message);
// The same for a failure of our own, which says no more than that; `why` is for the log.
Response internalError(std::string why);

struct Route {
  std::string method;
  std::string path;  // exact
  Handler handler;
  std::size_t body_limit = 64 << 10;  // bytes; more is 413
};

}  // namespace robotledger::http
