// What files need from the system that the standard library does not give.
//
//   auto text = readFileBelow("/srv/tiles", "tile/0/000", 8192);
//   if (!text && text.error().code == ErrorCode::kNotFound) ...
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace robotledger {

// Makes the names in a directory durable: those that were made, renamed or removed. kIo where the
// system fails. Any thread.
Result<void> syncDirectory(const std::string& path);

// All of a file of at most `most` bytes. kNotFound where there is none; kInvalidArgument where it
// is longer, or no file; kIo where the system fails. Any thread.
Result<Bytes> readFile(const std::string& path, std::size_t most);

// Makes a file that was not there, durably, with the rights that the process gives by default.
// kInvalidArgument where there is something already; kIo where the system fails, and then there is
// no file. Any thread.
Result<void> writeNewFile(const std::string& path, BytesView bytes);

// Reads a file of a directory that nobody vouches for: no link is followed below it, and `path` has
// no "..", which is for the caller to see to. kNotFound where there is none; kDamaged where that is
// no file, lies behind a symbolic link, or has more than `most` bytes, of which none is read then;
// kIo where the system fails. Any thread.
Result<Bytes> readFileBelow(const std::string& directory, const std::string& path,
                            std::size_t most);

// The whole of it to an open file, whose name is for the error. kIo where the system fails.
Result<void> writeAll(int fd, BytesView bytes, const std::string& file);

// An open file or directory, closed in the end; -1 where opening failed.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }
  bool isOpen() const { return fd_ >= 0; }

 private:
  int fd_;
};

}  // namespace robotledger
