#include "api/http/exchange_runner.h"

#include <algorithm>
#include <cmath>
#include <exception>

#include "api/http/ascii.h"
#include "api/http/request_id.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::size_t kReadBytes = 8192;
constexpr std::size_t kMaxLoggedPathBytes = 512;

kj::StringPtr statusText(int status) {
  switch (status) {
    case 200: return "OK"_kj;
    case 201: return "Created"_kj;
    case 202: return "Accepted"_kj;
    case 204: return "No Content"_kj;
    case 302: return "Found"_kj;
    case 303: return "See Other"_kj;
    case 304: return "Not Modified"_kj;
    case 400: return "Bad Request"_kj;
    case 401: return "Unauthorized"_kj;
    case 403: return "Forbidden"_kj;
    case 404: return "Not Found"_kj;
    case 405: return "Method Not Allowed"_kj;
    case 409: return "Conflict"_kj;
    case 412: return "Precondition Failed"_kj;
    case 413: return "Content Too Large"_kj;
    case 414: return "URI Too Long"_kj;
    case 415: return "Unsupported Media Type"_kj;
    case 417: return "Expectation Failed"_kj;
    case 422: return "Unprocessable Content"_kj;
    case 429: return "Too Many Requests"_kj;
    case 431: return "Request Header Fields Too Large"_kj;
    case 500: return "Internal Server Error"_kj;
    case 501: return "Not Implemented"_kj;
    case 503: return "Service Unavailable"_kj;
    case 505: return "HTTP Version Not Supported"_kj;
    default: return "Status"_kj;
  }
}

// Headers that are the connection's, and not for handlers to set.
bool isOfTheConnection(std::string_view name) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"Content-Length", "Transfer-Encoding", "Connection",
                                              "Keep-Alive", "Upgrade", "Trailer", "TE"},
      [&](std::string_view one) { return sameIgnoringCase(one, name); });
}

bool has(const Response& answer, std::string_view name) {
  return std::ranges::any_of(answer.headers,
                             [&](const Header& one) { return sameIgnoringCase(one.name, name); });
}

// Whether an answer can be sent as a handler made it.
bool isSendable(const Response& answer) {
  return answer.status >= 200 && answer.status < 600 &&
         std::ranges::all_of(answer.headers, [](const Header& one) {
           return isToken(one.name) && isHeaderValue(one.value) && !isOfTheConnection(one.name);
         });
}

void addStandardHeaders(Response& answer) {
  if (!has(answer, "Cache-Control")) answer.headers.push_back({"Cache-Control", "no-store"});
  if (!has(answer, "X-Content-Type-Options")) {
    answer.headers.push_back({"X-Content-Type-Options", "nosniff"});
  }
}

kj::HttpHeaders headersOf(const kj::HttpHeaderTable& table, const Response& answer) {
  kj::HttpHeaders headers(table);
  for (const Header& one : answer.headers) {
    headers.add(kj::heapString(one.name.data(), one.name.size()),
                kj::heapString(one.value.data(), one.value.size()));
  }
  return headers;
}

Response tooBusy(std::string_view why) {
  Response answer = errorAnswer(503, "UNAVAILABLE", "the server has too much to do; try again");
  answer.headers.push_back({"Retry-After", "1"});
  answer.why = std::string(why);
  return answer;
}

Response tooLarge() {
  return errorAnswer(413, "BODY_TOO_LARGE", "the request's body is larger than this path takes");
}

// Whatever a handler throws is a failure of our own.
template <class Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return internalError(error.what());
  } catch (...) {
    return internalError("a handler threw what is no exception");
  }
}

}  // namespace

ExchangeRunner::ExchangeRunner(Serving& serving, LoopState& loop, Gate& gate, const Address& peer)
    : serving_(serving), loop_(loop), gate_(gate), peer_(peer) {}

ExchangeRunner::~ExchangeRunner() {
  loop_.body_bytes -= request_.body.size();
  // A form may have had a secret, and headers have those of logins.
  wipe(request_.body);
  for (Header& one : request_.headers) wipe(one.value);
}

void ExchangeRunner::takeHead() {
  head_ = gate_.takeHead();
  has_body_ = head_.framing == Framing::kChunked || head_.body_bytes > 0;
  after_ = head_.after;
  // What follows a body in chunks is not read: where it ends is told by the body alone.
  if (head_.refused || head_.framing == Framing::kChunked) after_ = AfterAnswer::kClose;
  request_.method = std::move(head_.method);
  request_.path = std::move(head_.path);
  request_.query = std::move(head_.query);
  request_.headers = std::move(head_.headers);
  Client client = clientOf(peer_, gate_.transport(), request_.headers, serving_.trusted_proxies);
  request_.address = std::move(client.address);
  request_.transport = client.transport;
  request_.request_id = requestId(request_);
  if (head_.refused) return;
  routed_ = serving_.router.find(request_.method, request_.path);
  request_.parts = std::move(routed_.parts);
}

std::optional<Response> ExchangeRunner::refuse() const {
  if (head_.refused) return refusedAnswer(*head_.refused);
  if (routed_.found == RouteFound::kNoPath) return notFound();
  if (routed_.found == RouteFound::kWrongMethod) return wrongMethod(routed_.allowed);
  if (head_.body_bytes > routed_.route->body_limit) return tooLarge();
  return std::nullopt;
}

kj::Promise<void> ExchangeRunner::run(kj::AsyncInputStream& body, kj::HttpService::Response& out) {
  takeHead();
  if (auto refused = refuse()) {
    // A body that is not wanted is not read, and what comes behind it neither.
    if (has_body_) after_ = AfterAnswer::kClose;
    return send(*std::move(refused), out);
  }
  if (!has_body_) {
    return handle().then([this, &out](Response answer) { return send(std::move(answer), out); });
  }
  return readBody(body)
      .then([this]() -> kj::Promise<Response> {
        if (!unread_) return handle();
        after_ = AfterAnswer::kClose;
        return *std::move(unread_);
      })
      .then([this, &out](Response answer) { return send(std::move(answer), out); });
}

kj::Promise<void> ExchangeRunner::readBody(kj::AsyncInputStream& body) {
  gate_.expectBody();
  kj::Promise<void> may_begin = kj::READY_NOW;
  if (head_.expects_continue) may_begin = gate_.writeContinue();
  return may_begin.then([this, &body] { return readMore(body); })
      .catch_([this](kj::Exception&& error) {
        // Who has left is not answered; what is wrong otherwise is how the chunks were written.
        if (error.getType() == kj::Exception::Type::DISCONNECTED) {
          kj::throwFatalException(kj::mv(error));
        }
        unread_ = refusedAnswer({.status = 400, .why = "a body whose chunks are wrong"});
      });
}

kj::Promise<void> ExchangeRunner::readMore(kj::AsyncInputStream& body) {
  const std::size_t had = request_.body.size();
  const std::size_t wanted = std::min(kReadBytes, routed_.route->body_limit + 1 - had);
  if (loop_.body_bytes + wanted > serving_.max_loop_body_bytes) {
    unread_ = tooBusy("too many bytes of bodies are held");
    return kj::READY_NOW;
  }
  if (had + wanted > request_.body.capacity()) {
    // Growing by itself it would leave a copy behind.
    std::string larger;
    larger.reserve(2 * (had + wanted));
    larger = request_.body;
    wipe(request_.body);
    request_.body = std::move(larger);
  }
  request_.body.resize(had + wanted);
  loop_.body_bytes += wanted;
  return body.tryRead(request_.body.data() + had, 1, wanted)
      .then([this, &body, had, wanted](size_t count) -> kj::Promise<void> {
        request_.body.resize(had + count);
        loop_.body_bytes -= wanted - count;
        if (count == 0) return kj::READY_NOW;
        if (request_.body.size() > routed_.route->body_limit) {
          unread_ = tooLarge();
          return kj::READY_NOW;
        }
        return readMore(body);
      });
}

kj::Promise<Response> ExchangeRunner::handle() {
  gate_.expectHandler();
  Handled handled = guarded([this]() -> Handled { return routed_.route->handler(request_); });
  if (auto* work = std::get_if<SlowWork>(&handled)) return handleSlowly(std::move(*work));
  if (auto* work = std::get_if<LaterWork>(&handled)) return handleLater(*work);
  return std::get<Response>(std::move(handled));
}

kj::Promise<Response> ExchangeRunner::handleLater(const LaterWork& work) {
  auto answered = kj::newPromiseAndCrossThreadFulfiller<void>();
  auto tell =
      std::make_shared<kj::Own<kj::CrossThreadPromiseFulfiller<void>>>(kj::mv(answered.fulfiller));
  const auto held = std::make_shared<std::optional<Answered>>();
  work([tell, held](Answered with) {
    *held = std::move(with);
    (*tell)->fulfill();
  });
  return answered.promise.then([this, held]() -> kj::Promise<Response> {
    if (auto* slow = std::get_if<SlowWork>(&**held)) return handleSlowly(std::move(*slow));
    return std::get<Response>(*std::move(*held));
  });
}

kj::Promise<Response> ExchangeRunner::handleSlowly(SlowWork work) {
  auto answered = kj::newPromiseAndCrossThreadFulfiller<Response>();
  // A function that can be copied, as the standard's have to, holds it in common.
  auto answer = std::make_shared<kj::Own<kj::CrossThreadPromiseFulfiller<Response>>>(
      kj::mv(answered.fulfiller));
  const bool taken = serving_.workers.submit([work = std::move(work), answer] {
    (*answer)->fulfill(guarded([&work] { return work(); }));
  });
  if (!taken) return tooBusy("the workers' queue is full");
  return kj::mv(answered.promise);
}

kj::Promise<void> ExchangeRunner::send(Response answer, kj::HttpService::Response& out) {
  if (!isSendable(answer)) answer = internalError("a handler's answer cannot be sent");
  if (answer.stream && serving_.streams >= kMaxStreams) answer = tooBusy("too many streams");
  if (loop_.is_draining) after_ = AfterAnswer::kClose;
  addStandardHeaders(answer);
  answer.headers.push_back({"X-Request-Id", request_.request_id});
  tell(answer);
  if (answer.stream) answer.body.clear();
  const bool has_no_body = answer.status == 204 || answer.status == 304 || answer.body.empty();
  if (after_ == AfterAnswer::kClose) gate_.endReading();
  if (!has_no_body && request_.method != "HEAD") gate_.holdNextWrite();
  const kj::HttpHeaders headers = headersOf(loop_.table, answer);
  // KJ asks whether the connection ends while it makes the answer's head.
  loop_.closes_next = after_ == AfterAnswer::kClose;
  kj::Maybe<std::uint64_t> size = answer.body.size();
  if (answer.stream) size = nullptr;
  auto stream =
      out.send(static_cast<kj::uint>(answer.status), statusText(answer.status), headers, size);
  loop_.closes_next = false;
  if (answer.stream && request_.method != "HEAD") {
    return sendStream(std::move(answer.stream), kj::mv(stream));
  }
  if (has_no_body) return kj::READY_NOW;
  answer_body_ = std::move(answer.body);
  auto written = stream->write(answer_body_.data(), answer_body_.size());
  return written.attach(kj::mv(stream));
}

kj::Promise<void> ExchangeRunner::sendStream(std::shared_ptr<Stream> stream,
                                             kj::Own<kj::AsyncOutputStream> out) {
  sender_ = kj::heap<StreamSender>(
      StreamSender::Parts{
          .serving = serving_, .waiting = loop_.streams, .timer = gate_.timer(), .gate = gate_},
      std::move(stream), kj::mv(out));
  // Its end is written when the output is let go of.
  return sender_->run().then([this] { sender_ = nullptr; });
}

void ExchangeRunner::tell(const Response& answer) {
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - started_;
  serving_.requests.count(routed_, request_.method, answer.status, taken.count());
  // Too much to do is no failure of ours.
  const bool is_busy = answer.status == 503;
  const LogLevel level = is_busy                ? LogLevel::kWarning
                         : answer.status >= 500 ? LogLevel::kError
                                                : LogLevel::kInfo;
  if (!serving_.log.wants(level)) return;
  Json line{{"request_id", request_.request_id},
            {"method", request_.method},
            {"path", request_.path.substr(0, kMaxLoggedPathBytes)},
            {"status", answer.status},
            {"duration_ms", std::round(taken.count() * 1e6) / 1e3},
            {"address", request_.address}};
  if (!answer.who.empty()) line["who"] = answer.who;
  if (!answer.why.empty()) line["why"] = answer.why;
  serving_.log.write(level, "request", line);
}

kj::Promise<void> sendPlainly(const kj::HttpHeaderTable& table, const Response& answer,
                              kj::HttpService::Response& out) {
  Response whole = answer;
  addStandardHeaders(whole);
  whole.headers.push_back({"X-Request-Id", newRequestId()});
  auto body = kj::heapString(whole.body.data(), whole.body.size());
  const kj::HttpHeaders headers = headersOf(table, whole);
  auto stream =
      out.send(static_cast<kj::uint>(whole.status), statusText(whole.status), headers, body.size());
  auto written = stream->write(body.begin(), body.size());
  return written.attach(kj::mv(stream), kj::mv(body));
}

}  // namespace robotledger::http
