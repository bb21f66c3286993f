// Processes of the benchmark's own program: RocksDB does not survive a fork, so each is started
// anew.
//
//   Process child({"--mode", "open", "--path", directory});
//   const std::string said = child.line();
//   child.kill();
//
// One thread.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace robotledger::bench {

class Process {
 public:
  // Starts this program with these arguments. Its standard output is read by line().
  explicit Process(const std::vector<std::string>& arguments);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Waits for its end.
  ~Process();

  // The next line, without its end; empty at the end of its output.
  std::string line();
  // SIGKILL: it does nothing more.
  void kill();
  // Waits for its end; whatever is not 0 ends this process too.
  void finish();

 private:
  pid_t id_ = -1;
  int output_ = -1;
  std::string read_;
};

}  // namespace robotledger::bench
