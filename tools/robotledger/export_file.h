// The file into which a secret goes that is shown once: made before the command is carried out, so
// that nobody finds afterwards that it cannot be.
//
//   auto file = ExportFile::create("ci.json");        // new, mode 0600, no link followed
//   ... the command is carried out; where it is refused the file goes away with `file` ...
//   if (auto written = (*file)->write(text); !written) printTheSecret();
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace robotledger {

class ExportFile {
 public:
  // kInvalidArgument where there is something already, a link too; else kIo.
  static Result<std::unique_ptr<ExportFile>> create(const std::string& path);

  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;
  // Takes the file away again unless it was written.
  ~ExportFile();

  // Writes all of it and syncs. Afterwards the file stays; after an error it goes away.
  Result<void> write(std::string_view text);
  const std::string& path() const { return path_; }

 private:
  ExportFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  // Whether what has the name is still the file that was made.
  bool isStillThere() const;

  std::string path_;
  int descriptor_;
  bool written_ = false;
};

}  // namespace robotledger
