// LastUsed: when each account was last used, and from which address. Kept beside the ledger, in the
// file `last-used` of its directory, and not in it: it is no fact that anybody decided, and it
// would be the most of all that is written.
//
//   auto last_used = LastUsed::open(lastUsedPath("robotledger-data"), {.lives = lives});
//   (*last_used)->note(account, "10.0.0.7", now);              // on an event loop
//   auto uses = readLastUsed(lastUsedPath("robotledger-data"));  // by any process
//
// What is noted is in the file some five seconds later, and when this ends; a file that has grown
// large is written more rarely, so that at most 128 KiB/s are. Each time it is written whole beside
// itself and renamed, so it is the old or the new one whatever happens; a machine that loses its
// power loses some seconds of it. It is disposable: without it, noting begins anew, and says when.
//
// The file is text, one line each, and ends with a check that all of it is there:
//
//   robotledger last used 1
//   since 2026-11-01T08:00:00Z                       when noting began
//   12 2026-11-27T13:50:00.123456Z 10.0.0.7          account, time of the last use, address
//   end 1 89abcdef                                   how many accounts, CRC-32 of all lines before
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/ids.h"
#include "core/base/instant.h"
#include "core/base/result.h"

namespace robotledger {

inline constexpr std::size_t kMaxLastUsedBytes = std::size_t{1} << 28;
inline constexpr std::size_t kMaxAddressBytes = 64;

struct LastUse {
  Instant at;
  std::string address;  // printable, without spaces; "?" where it was none
  bool operator==(const LastUse&) const = default;
};

struct LastUses {
  Instant since;  // when noting began: what was used before then, nobody knows
  std::map<AccountId, LastUse> uses;
  bool operator==(const LastUses&) const = default;

  // The account's last use; one from before it was created was another's, in a history that was
  // left behind.
  const LastUse* find(AccountId account, Instant created) const;
};

// LEDGER_DIRECTORY/last-used.
std::string lastUsedPath(const std::string& ledger_directory);

// The file. kNotFound where there is none: nothing was ever noted here; kDamaged where it is not
// what was written; kIo where the system fails. Any thread.
Result<LastUses> readLastUsed(const std::string& path);

class LastUsed {
 public:
  struct Options {
    // Whether the account lives: what is known of the others is dropped when the file is opened.
    // All stay where it is empty.
    std::function<bool(AccountId)> lives;
    // Told in one line what went wrong, such as a file that could not be written. Its own thread,
    // or the one that opens.
    std::function<void(const std::string&)> tell;
    Clock* clock = nullptr;  // outlives it; the system's where null
  };

  // Goes on with the file, or begins one. A file that is damaged is put aside as
  // `last-used.damaged` and told of. kIo where it cannot be read or made, or there is no thread to
  // be had.
  static Result<std::unique_ptr<LastUsed>> open(const std::string& path, Options options);

  LastUsed(const LastUsed&) = delete;
  LastUsed& operator=(const LastUsed&) = delete;
  // Writes what was noted.
  ~LastUsed();

  // Any thread; waits for nobody for longer than it takes to note one. The latest use counts.
  void note(AccountId account, std::string_view address, Instant now);

  // All that was noted, in the file or not. Any thread.
  LastUses current();
  // The same of one account alone, which copies no more than that.
  LastUses currentOf(AccountId account);
  // Writes what was noted. kIo where that fails; it is tried again later. Any thread.
  Result<void> flush();

 private:
  class Keeper;
  explicit LastUsed(std::unique_ptr<Keeper> keeper);
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace robotledger
