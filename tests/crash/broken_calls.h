// The system's calls on files below one directory, broken as a test wants it: whoever makes them,
// the ledger, its guard, its saved state or RocksDB. The program that this is linked into calls
// what is in broken_calls.cc in the place of the C library's functions.
//
//   BrokenCalls calls("/dev/shm/x/data");
//   calls.failAt(17, ENOSPC);
//   ... OpenLedger::open("/dev/shm/x/data", {}) ...
//   if (calls.made() < 17) /* it got through */;
//
// Counted are, in the order in which they come: open, write, fsync, fdatasync, and rename, of files
// and directories. Reading has a count of its own. One object at a time; nothing is broken once it
// is gone. Any thread.
#pragma once

#include <cstdint>
#include <string>

namespace robotledger {

class BrokenCalls {
 public:
  // Of the directory, or of the file, at that path, which is absolute and has no links in it.
  explicit BrokenCalls(std::string below);
  BrokenCalls(const BrokenCalls&) = delete;
  BrokenCalls& operator=(const BrokenCalls&) = delete;
  ~BrokenCalls();

  // The call of that number, counted from 1 from now on, fails with that error; that one alone.
  void failAt(std::uint64_t call, int error);
  std::uint64_t made() const;
  // Such as "fdatasync guard"; empty where there were not so many calls.
  std::string broken() const;

  // From now on there is room for so many bytes; what does not fit is written in part, and the next
  // write fails with ENOSPC. Whether one did.
  void leaveRoomFor(std::uint64_t bytes);
  void leaveAllRoom();
  bool gotFull() const;

  // In the read of that number, counted from 1 from now on, one bit comes wrong, which the seed
  // says. The file stays as it is.
  void flipBitInRead(std::uint64_t read, std::uint32_t seed);
  // In which file that was; empty where there were not so many reads.
  std::string flipped() const;
};

}  // namespace robotledger
