#include "projections/event_feed.h"

#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

constexpr std::size_t kEventsAPart = 256;
constexpr std::size_t kPartsAhead = 16;

}  // namespace

EventFeed::EventFeed(const LogStore& log, Sequence from, TreeSize until)
    : log_(log), from_(from), until_(until), thread_([this] { read(); }) {}

EventFeed::~EventFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool EventFeed::push(std::vector<Event> events) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || ready_.size() < kPartsAhead; });
  ready_.push_back(std::move(events));
  changed_.notify_all();
  return !stopping_;
}

void EventFeed::read() {
  std::vector<Event> part;
  const auto ended = forEachEvent(log_, from_, until_, [&](Event&& event) -> Result<void> {
    part.push_back(std::move(event));
    if (part.size() < kEventsAPart) return {};
    std::vector<Event> full;
    full.reserve(kEventsAPart);
    full.swap(part);
    if (!push(std::move(full))) return Error{ErrorCode::kClosed, "nobody takes the events"};
    return {};
  });
  if (!part.empty()) push(std::move(part));
  const std::lock_guard lock(mutex_);
  ended_ = ended;
  done_ = true;
  changed_.notify_all();
}

Result<std::vector<Event>> EventFeed::next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return done_ || !ready_.empty(); });
  if (ready_.empty()) {
    if (!ended_) return ended_.error();
    return std::vector<Event>();
  }
  std::vector<Event> events = std::move(ready_.front());
  ready_.pop_front();
  changed_.notify_all();
  return events;
}

}  // namespace robotledger
