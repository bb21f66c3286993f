#include "api/login/last_used.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <unordered_map>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/login/last_used_file.h"
#include "core/base/files.h"

namespace robotledger {
namespace {

constexpr std::size_t kShards = 16;
constexpr std::chrono::milliseconds kShortestPause{5000};
constexpr std::size_t kBytesPerMs = 128;

using Noted = std::unordered_map<AccountId, LastUse>;

Error failed(const std::string& what, const std::string& path, int error) {
  return {ErrorCode::kIo, "cannot " + what + " " + path + ": " + std::strerror(error)};
}

Result<void> writeBeside(const std::string& path, BytesView bytes) {
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.isOpen()) return failed("make", path, errno);
  if (auto written = writeAll(file.get(), bytes, path); !written) return written;
  if (::fdatasync(file.get()) != 0) return failed("make durable", path, errno);
  return {};
}

// Puts the bytes in the place of the file, all of them or none.
Result<void> replaceFile(const std::string& path, BytesView bytes) {
  const std::string beside = path + ".new";
  if (auto written = writeBeside(beside, bytes); !written) {
    ::unlink(beside.c_str());
    return written;
  }
  if (std::rename(beside.c_str(), path.c_str()) != 0) return failed("replace", path, errno);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  return syncDirectory(folder.empty() ? "." : folder.string());
}

void keepLatest(LastUse& kept, LastUse use) {
  if (kept.at <= use.at) kept = std::move(use);
}

}  // namespace

const LastUse* LastUses::find(AccountId account, Instant created) const {
  const auto found = uses.find(account);
  return found == uses.end() || found->second.at < created ? nullptr : &found->second;
}

std::string lastUsedPath(const std::string& ledger_directory) {
  return ledger_directory + "/last-used";
}

Result<LastUses> readLastUsed(const std::string& path) {
  const auto text = readFile(path, kMaxLastUsedBytes);
  if (!text && text.error().code == ErrorCode::kInvalidArgument) {
    return Error{ErrorCode::kDamaged, text.error().message};
  }
  if (!text) return text.error();
  auto uses = parseLastUsed(*text);
  if (uses) return *std::move(uses);
  return Error{ErrorCode::kDamaged,
               path +
                   " does not say when accounts were last used: it is cut off or changed; where "
                   "it is moved away, noting begins anew"};
}

class LastUsed::Keeper {
 public:
  Keeper(std::string path, Options options, LastUses uses)
      : path_(std::move(path)), options_(std::move(options)), uses_(std::move(uses)) {}
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper() {
    {
      const std::lock_guard lock(pause_mutex_);
      ended_ = true;
    }
    pause_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> begin() {
    try {
      thread_ = std::thread([this] { keep(); });
      return {};
    } catch (const std::system_error& failure) {
      return Error{ErrorCode::kIo,
                   std::string("cannot start a thread that keeps uses: ") + failure.what()};
    }
  }

  void note(AccountId account, std::string_view address, Instant now) {
    Shard& shard = shards_[account.value % kShards];
    const std::lock_guard lock(shard.mutex);
    LastUse& kept = shard.noted[account];
    if (kept.at > now) return;
    kept.at = now;
    // Mostly the same one, whose memory is used again.
    if (kept.address.empty() || kept.address != address) kept.address = keptAddress(address);
  }

  LastUses current() {
    const std::lock_guard lock(mutex_);
    takeNoted();
    return uses_;
  }

  LastUses currentOf(AccountId account) {
    const std::lock_guard lock(mutex_);
    takeNoted();
    LastUses one{.since = uses_.since, .uses = {}};
    if (const auto found = uses_.uses.find(account); found != uses_.uses.end()) {
      one.uses.insert(*found);
    }
    return one;
  }

  Result<void> flush() {
    const std::lock_guard lock(mutex_);
    takeNoted();
    if (!changed_) return {};
    const Bytes text = formatLastUsed(uses_);
    if (auto replaced = replaceFile(path_, text); !replaced) return replaced;
    changed_ = false;
    written_bytes_ = text.size();
    return {};
  }

 private:
  struct alignas(64) Shard {
    std::mutex mutex;
    Noted noted;  // since the last time they were taken
  };

  // With mutex_ held. Whoever notes meanwhile waits for the exchange of two tables.
  void takeNoted() {
    for (Shard& shard : shards_) {
      Noted noted;
      {
        const std::lock_guard lock(shard.mutex);
        noted.swap(shard.noted);
      }
      for (auto& [account, use] : noted) {
        keepLatest(uses_.uses[account], std::move(use));
        changed_ = true;
      }
    }
  }

  std::chrono::milliseconds pauseLength() {
    const std::lock_guard lock(mutex_);
    return std::max(kShortestPause, std::chrono::milliseconds(written_bytes_ / kBytesPerMs));
  }

  void keep() {
    bool failed_before = false;
    bool ended = false;
    while (!ended) {
      {
        std::unique_lock lock(pause_mutex_);
        ended = pause_.wait_for(lock, pauseLength(), [this] { return ended_; });
      }
      const auto flushed = flush();
      // Once, not every five seconds for as long as a disk is full.
      if (!flushed && !failed_before && options_.tell) {
        options_.tell(flushed.error().message + "; when accounts were last used is not kept");
      }
      failed_before = !flushed.has_value();
    }
  }

  const std::string path_;
  const Options options_;
  std::array<Shard, kShards> shards_;
  std::mutex mutex_;
  LastUses uses_;
  bool changed_ = false;  // since it was written
  std::size_t written_bytes_ = 0;
  std::mutex pause_mutex_;
  std::condition_variable pause_;
  bool ended_ = false;
  std::thread thread_;
};

LastUsed::LastUsed(std::unique_ptr<Keeper> keeper) : keeper_(std::move(keeper)) {}
LastUsed::~LastUsed() = default;

Result<std::unique_ptr<LastUsed>> LastUsed::open(const std::string& path, Options options) {
  auto uses = readLastUsed(path);
  if (!uses && uses.error().code == ErrorCode::kDamaged) {
    const std::string aside = path + ".damaged";
    if (std::rename(path.c_str(), aside.c_str()) != 0) return failed("put aside", path, errno);
    if (options.tell) {
      options.tell(uses.error().message + "; it is put aside as " + aside);
    }
  } else if (!uses && uses.error().code != ErrorCode::kNotFound) {
    return uses.error();
  }
  if (!uses) {
    SystemClock system;
    const Instant now = options.clock == nullptr ? system.now() : options.clock->now();
    uses = LastUses{.since = now, .uses = {}};
    // From here on it is known since when.
    if (auto begun = replaceFile(path, formatLastUsed(*uses)); !begun) return begun.error();
  }
  if (options.lives) {
    std::erase_if(uses->uses, [&](const auto& entry) { return !options.lives(entry.first); });
  }
  auto keeper = std::make_unique<Keeper>(path, std::move(options), *std::move(uses));
  if (auto begun = keeper->begin(); !begun) return begun.error();
  return std::unique_ptr<LastUsed>(new LastUsed(std::move(keeper)));
}

void LastUsed::note(AccountId account, std::string_view address, Instant now) {
  keeper_->note(account, address, now);
}

LastUses LastUsed::current() { return keeper_->current(); }
LastUses LastUsed::currentOf(AccountId account) { return keeper_->currentOf(account); }
Result<void> LastUsed::flush() { return keeper_->flush(); }

}  // namespace robotledger
