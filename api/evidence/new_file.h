// A file that is there whole or not at all, and never in the place of another. Until it is
// published it has no name, so that it goes away with the process however that ends; where the file
// system cannot do that, it has another name beside its own.
//
//   auto file = NewFile::create("evidence.zip");
//   if (!file) return file.error();
//   if (auto written = (*file)->write(bytes); !written) return written;
//   return (*file)->publish();
#pragma once

#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/files.h"
#include "core/base/result.h"

namespace robotledger {

// One thread at a time.
class NewFile {
 public:
  // Makes a file that only its owner may read. kInvalidArgument where there is something of the
  // name already; kNotFound where its directory is missing; else kIo.
  static Result<std::unique_ptr<NewFile>> create(const std::string& path);

  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  // Takes it away again unless it was published.
  ~NewFile();

  Result<void> write(BytesView bytes);

  // Syncs it and gives it its name; from here on it is durable. Once. kInvalidArgument where
  // somebody else has taken the name meanwhile.
  Result<void> publish();

 private:
  NewFile(std::string path, std::string written, int descriptor)
      : path_(std::move(path)), written_(std::move(written)), file_(descriptor) {}

  std::string path_;
  std::string written_;  // its name until then; empty where it has none, and once published
  Descriptor file_;
};

}  // namespace robotledger
