// Programs that serve while a benchmark asks them, and those that end at once.
//
//   const std::uint16_t port = freePort();
//   const Served server({ledgerProgram(), "serve", ...}, folder + "/serve.log", port);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <sys/types.h>

namespace robotledger::bench {

// On loopback; nobody has it at this moment.
std::uint16_t freePort();

// The program `robotledger` of this build.
std::string ledgerProgram();

// What a command of the shell prints; one that fails ends the process.
std::string outputOf(const std::string& command);

// A program that serves until it is let go of; what it says goes to a file.
class Served {
 public:
  // Waits until it takes connections.
  Served(std::vector<std::string> words, const std::string& output, std::uint16_t port);
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  ~Served();
  // Of the processor, so far.
  double seconds() const;

 private:
  pid_t id_ = -1;
};

}  // namespace robotledger::bench
