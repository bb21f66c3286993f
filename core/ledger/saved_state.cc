#include "core/ledger/saved_state.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/merkle/proof.h"
#include "core/wire/event_codec.h"
#include "core/wire/state_codec.h"

namespace robotledger {
namespace {

Error failed(const std::string& what, const std::string& file) {
  return Error{ErrorCode::kIo, "cannot " + what + " " + file + ": " + std::strerror(errno)};
}

Result<void> writeSynced(int fd, BytesView bytes, const std::string& file) {
  if (auto written = writeAll(fd, bytes, file); !written) return written;
  if (::fsync(fd) != 0) return failed("sync", file);
  return {};
}

class FileOfStates final : public SavedStates {
 public:
  explicit FileOfStates(std::string file) : file_(std::move(file)) {}

  Result<std::optional<Bytes>> load() override {
    auto bytes = readFile(file_, kMaxSavedStateBytes);
    if (bytes) return std::optional<Bytes>(*std::move(bytes));
    const Error& error = bytes.error();
    if (error.code == ErrorCode::kNotFound) return std::optional<Bytes>();
    if (error.code != ErrorCode::kInvalidArgument) return error;
    return Error{ErrorCode::kDamaged,
                 "the saved state " + error.message + "; remove it, and it is made anew"};
  }

  Result<void> save(BytesView bytes) override {
    if (bytes.size() > kMaxSavedStateBytes) {
      return Error{ErrorCode::kInvalidArgument, "the state is too long for a saved copy"};
    }
    const std::string fresh = file_ + ".new";
    const int fd =
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return failed("make", fresh);
    auto written = writeSynced(fd, bytes, fresh);
    ::close(fd);
    // A rename that a power cut undoes leaves the old copy, which is as good.
    if (written && ::rename(fresh.c_str(), file_.c_str()) != 0) written = failed("rename", fresh);
    if (!written) ::unlink(fresh.c_str());
    return written;
  }

 private:
  std::string file_;
};

// A copy is made of what is durable, so a log that is shorter than this ledger's lost events.
Result<void> checkNothingIsMissing(const LogStore& log, const StateImage& image) {
  const TreeSize size = log.head().size;
  if (image.size <= size || size.value == 0) return {};
  const auto first = readEvent(log, Sequence{0});
  if (!first) return first.error();
  const auto* begun = std::get_if<LedgerInitialized>(&first->body);
  if (begun == nullptr || begun->ledger_id != image.ledger_id) return {};
  return Error{ErrorCode::kDamaged,
               "the log has " + std::to_string(size.value) +
                   " events and the saved state was made of " + std::to_string(image.size.value) +
                   ": events that were acknowledged are missing from the log; keep a copy of all "
                   "there is, and remove the saved state only where an older log was put back on "
                   "purpose"};
}

// The copy's state where it is a copy of this very log, else nothing.
Result<std::optional<State>> fromCopy(const LogStore& log, SavedStates* copies) {
  using Copied = std::optional<State>;
  if (copies == nullptr) return Copied();
  auto bytes = copies->load();
  if (!bytes || !bytes->has_value()) return Copied();
  auto saved = decodeState(**bytes);
  if (!saved) return Copied();
  if (auto whole = checkNothingIsMissing(log, saved->image); !whole) return whole.error();
  const auto root = rootAt(log, saved->image.size);
  if (!root || *root != saved->root) return Copied();
  auto state = State::fromImage(std::move(saved->image));
  if (!state) return Copied();
  return Copied(std::move(*state));
}

}  // namespace

Result<Digest> rootAt(const LogStore& log, TreeSize size) {
  if (size.value > log.head().size.value) {
    return Error{ErrorCode::kNotFound, "the log was never that long"};
  }
  return rootFromTiles(size, std::bind_front(&LogStore::hashTile, &log));
}

std::unique_ptr<SavedStates> savedStatesIn(std::string file) {
  return std::make_unique<FileOfStates>(std::move(file));
}

Result<void> forEachEvent(const LogStore& log, Sequence from, TreeSize until,
                          const std::function<Result<void>(Event&&)>& visit) {
  auto cursor = log.scan(from, until);
  if (!cursor) return cursor.error();
  for (std::uint64_t sequence = from.value;; ++sequence) {
    auto record = (*cursor)->next();
    if (!record) return record.error();
    if (!record->has_value()) return {};
    auto event = eventOf(Sequence{sequence}, **record);
    if (!event) return event.error();
    if (auto visited = visit(*std::move(event)); !visited) return visited;
  }
}

Result<Event> eventOf(Sequence sequence, BytesView record) {
  auto event = decodeEvent(record);
  if (!event || event->sequence != sequence) {
    return Error{ErrorCode::kDamaged, "record " + std::to_string(sequence.value) +
                                          " of the log is no event of that place" +
                                          (event ? "" : ": " + event.error().message)};
  }
  return event;
}

Result<Event> readEvent(const LogStore& log, Sequence sequence) {
  auto record = log.read(sequence);
  if (!record) return record.error();
  return eventOf(sequence, *record);
}

Result<LoadedState> loadState(const LogStore& log, SavedStates* copies) {
  auto copied = fromCopy(log, copies);
  if (!copied) return copied.error();
  State state = std::move(*copied).value_or(State());
  const TreeSize copied_at = state.size();
  const auto applied = forEachEvent(log, Sequence{state.size().value}, log.head().size,
                                    [&](const Event& event) { return state.apply(event); });
  if (!applied) return applied.error();
  return LoadedState{std::move(state), copied_at};
}

}  // namespace robotledger
