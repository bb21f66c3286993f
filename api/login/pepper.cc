#include "api/login/pepper.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/files.h"
#include "core/base/random.h"
#include "core/ledger/saved_state.h"
#include "projections/log_query.h"

namespace robotledger {
namespace {

constexpr mode_t kRightsOfOthers = 077;

Error failed(const std::string& what, const std::string& path, int error) {
  return {ErrorCode::kIo, "cannot " + what + " the pepper " + path + ": " + std::strerror(error)};
}

Result<void> writePepper(const Descriptor& file, const std::string& path) {
  auto random = randomBytes(kPepperBytes);
  if (!random) return random.error();
  const SecretText pepper(*std::move(random));
  if (auto written = writeAll(file.get(), pepper.text(), path); !written) return written;
  if (::fsync(file.get()) != 0) return failed("make durable", path, errno);
  return syncDirectory(std::filesystem::path(path).parent_path().string());
}

// Whether any of the events of one kind has, or is by itself, a secret that a person chose.
Result<bool> hasChosenIn(const View& view, std::size_t kind) {
  const auto query = LogQuery::start(view, {.kind = kind, .as_of = view.last()});
  if (!query) return query.error();
  while (true) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) return false;
    const auto event = readEvent(*view.log, **next);
    if (!event) return event.error();
    if (std::holds_alternative<OperatorPasswordSet>(event->body)) return true;
    const auto* issued = std::get_if<SecretIssued>(&event->body);
    if (issued != nullptr && issued->secret.kind == SecretHash::Kind::kChosen) return true;
  }
}

}  // namespace

std::string pepperPath(const std::string& ledger_directory) {
  return ledger_directory + "/keys/pepper";
}

Result<void> makePepper(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  if (::mkdir(folder.c_str(), 0700) == 0) {
    const auto synced = syncDirectory(std::filesystem::path(folder).parent_path().string());
    if (!synced) return synced;
  } else if (errno != EEXIST) {
    return failed("make a folder for", path, errno);
  }
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.isOpen() && errno == EEXIST) {
    return Error{ErrorCode::kInvalidArgument, "there is a pepper at " + path + " already"};
  }
  if (!file.isOpen()) return failed("make", path, errno);
  auto written = writePepper(file, path);
  if (!written) ::unlink(path.c_str());
  return written;
}

Result<std::unique_ptr<SecretText>> readPepper(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.isOpen() && (errno == ENOENT || errno == ENOTDIR)) {
    return Error{ErrorCode::kNotFound, "there is no pepper at " + path};
  }
  if (!file.isOpen()) return failed("read", path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return failed("look at", path, errno);
  if (!S_ISREG(info.st_mode) || info.st_size != kPepperBytes) {
    return Error{ErrorCode::kInvalidArgument,
                 path + " is no pepper: that is a file of " + std::to_string(kPepperBytes) +
                     " bytes; put it back from where the ledger's keys are kept"};
  }
  if ((info.st_mode & kRightsOfOthers) != 0) {
    return Error{ErrorCode::kInvalidArgument, "others than its owner have rights to the pepper " +
                                                  path + "; 'chmod 600' takes them away"};
  }
  std::string bytes(kPepperBytes, '\0');
  const ssize_t got = ::read(file.get(), bytes.data(), bytes.size());
  const int error = errno;
  auto pepper = std::make_unique<SecretText>(std::move(bytes));
  if (got == kPepperBytes) return pepper;
  return failed("read", path, got < 0 ? error : EIO);
}

Result<bool> hasChosenSecrets(const View& view) {
  const auto passwords = hasChosenIn(view, kKindOf<OperatorPasswordSet>);
  if (!passwords || *passwords) return passwords;
  return hasChosenIn(view, kKindOf<SecretIssued>);
}

Result<std::unique_ptr<SecretText>> ensurePepper(const std::string& path, const View& view) {
  auto there = readPepper(path);
  if (there || there.error().code != ErrorCode::kNotFound) return there;
  const auto missed = hasChosenSecrets(view);
  if (!missed) return missed.error();
  if (*missed) {
    return Error{ErrorCode::kNotFound,
                 "the pepper " + path +
                     " is lost, and without it no secret that a person chose can be checked: put "
                     "it back from where the ledger's keys are kept, or make a new one on purpose, "
                     "after which each of them has to be set again"};
  }
  if (auto made = makePepper(path); !made) {
    // Another may have made it at the same time.
    if (made.error().code != ErrorCode::kInvalidArgument) return made.error();
  }
  return readPepper(path);
}

}  // namespace robotledger
