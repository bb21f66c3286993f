// Fleet: projects full of robots that live a plausible life, as commands that a ledger accepts.
//
//   Fleet fleet({.projects = 20, .accounts = 50, .pushers = 10, .seed = 1});
//   for (Submission& s : fleet.opening()) ledger.submit(std::move(s));
//   ledger.submit(fleet.next());
//
// It remembers what its commands did, so each of them has to be submitted, in order, to a ledger in
// which nobody else changes its projects. The same options give the same commands. One thread.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "core/ledger/ledger.h"

namespace robotledger::bench {

struct FleetOptions {
  std::string name = "team";  // its projects are called NAME-0, NAME-1 …
  std::size_t projects = 20;
  std::size_t accounts = 50;  // that live in a project
  std::size_t pushers = 20;   // of them, that may push
  // Of all events, those in project 0, whose robots are made for one job and deleted after it, by
  // hundredths.
  unsigned hot_percent = 0;
  std::uint64_t seed = 1;
};

class Fleet {
 public:
  explicit Fleet(const FleetOptions& options);

  // The projects.
  std::vector<Submission> opening();
  Submission next();
  // How many events the last command becomes.
  std::size_t lastEvents() const { return last_events_; }

  std::string projectName(std::size_t index) const;

 private:
  struct Robot {
    std::string name;
    bool pushes = false;
    bool disabled = false;
    bool extra = false;  // has a second capability that comes and goes
    std::uint8_t expiry = 0;
    std::uint32_t described = 0;
  };
  struct Home {
    std::vector<Robot> robots;
    std::size_t pushers = 0;
    std::size_t made = 0;
  };

  Command create(std::size_t home);
  Command change(std::size_t home, Robot& robot);
  Command remove(std::size_t home, std::size_t robot);
  Command nextForJobs(std::size_t home);
  Command nextForTeam(std::size_t home);
  Submission submission(Command command);
  AccountRef refTo(std::size_t home, const Robot& robot) const;
  std::size_t below(std::size_t bound);
  SecretHash secret();

  FleetOptions options_;
  std::mt19937_64 random_;
  std::vector<Home> homes_;
  std::size_t last_events_ = 1;
  std::uint64_t events_ = 0;
  std::uint64_t hot_events_ = 0;
};

}  // namespace robotledger::bench
