#include "api/http/event_streams.h"

#include <algorithm>

#include "api/embed/robotledger/robotledger.h"
#include "api/export/event_export.h"
#include "api/http/audit_question.h"
#include "api/http/log_asked.h"
#include "api/http/outcomes.h"
#include "core/base/parse.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"

namespace robotledger::http {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
// What a client that was cut off waits before it comes back, in milliseconds.
constexpr const char* kRetry = "retry: 2000\n\n";

// Walks over the events that match, a piece at a time; between two pieces it holds no view.
class EventWalk {
 public:
  EventWalk(const OperatorParts& parts, const SignedIn& by, LogAsked asked, ExportFormat format)
      : parts_(parts),
        by_(by),
        reader_(readerOf(by)),
        asked_(std::move(asked)),
        format_(format),
        source_{.origin = parts.authorizer.origin(), .version = v1::version()} {}

  // Whether he may ask, and as of which event; to be called first. An answer where he may not.
  Result<std::variant<Response, AsOf>> begin(const std::optional<std::uint64_t>& as_of);

  // Whether he is still who he was.
  bool isStillHim() const {
    const auto now = parts_.authorizer.findOperator(by_.who.name);
    const bool session_ended = by_.session && by_.session->ends <= parts_.clock.now();
    return now && now->changed == by_.who.changed && !session_ended;
  }

  // Tells `put` the next events and their lines, up to that event and some kPieceBytes. Whether
  // there are more.
  using Put = std::function<void(const Event& event, std::string line)>;
  Result<bool> walk(std::optional<Sequence> up_to, const Put& put);

  // All up to this one were looked at; nothing before the first.
  std::optional<Sequence> seen() const { return asked_.question.after; }

 private:
  const OperatorParts& parts_;
  const SignedIn by_;
  const Reader reader_;
  LogAsked asked_;
  const ExportFormat format_;
  const ExportSource source_;
};

Result<std::variant<Response, AsOf>> EventWalk::begin(const std::optional<std::uint64_t>& as_of) {
  using Begun = std::variant<Response, AsOf>;
  return parts_.ledger.ask([&](const View& view) -> Result<Begun> {
    auto from = as_of ? asOf(view, Sequence{*as_of}) : Result<AsOf>(view.newest());
    if (!from && from.error().code == ErrorCode::kNotFound) {
      return Begun(errorAnswer(400, "BAD_REQUEST", from.error().message, "as_of"));
    }
    if (!from) return from.error();
    const Asking asking(view, reader_, std::max(parts_.clock.now(), view.last_time));
    // From here on `now` is one instant.
    asked_ = {.question = asked_.at(asking.now()), .from = std::nullopt, .to = std::nullopt};
    if (auto right = checkTimes(asked_.question); !right) return right.error();
    auto filter = logFilter(asking, asked_.question, *from);
    if (!filter) return filter.error();
    if (const auto* no = std::get_if<Refusal>(&*filter)) return Begun(refusalAnswer(*no));
    return Begun(*from);
  });
}

Result<bool> EventWalk::walk(std::optional<Sequence> up_to, const Put& put) {
  return parts_.ledger.ask([&](const View& view) -> Result<bool> {
    Asking asking(view, reader_, view.last_time);
    auto as_of = view.newest();
    if (up_to) {
      auto then = asOf(view, *up_to);
      if (!then) return then.error();
      as_of = *then;
    }
    auto filter = logFilter(asking, asked_.question, as_of);
    if (!filter) return filter.error();
    // He lost what he was asking about: there is no more for him.
    if (std::holds_alternative<Refusal>(*filter)) return false;
    const auto query = LogQuery::start(view, std::get<LogFilter>(*filter));
    if (!query) return query.error();
    for (std::size_t bytes = 0; bytes < kPieceBytes;) {
      const auto next = (*query)->next();
      if (!next) return next.error();
      if (!*next) {
        asked_.question.after = as_of.sequence;
        return false;
      }
      const auto event = readEvent(*view.log, **next);
      if (!event) return event.error();
      auto line = exportLine(format_, *event, asking.names(), source_);
      if (!line) return line.error();
      bytes += line->size();
      asked_.question.after = **next;
      put(*event, *std::move(line));
    }
    return true;
  });
}

class Export final : public Stream {
 public:
  Export(std::unique_ptr<EventWalk> walk, Sequence up_to, std::string head)
      : walk_(std::move(walk)), up_to_(up_to), bytes_(std::move(head)) {}

  Piece next() override {
    // What is cut is not taken for the whole.
    if (!walk_->isStillHim()) return {.bytes = {}, .next = Next::kCut};
    Piece piece{.bytes = std::exchange(bytes_, {}), .next = Next::kMore};
    const auto more =
        walk_->walk(up_to_, [&](const Event&, const std::string& line) { piece.bytes += line; });
    if (!more) return {.bytes = {}, .next = Next::kCut};
    if (!*more) piece.next = Next::kEnd;
    return piece;
  }

 private:
  std::unique_ptr<EventWalk> walk_;
  Sequence up_to_;
  std::string bytes_;
};

class LiveEvents final : public Stream {
 public:
  LiveEvents(std::unique_ptr<EventWalk> walk, HeadWatch& watch)
      : walk_(std::move(walk)), watch_(watch) {}

  Piece next() override {
    if (!walk_->isStillHim()) return {.bytes = {}, .next = Next::kEnd};
    Piece piece{.bytes = std::exchange(first_, {}), .next = Next::kMore};
    const auto more = walk_->walk(std::nullopt, [&](const Event& event, std::string line) {
      while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
      piece.bytes += "id: " + std::to_string(event.sequence.value) +
                     "\nevent: " + std::string(eventKindName(event.body.index())) +
                     "\ndata: " + line + "\n\n";
    });
    if (!more) return {.bytes = {}, .next = Next::kEnd};
    if (*more) return piece;
    // A comment says that the stream is alive, and finds out whether the client is.
    if (piece.bytes.empty()) piece.bytes = ": \n\n";
    piece.next = Next::kWait;
    return piece;
  }

  void await(std::function<void()> wake) override {
    const TreeSize seen{walk_->seen() ? walk_->seen()->value + 1 : 0};
    watch_.await(seen, std::chrono::seconds(kStreamWaitSeconds),
                 [wake = std::move(wake)](HeadWatch::Woken) { wake(); });
  }

 private:
  std::unique_ptr<EventWalk> walk_;
  HeadWatch& watch_;
  std::string first_ = kRetry;
};

ExportFormat formatIn(QueryReader& query) {
  const auto name = query.text("format");
  if (!name) return ExportFormat::kJsonl;
  const auto format = parseExportFormat(*name);
  if (!format) {
    query.fail("format", inQuotes(*name) + " is none of " + std::string(exportFormatNames()));
  }
  return format.value_or(ExportFormat::kJsonl);
}

Handled exported(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  QueryReader query(request.query);
  const AskedAsOf when = readAskedAsOf(query);
  LogAsked asked = readLogAsked(query);
  const ExportFormat format = formatIn(query);
  if (auto wrong = query.wrong()) return *std::move(wrong);
  return whenThere(parts, when, [&parts, by, asked, format, when]() -> Response {
    auto walk = std::make_unique<EventWalk>(parts, by, asked, format);
    const auto begun = walk->begin(when.as_of);
    if (!begun) return failureAnswer(begun.error());
    if (const auto* no = std::get_if<Response>(&*begun)) return *no;
    const Sequence up_to = std::get<AsOf>(*begun).sequence;
    const std::string file =
        "robotledger-" + std::to_string(up_to.value) + "." + std::string(extensionOf(format));
    Response answer{.status = 200,
                    .headers = {{"Content-Type", std::string(mediaTypeOf(format))},
                                {"Content-Disposition", "attachment; filename=\"" + file + "\""},
                                {"X-Robotledger-As-Of", std::to_string(up_to.value)}}};
    answer.stream = std::make_shared<Export>(std::move(walk), up_to, exportHead(format));
    return answer;
  });
}

Handled streamed(const OperatorParts& parts, const Request& request, const SignedIn& by) {
  QueryReader query(request.query);
  LogAsked asked = readLogAsked(query);
  if (asked.to) query.fail("to", "a stream goes on");
  auto after = query.number("after");
  const ExportFormat format = formatIn(query);
  if (const auto last = request.header("Last-Event-ID"); last && !last->empty()) {
    after = parseDecimal(*last);
    if (!after) query.fail("Last-Event-ID", "the id of an event is its sequence");
  }
  if (auto wrong = query.wrong()) return *std::move(wrong);
  return SlowWork([&parts, by, asked, format, after]() mutable -> Response {
    const std::uint64_t size = parts.watch.size().value;
    // One that is to come is none that anybody has seen.
    asked.question.after = Sequence{std::min(after.value_or(size - 1), size - 1)};
    auto walk = std::make_unique<EventWalk>(parts, by, asked, format);
    const auto begun = walk->begin(std::nullopt);
    if (!begun) return failureAnswer(begun.error());
    if (const auto* no = std::get_if<Response>(&*begun)) return *no;
    Response answer{.status = 200, .headers = {{"Content-Type", "text/event-stream"}}};
    answer.stream = std::make_shared<LiveEvents>(std::move(walk), parts.watch);
    return answer;
  });
}

}  // namespace

std::vector<Route> eventStreamRoutes(const OperatorParts& parts) {
  using Streamer = Handled (*)(const OperatorParts&, const Request&, const SignedIn&);
  const auto route = [&](const char* path, Streamer handler) {
    return operatorRoute(
        parts.sign_in,
        {.method = "GET",
         .path = path,
         .access = Access::kOperators,
         .statuses = {200, 400, 404},
         .handler = [&parts, handler](const Request& request,
                                      const SignedIn& by) { return handler(parts, request, by); },
         .body_limit = 0});
  };
  return {route("/audit/export", exported), route("/audit/stream", streamed)};
}

}  // namespace robotledger::http
