#include "bench/harness.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <filesystem>
#include <thread>

#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace robotledger::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kSettlePoll{250};
constexpr int kSettledPolls = 8;
constexpr int kSettledPollsQuick = 1;
constexpr int kMaxSettlePolls = 1200;

// Of linux/magic.h and the file systems' own headers.
constexpr std::array<std::pair<unsigned long, const char*>, 6> kFileSystems = {{
    {0xef53, "ext4"},
    {0x58465342, "xfs"},
    {0x9123683e, "btrfs"},
    {0x01021994, "tmpfs"},
    {0x794c7630, "overlayfs"},
    {0x2fc12fc1, "zfs"},
}};

std::string fileSystemOf(const std::string& path) {
  struct statfs info {};
  if (::statfs(path.c_str(), &info) != 0) return "unknown";
  const auto type = static_cast<unsigned long>(info.f_type);
  for (const auto& [magic, name] : kFileSystems) {
    if (magic == type) return name;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "0x%lx", type);
  return text.data();
}

}  // namespace

bool quick() {
  const char* set = std::getenv("ROBOTLEDGER_BENCH_QUICK");
  return set != nullptr && *set != '\0' && *set != '0';
}

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (!name.starts_with("--") || i + 1 == argc) {
      std::fprintf(stderr, "%s: '%s' is no option with a value\n", argv[0], argv[i]);
      std::exit(2);
    }
    pairs_.emplace_back(name.substr(2), argv[i + 1]);
  }
}

std::string Arguments::text(const std::string& name, const std::string& otherwise) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return value;
  }
  return otherwise;
}

std::size_t Arguments::number(const std::string& name, std::size_t otherwise) const {
  const std::string value = text(name, "");
  return value.empty() ? otherwise : std::strtoull(value.c_str(), nullptr, 10);
}

std::string ownPath() { return fs::read_symlink("/proc/self/exe").string(); }

std::string dataDirectory(const Arguments& arguments) {
  std::string path = arguments.text("data", (fs::path(ownPath()).parent_path() / "data").string());
  fs::create_directories(path);
  return path;
}

std::string durability(const std::string& path, Sync sync) {
  return std::string(sync == Sync::kOn ? "sync on" : "sync off") + ", " + fileSystemOf(path);
}

WorkDirectory::WorkDirectory(const Arguments& arguments) {
  const std::string below = arguments.text("dir", "");
  path_ = (below.empty() ? dataDirectory(arguments) : below) + "/work-XXXXXX";
  if (::mkdtemp(path_.data()) == nullptr) fail("cannot make " + path_);
}

WorkDirectory::~WorkDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::uint64_t diskUsage(const std::string& path) {
  std::uint64_t bytes = 0;
  std::error_code failed;
  // Files come and go while this looks.
  for (fs::recursive_directory_iterator file(path, failed), end; !failed && file != end;
       file.increment(failed)) {
    constexpr std::uint64_t kStatBlock = 512;
    struct stat info {};
    if (::lstat(file->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    // RocksDB sets room aside for what is to come; what is written is in it.
    const auto blocks = static_cast<std::uint64_t>(info.st_blocks) * kStatBlock;
    bytes += std::max(blocks, static_cast<std::uint64_t>(info.st_size));
  }
  return bytes;
}

std::uint64_t settledDiskUsage(const std::string& path) {
  std::uint64_t before = diskUsage(path);
  int settled = 0;
  const int wanted = quick() ? kSettledPollsQuick : kSettledPolls;
  for (int polls = 0; settled < wanted && polls < kMaxSettlePolls; ++polls) {
    std::this_thread::sleep_for(kSettlePoll);
    const std::uint64_t now = diskUsage(path);
    settled = now == before ? settled + 1 : 0;
    before = now;
  }
  return before;
}

double processorSeconds() {
  struct timespec used {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

double percentile(std::vector<double> values, double share) {
  if (values.empty()) fail("there is nothing to take a percentile of");
  const auto at = std::min(values.size() - 1,
                           static_cast<std::size_t>(share * static_cast<double>(values.size())));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(at);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

std::string withUnit(double value, const std::string& unit) {
  std::array<char, 64> text{};
  const int decimals = value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0;
  std::snprintf(text.data(), text.size(), "%.*f%s", decimals, value, unit.c_str());
  return text.data();
}

void report(const Report& line) {
  const std::string ratio = line.ratio > 0 ? withUnit(line.ratio, "") : "-";
  std::printf("BENCH\t%s\t%s\t%s\t%s\t%s\t%s\n", line.question.c_str(), line.ours.c_str(),
              line.rival.c_str(), ratio.c_str(), line.goal.c_str(), line.durability.c_str());
  std::fflush(stdout);
}

void fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::fflush(stdout);
  std::_Exit(3);  // other threads may be at work
}

}  // namespace robotledger::bench
