// One request and its answer over HTTP, as plain values: handlers are functions between them and
// know nothing of sockets, loops or KJ.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
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

// A part of the path that a route has a name for: {id} of "/api/v2.0/robots/{id}".
struct PathPart {
  std::string name;   // "id"
  std::string value;  // decoded
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
  std::vector<PathPart> parts{};            // those that the route names, in its order

  // The header's value, whatever the case of its name; nothing where there is none. Of several the
  // first.
  std::optional<std::string_view> header(std::string_view name) const;
  // How often it came.
  std::size_t headerCount(std::string_view name) const;
  // The part of the path that the route calls so; empty where it has none.
  const std::string& part(std::string_view name) const;
};

// A body that is made while it is sent: what is too long to be held, or has no end. Its answer has
// no Content-Length. It is asked for a piece when the one before is on its way, so it is never
// ahead of its client; where the client goes away it is destroyed, but not within next().
class Stream {
 public:
  enum class Next : std::uint8_t {
    kMore,  // ask again
    kWait,  // nothing more yet: ask again after await()'s wake, or a while later
    kEnd,   // that was all
    kCut,   // it failed: the connection is cut, so that nobody takes the part for the whole
  };
  struct Piece {
    std::string bytes;  // may be empty
    Next next = Next::kMore;
  };

  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // On a worker, one call at a time; takes some milliseconds at most, and gives some 64 KiB.
  virtual Piece next() = 0;
  // After kWait: `wake` is called once, on any thread, when there may be more. It may be called
  // when the stream is gone. On a worker.
  virtual void await(std::function<void()> wake) { wake(); }
};

// After kWait without a wake, a stream is asked again so often, to say that it is alive.
inline constexpr int kStreamWaitSeconds = 15;

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;
  // For the log alone: why, in a few words without secrets, and who, where somebody was known.
  std::string why{};
  std::string who{};
  std::shared_ptr<Stream> stream{};  // in the place of the body
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
// {"errors":[{"code":"NOT_FOUND","message":"..."}]}, and "field" where one is named: the name of
// what is wrong in the request. Code and message are ours to choose, and say nothing of what only
// the log may know.
Response errorAnswer(int status, std::string_view code, std::string_view message,
                     std::string_view field = {});
// The same for a failure of our own, which says no more than that; `why` is for the log.
Response internalError(std::string why);

// Who may call a route at all; what of it is his, the handler decides.
enum class Access : std::uint8_t {
  kUnstated,      // no server starts with such a route
  kAnyone,        // whoever reaches the server, without a login
  kRobots,        // who has the secret of a robot account
  kOperators,     // who signs in as an operator
  kReaders,       // auditors and system administrators
  kSystemAdmins,  // system administrators
  kWatchers,      // programs of this host, and kReaders
};
// "anyone", "robots", "operators", "readers", "system administrators", "watchers".
std::string_view accessName(Access access);

struct Route {
  std::string method;
  // Exact, but for segments in braces, which stand for any that is not empty; the last of them may
  // stand for all that is left: "/log/tile/{rest...}".
  std::string path;
  Handler handler;
  Access access = Access::kUnstated;
  // What its handler answers, whoever may call it being right; any path may answer 400, 404, 405,
  // 408, 413, 414, 429, 431, 500 and 503 beside.
  std::vector<int> statuses;
  std::size_t body_limit = 64 << 10;  // bytes; more is 413
};

}  // namespace robotledger::http
