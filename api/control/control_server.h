// ControlServer: lets the command line use a ledger that this process has.
//
//   auto ledger = OpenLedger::open("robotledger-data", {.program = "my-registry"});
//   auto control = ControlServer::start(**ledger, {});
//   if (!control) report(control.error().message);
//   ...                                            // robotledger account disable 'robot$web+ci'
//   control->reset();                              // before the ledger
//
// It listens on control.sock in the ledger's directory. Who may connect: the directory's owner, who
// could as well open the ledger himself, the user of this process, and root. Anybody else is told
// so and refused.
#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "api/control/address.h"
#include "api/control/held_views.h"

namespace robotledger {

struct ControlOptions {
  std::size_t connections = 32;        // at once; a further one is told that there are too many
  int idle_views_ms = 10 * 60 * 1000;  // views that nothing is asked of so long are let go
};

class ControlServer {
 public:
  // The ledger outlives it. kIo where the socket cannot be made. Whoever has the ledger has one of
  // these at most.
  static Result<std::unique_ptr<ControlServer>> start(LedgerAccess& ledger,
                                                      const ControlOptions& options);

  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;
  // Ends all connections: what is being done is done, and answered where the client listens; a
  // verification or a rebuild of the views is waited for.
  ~ControlServer();

 private:
  struct Connection {
    explicit Connection(Descriptor taken) : socket(std::move(taken)) {}
    Descriptor socket;
    bool has_ended = false;  // guarded by mutex_
    std::thread thread;
  };

  ControlServer(LedgerAccess& ledger, const ControlOptions& options, Descriptor listener,
                Descriptor stop, uid_t owner);
  void accept();
  void takeOne();
  void joinEnded();
  void serve(Connection& connection);
  void converse(int socket);

  LedgerAccess& ledger_;
  const ControlOptions options_;
  Descriptor listener_;
  Descriptor stop_;  // readable once it is to end
  const uid_t owner_;
  HeldViews views_;

  std::mutex mutex_;
  std::condition_variable ended_;
  std::list<Connection> connections_;  // guarded by mutex_; the threads use their own

  std::thread thread_;  // the last: it uses all of the above
};

}  // namespace robotledger
