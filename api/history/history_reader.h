// A history file read line by line, in memory that does not grow with the file or with a line.
//
//   Result<HistoryFile> file = inspectHistory("past.jsonl");      // first pass: hash and count
//   auto reader = HistoryReader::open(*file);                     // second: the lines
//   while (true) {
//     Result<std::optional<HistoryText>> next = (*reader)->next();
//     if (!next) return next.error();
//     if (!next->has_value()) break;
//     submit((**next).number, (**next).text);
//   }
//
// Lines end with LF or CRLF, the last one also with the file. Blank lines (spaces, tabs and CRs
// only) are skipped and counted. A line of more than kMaxHistoryLineBytes is told of, not kept.
//
// Only regular files: a history is read twice, which a pipe cannot give. The second pass ends with
// an error where the file is no longer the one that was hashed, since what would be recorded then
// is the hash of another; by its inode, size and time of change.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/sha256.h"

namespace robotledger {

// What tells a file from another, and from itself after a change.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileIdentity&) const = default;
};

struct HistoryFile {
  std::string path;
  Digest sha256{};          // of all its bytes
  std::uint64_t lines = 0;  // blank ones too, and the last one where it has no newline
  FileIdentity identity;
};

// Reads the whole file once. An error names the path and the reason: kNotFound where there is no
// such file, kInvalidArgument for a directory, a pipe or anything else that is no regular file,
// kIo for what the system says otherwise. Any thread.
Result<HistoryFile> inspectHistory(const std::string& path);

struct HistoryText {
  enum class Kind : std::uint8_t { kLine, kTooLong };
  std::uint64_t number = 0;  // from 1
  Kind kind = Kind::kLine;
  std::string_view text;  // without its end; of a line too long, nothing. Until the next next()
};

// One thread at a time. About 1.1 MiB.
class HistoryReader {
 public:
  // Begins at the first line. Errors as of inspectHistory, and kIo where the file has changed.
  static Result<std::unique_ptr<HistoryReader>> open(const HistoryFile& file);

  HistoryReader(const HistoryReader&) = delete;
  HistoryReader& operator=(const HistoryReader&) = delete;
  ~HistoryReader();

  // The next line that is not blank, or nothing after the last. After an error there is no more.
  Result<std::optional<HistoryText>> next();

 private:
  HistoryReader(const HistoryFile& file, int descriptor);

  Result<bool> fill();
  Result<void> checkUnchanged() const;
  std::optional<HistoryText> lineOf(std::string_view bytes) const;

  const std::string path_;
  const FileIdentity identity_;
  const int descriptor_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is not read yet, in buffer_
  std::size_t end_ = 0;
  std::uint64_t line_ = 0;
  bool at_end_of_file_ = false;
  bool skipping_ = false;  // through the rest of a line that is too long
};

}  // namespace robotledger
