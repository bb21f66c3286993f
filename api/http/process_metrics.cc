#include <array>
#include <charconv>
#include <chrono>
#include <filesystem>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/http/ascii.h"
#include "api/http/metrics.h"
#include "core/base/files.h"

namespace robotledger::http {
namespace {

double systemSeconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// Of /proc/self/statm, whose first figures are the sizes in pages: all, and what is in memory.
std::optional<double> memoryBytes(std::size_t field) {
  std::array<char, 256> text{};
  const Descriptor file(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  if (!file.isOpen()) return std::nullopt;
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count <= 0) return std::nullopt;
  std::string_view rest(text.data(), static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < field; ++i) (void)takeUntil(rest, ' ');
  const std::string_view figure = takeUntil(rest, ' ');
  std::uint64_t pages = 0;
  const auto read = std::from_chars(figure.data(), figure.data() + figure.size(), pages);
  if (read.ec != std::errc()) return std::nullopt;
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

std::optional<double> openDescriptors() {
  std::error_code failed;
  std::filesystem::directory_iterator at("/proc/self/fd", failed);
  double count = -1;  // the one that reads them
  for (; !failed && at != std::filesystem::directory_iterator(); at.increment(failed)) count += 1;
  if (failed) return std::nullopt;
  return count;
}

std::optional<double> cpuSeconds() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return std::nullopt;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

void addProcessMetrics(Metrics& metrics) {
  metrics.gauge("process_start_time_seconds", "When the process began, in seconds of UNIX time.",
                [started = systemSeconds()] { return started; });
  metrics.counters("process_cpu_seconds_total", "Processor time used.", [](const Emit& emit) {
    if (const auto seconds = cpuSeconds()) emit({}, *seconds);
  });
  metrics.gauge("process_resident_memory_bytes", "Memory that is resident.",
                [] { return memoryBytes(1); });
  metrics.gauge("process_virtual_memory_bytes", "Memory that is mapped.",
                [] { return memoryBytes(0); });
  metrics.gauge("process_open_fds", "File descriptors that are open.",
                [] { return openDescriptors(); });
  metrics.gauge("process_max_fds", "File descriptors that may be open.",
                []() -> std::optional<double> {
                  rlimit limit{};
                  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
                  return static_cast<double>(limit.rlim_cur);
                });
}

}  // namespace robotledger::http
