#include "api/evidence/scratch_rows.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "projections/memory_row_store.h"
#include "projections/rocks_row_store.h"

namespace robotledger {
namespace {

// About half a kilobyte each, with their rows.
constexpr std::uint64_t kMostEventsInMemory = 200000;

}  // namespace

Result<std::unique_ptr<ScratchRows>> ScratchRows::make(TreeSize events) {
  std::unique_ptr<ScratchRows> rows(new ScratchRows());
  if (events.value <= kMostEventsInMemory) {
    rows->store_ = std::make_unique<MemoryRowStore>();
    return rows;
  }
  std::error_code failed;
  std::string path = (std::filesystem::temp_directory_path(failed) / "robotledger.XXXXXX").string();
  if (failed || ::mkdtemp(path.data()) == nullptr) {
    return Error{ErrorCode::kIo, "cannot make a temporary directory " + path + ": " +
                                     std::strerror(failed ? failed.value() : errno)};
  }
  rows->directory_ = path;
  auto store = openRocksRowStore(path + "/rows", {});
  if (!store) return store.error();
  rows->store_ = std::move(*store);
  return rows;
}

ScratchRows::~ScratchRows() {
  store_.reset();
  std::error_code failed;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, failed);
}

}  // namespace robotledger
