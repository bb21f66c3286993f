#include "api/login/slow_lane.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <sys/resource.h>

namespace robotledger {
namespace {

// A tenth of the share of a thread without it, where there are not processors enough.
constexpr int kNiceness = 10;

struct Waiting {
  std::string source;
  Rank rank = Rank::kStranger;
  std::uint64_t arrival = 0;
  std::function<void(Turn)> work;
};

}  // namespace

class SlowLane::State {
 public:
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { end(); }

  Result<void> begin() {
    try {
      for (std::size_t i = 0; i < kSlowAtOnce; ++i) threads_.emplace_back([this] { serve(); });
      return {};
    } catch (const std::system_error& failure) {
      return Error{ErrorCode::kIo,
                   std::string("cannot start a thread for slow checks: ") + failure.what()};
    }
  }

  void run(const std::string& source, Rank rank, std::function<void(Turn)> work) {
    std::function<void(Turn)> dropped;
    {
      const std::lock_guard lock(mutex_);
      if (ended_) {
        dropped = std::move(work);
      } else {
        waiting_.push_back({source, rank, ++arrivals_, std::move(work)});
        ++sources_[source].waiting;
        if (waiting_.size() > kSlowWaiting) dropped = take(loser()).work;
      }
    }
    if (dropped) dropped(Turn::kNoRoom);
    came_.notify_one();
  }

 private:
  struct Source {
    std::size_t waiting = 0;
    std::size_t running = 0;
    std::uint64_t turn = 0;  // its last
  };
  using Place = std::list<Waiting>::iterator;

  // The next: of the known before strangers; of where least runs; of where the last turn is longest
  // ago; the first to come.
  Place next() {
    return std::min_element(
        waiting_.begin(), waiting_.end(),
        [this](const Waiting& a, const Waiting& b) { return placeOf(a) < placeOf(b); });
  }
  std::tuple<Rank, std::size_t, std::uint64_t, std::uint64_t> placeOf(const Waiting& one) const {
    const Source& source = sources_.at(one.source);
    return {one.rank, source.running, source.turn, one.arrival};
  }

  // Who goes without: a stranger before the known; of where most wait; the last to come.
  Place loser() {
    return std::max_element(
        waiting_.begin(), waiting_.end(), [this](const Waiting& a, const Waiting& b) {
          return std::make_tuple(a.rank, sources_.at(a.source).waiting, a.arrival) <
                 std::make_tuple(b.rank, sources_.at(b.source).waiting, b.arrival);
        });
  }

  Waiting take(Place place) {
    Waiting taken = std::move(*place);
    waiting_.erase(place);
    --sources_[taken.source].waiting;
    forgetIfIdle(taken.source);
    return taken;
  }

  void forgetIfIdle(const std::string& name) {
    const auto source = sources_.find(name);
    if (source->second.waiting == 0 && source->second.running == 0) sources_.erase(source);
  }

  void serve() {
    // Of this thread alone, on Linux. Where it is not allowed, it goes on without.
    (void)::setpriority(PRIO_PROCESS, 0, kNiceness);
    std::unique_lock lock(mutex_);
    while (true) {
      came_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (ended_) return;
      const Place place = next();
      Source& source = sources_[place->source];
      ++source.running;
      source.turn = ++turns_;
      Waiting one = take(place);
      lock.unlock();
      one.work(Turn::kYours);
      one.work = nullptr;  // what it holds is let go of without the lock
      lock.lock();
      --sources_[one.source].running;
      forgetIfIdle(one.source);
    }
  }

  void end() {
    std::list<Waiting> left;
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
      left.swap(waiting_);
    }
    came_.notify_all();
    for (const Waiting& one : left) one.work(Turn::kNoRoom);
    for (std::thread& thread : threads_) thread.join();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::list<Waiting> waiting_;
  std::map<std::string, Source> sources_;  // those that wait or run
  std::uint64_t arrivals_ = 0;
  std::uint64_t turns_ = 0;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

SlowLane::SlowLane(std::unique_ptr<State> state) : state_(std::move(state)) {}
SlowLane::~SlowLane() = default;

Result<std::unique_ptr<SlowLane>> SlowLane::start() {
  auto state = std::make_unique<State>();
  if (auto begun = state->begin(); !begun) return begun.error();
  return std::unique_ptr<SlowLane>(new SlowLane(std::move(state)));
}

void SlowLane::run(const std::string& source, Rank rank, std::function<void(Turn)> work) {
  state_->run(source, rank, std::move(work));
}

}  // namespace robotledger
