// Internal to the server's .cc files: one thread with an event loop of KJ's, and the connections
// that it was given.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>

#include "api/http/serving.h"
#include "core/base/files.h"
#include "core/base/result.h"

namespace robotledger::http {

class EventLoop {
 public:
  // `serving` outlives it. kIo where the system gives no pipe.
  static Result<std::unique_ptr<EventLoop>> start(Serving& serving);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  // Ends all connections, and the thread.
  ~EventLoop();

  // All of these: any thread.

  // Takes an accepted socket, non-blocking and counted in `serving.connections`, and owns it.
  void take(int socket);
  // Ends what does nothing, and each other connection when its answer is sent.
  void drain();
  // How many it has.
  std::size_t connections() const { return connections_; }
  // Whether it has ended, which it does when it was drained.
  bool hasEnded() const { return ended_; }

 private:
  EventLoop(Serving& serving, Descriptor mailbox);
  void run(int mailbox);
  // What comes through the mailbox, beside sockets.
  static constexpr int kDrain = -1;
  static constexpr int kStop = -2;
  bool send(int message) const;

  Serving& serving_;
  Descriptor mailbox_;
  std::atomic<std::size_t> connections_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread thread_;
  friend class LoopThread;
};

}  // namespace robotledger::http
