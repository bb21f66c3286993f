// SlowLane: where slow checks wait and run: two at a time, on two threads of its own with the least
// claim on a processor, and at most 64 waiting, so that no flood of them takes more than that from
// those who need none.
//
//   SlowLane lane;
//   lane.run("10.0.0.7", Rank::kStranger, [&](Turn turn) { if (turn == Turn::kYours) check(); });
//
// It is fair to where things come from: whoever waits for a turn waits for those who have had
// fewer, and where the room is full, the last to come from where most came from goes without. So a
// flood from one address delays others by what is running at most. Those who are known to have
// logged in from there before go before strangers.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "core/base/result.h"

namespace robotledger {

inline constexpr std::size_t kSlowAtOnce = 2;
inline constexpr std::size_t kSlowWaiting = 64;

enum class Rank : std::uint8_t { kKnown, kStranger };
enum class Turn : std::uint8_t {
  kYours,   // on a thread of the lane
  kNoRoom,  // on any thread: at once, or when others came to whom the room belongs
};

class SlowLane {
 public:
  // kIo where the system gives no threads.
  static Result<std::unique_ptr<SlowLane>> start();

  SlowLane(const SlowLane&) = delete;
  SlowLane& operator=(const SlowLane&) = delete;
  // What waits gets kNoRoom; waits for what runs.
  ~SlowLane();

  // Any thread; returns at once. `work` is called once, and does not throw.
  void run(const std::string& source, Rank rank, std::function<void(Turn)> work);

 private:
  class State;
  explicit SlowLane(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace robotledger
