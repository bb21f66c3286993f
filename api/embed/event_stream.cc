// Following what happens: events read from the log, pulled or given to a callback.
#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>

#include "api/embed/event_reading.h"
#include "api/json/event_json.h"
#include "api/json/json_text.h"
#include "core/ledger/saved_state.h"

namespace robotledger::v1 {
namespace {

// How many events a stream reads ahead: enough to make up for the view that it takes.
constexpr std::size_t kReadAhead = 256;
// How long a callback's thread waits in one go; it is woken earlier by what happens.
constexpr std::chrono::milliseconds kOneWait{std::chrono::hours(1)};
// A longer wait would end beyond what clocks count.
constexpr std::chrono::milliseconds kLongestWait{std::chrono::hours(24 * 365)};

robotledger::Result<v1::Event> publicEvent(const robotledger::Event& event, EventNames& names) {
  v1::Event made;
  made.sequence = event.sequence.value;
  made.time = timeOf(event.time);
  made.recorded_at = timeOf(event.recorded_at);
  made.kind = eventKindName(event.body.index());
  made.actor = event.actor;
  const AccountId account = accountOf(event.body);
  made.account_id = account.value;
  if (account.value != 0) {
    auto name = names.account(account);
    if (!name) return name.error();
    made.account = std::move(*name);
  }
  const auto json = eventJson(event, names);
  if (!json) return json.error();
  made.json = jsonText(*json);
  return made;
}

Failure closed() { return {Code::kClosed, {}, "the ledger or the stream was closed"}; }

}  // namespace

robotledger::Result<std::vector<v1::Event>> readEvents(OpenLedger& ledger, Sequence from,
                                                       std::size_t limit) {
  using Events = std::vector<v1::Event>;
  return ledger.ask([&](const View& view) -> robotledger::Result<Events> {
    Events events;
    const std::uint64_t left = view.size.value - std::min(from.value, view.size.value);
    const std::uint64_t count = std::min<std::uint64_t>(limit, left);
    if (count == 0) return events;
    EventNames names(view);
    const TreeSize until{from.value + count};
    const auto read = forEachEvent(*view.log, from, until,
                                   [&](robotledger::Event&& event) -> robotledger::Result<void> {
                                     auto made = publicEvent(event, names);
                                     if (!made) return made.error();
                                     events.push_back(std::move(*made));
                                     return {};
                                   });
    // What stands before a damaged record is given; who asks for more is told.
    const bool is_told = events.empty() || (!read && read.error().code == ErrorCode::kViewsDamaged);
    if (!read && is_told) return read.error();
    return events;
  });
}

// ---- pulled -----------------------------------------------------------------------------------

class EventStream::State {
 public:
  State(std::shared_ptr<Core> core, std::uint64_t from) : core_(std::move(core)), next_(from) {}

  // One thread at a time.
  Result<std::optional<v1::Event>> next(std::chrono::milliseconds timeout) {
    if (stopped_) return closed();
    if (ready_.empty()) {
      if (auto filled = fill(timeout); !filled) return filled.failure();
    }
    if (ready_.empty()) return std::optional<v1::Event>();
    std::optional<v1::Event> event(std::move(ready_.front()));
    ready_.pop_front();
    return event;
  }

  void stop() noexcept {
    stopped_ = true;
    core_->wake();
  }
  bool stopped() const { return stopped_; }

 private:
  Result<Done> fill(std::chrono::milliseconds timeout) {
    timeout = std::clamp(timeout, std::chrono::milliseconds(0), kLongestWait);
    const TreeSize size =
        core_->awaitMoreThan(TreeSize{next_}, timeout, [&] { return stopped_.load(); });
    if (stopped_) return closed();
    auto use = core_->use();
    if (!use) return closed();
    if (size.value <= next_) return Done{};
    // What was just announced is in the views a moment later.
    if (auto there = (*use)->view(size); !there) return failureOf(there.error());
    auto events = readEvents(**use, Sequence{next_}, kReadAhead);
    if (!events) return failureOf(events.error());
    next_ += events->size();
    std::move(events->begin(), events->end(), std::back_inserter(ready_));
    return Done{};
  }

  const std::shared_ptr<Core> core_;
  std::uint64_t next_;
  std::deque<v1::Event> ready_;
  std::atomic<bool> stopped_ = false;
};

EventStream::EventStream(std::shared_ptr<State> state) : state_(std::move(state)) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

Result<std::optional<v1::Event>> EventStream::next(std::chrono::milliseconds timeout) {
  return guarded([&] { return state_->next(timeout); });
}

void EventStream::stop() noexcept { state_->stop(); }

// ---- given to a callback ----------------------------------------------------------------------

// Shared by the subscription and its thread, which may be the last to have it.
class Subscription::State {
 public:
  State(EventStream stream, std::function<Flow(const v1::Event&)> callback)
      : stream_(std::move(stream)), callback_(std::move(callback)) {}

  static void start(const std::shared_ptr<State>& state) {
    state->thread_ = std::thread([state] { state->run(); });
  }

  void end() {
    stopped_ = true;
    stream_.stop();
    if (thread_.get_id() == std::this_thread::get_id()) {
      thread_.detach();  // it ends when the callback returns, and uses nothing but this until then
    } else if (thread_.joinable()) {
      thread_.join();
    }
  }

  std::optional<Failure> ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  void run() noexcept {
    while (true) {
      auto event = stream_.next(kOneWait);
      if (stopped_) return;
      if (!event) return endWith(event.failure());
      if (!*event) continue;
      const auto flow = guarded([&]() -> Result<Flow> { return callback_(**event); });
      if (!flow) return endWith({flow.failure().code, {}, "the callback threw"});
      if (stopped_ || *flow == Flow::kStop) return;
    }
  }
  void endWith(Failure failure) {
    const std::lock_guard lock(mutex_);
    ended_ = std::move(failure);
  }

  EventStream stream_;
  const std::function<Flow(const v1::Event&)> callback_;
  std::atomic<bool> stopped_ = false;
  mutable std::mutex mutex_;
  std::optional<Failure> ended_;  // guarded by mutex_
  std::thread thread_;
};

Subscription::Subscription(std::shared_ptr<State> state) : state_(std::move(state)) {}
Subscription::Subscription(Subscription&&) noexcept = default;
Subscription& Subscription::operator=(Subscription&& other) noexcept {
  if (state_ && state_ != other.state_) state_->end();
  state_ = std::move(other.state_);
  return *this;
}
Subscription::~Subscription() {
  if (state_) state_->end();
}

std::optional<Failure> Subscription::ended() const noexcept { return state_->ended(); }

// ---- the ledger's part ------------------------------------------------------------------------

Result<std::vector<v1::Event>> Ledger::events(std::uint64_t from, std::size_t limit) {
  return guarded([&]() -> Result<std::vector<v1::Event>> {
    auto events = readEvents(core_->open(), Sequence{from}, std::min(limit, kMaxEventsAtOnce));
    if (!events) return failureOf(events.error());
    return std::move(*events);
  });
}

Result<EventStream> Ledger::stream(std::uint64_t from) {
  return guarded([&]() -> Result<EventStream> {
    return EventStream(std::make_shared<EventStream::State>(core_, from));
  });
}

Result<Subscription> Ledger::subscribe(std::uint64_t from,
                                       std::function<Flow(const v1::Event&)> callback) {
  return guarded([&]() -> Result<Subscription> {
    if (!callback) return Failure{Code::kInvalidArgument, {}, "there is no callback"};
    auto events = stream(from);
    if (!events) return events.failure();
    const auto state =
        std::make_shared<Subscription::State>(std::move(*events), std::move(callback));
    Subscription::State::start(state);
    return Subscription(state);
  });
}

}  // namespace robotledger::v1
