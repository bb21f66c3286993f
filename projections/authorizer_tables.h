// What an Authorizer knows: records that readers look into without locks, and what the writer keeps
// to change them. Internal.
//
// An account is one record, so that whatever is decided about it is decided at one moment. What is
// too long for a record, its name and the scopes of a system account, is in blocks that it refers
// to. Names and secrets are found by indexes whose answers are compared with the records.
#pragma once

#include <atomic>
#include <limits>
#include <map>
#include <mutex>
#include <unordered_map>

#include "projections/authorizer.h"
#include "projections/capability_set.h"
#include "projections/latched_records.h"
#include "projections/slot_index.h"
#include "projections/word_pool.h"

namespace robotledger {

// A name in its parts, views into it; `project` is empty for a system account.
struct NameParts {
  std::string_view project;
  std::string_view name;
};
// The parts of "robot$web+ci" or "robot$ci"; nothing for another text, or one that is too long to
// be a name.
std::optional<NameParts> partsOf(std::string_view text);

// The SHA-256 of a secret, as words.
using DigestWords = std::array<std::uint64_t, 4>;
DigestWords wordsOf(BytesView digest);

class Authorizer::Tables {
 public:
  Tables() = default;
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() = default;

  // ---- readers: any thread

  std::optional<ProjectHandle> findProject(std::string_view name) const;
  // `parts` are the name's.
  std::optional<Principal> find(std::string_view qualified_name, const NameParts& parts) const;
  std::optional<std::string> nameOf(Principal principal) const;
  Login authenticate(std::string_view login, const NameParts& parts, const DigestWords& digest,
                     Instant now) const;
  TreeSize size() const { return {size_.load(std::memory_order_acquire)}; }

  std::optional<SecretHash> chosenSecret(AccountId account) const;
  std::optional<OperatorAccess> findOperator(std::string_view name) const;
  ServiceSettings service() const;
  std::string origin() const;
  std::int32_t systemDays() const { return system_days_.load(std::memory_order_acquire); }

  // ---- the writer's thread, or before there is one

  // All of the state but secrets.
  void load(const State& state);
  // Of a living account.
  void setSecret(AccountId id, const SecretHash& secret);
  // Takes the next event in. It can follow on those before it: the ledger's state took it. `next`
  // is the one after it in its batch, null for the last.
  void apply(const Event& event, const Event* next);

 private:
  friend class Authorizer;

  using Word = WordPool::Word;

  // The words of an account's record; those that a decision needs come first.
  enum AccountWord : std::size_t {
    kId,    // 0 where there is none
    kEnd,   // expired from this instant on
    kHome,  // its project, 0 for the system's accounts, and the flags
    kHeld,  // a project account's set of capabilities; else the block of its scopes
    kName = kHeld + kCapabilityWords,  // the block of its name
    kChanged,                          // the last event about it
    kSecret,                           // the SHA-256 of its generated secret
    kAccountWords = kSecret + 4,
  };
  using Accounts = LatchedRecords<kAccountWords>;
  static constexpr Instant kNoEnd{std::numeric_limits<std::int64_t>::max()};
  static constexpr std::uint64_t kDisabledFlag = std::uint64_t{1} << 32;
  static constexpr std::uint64_t kGeneratedFlag = std::uint64_t{1} << 33;

  enum ProjectWord : std::size_t { kProjectId, kProjectName, kProjectWords };
  using Projects = LatchedRecords<kProjectWords>;

  // A block of scopes: how many projects, the set in `/`, the set in `*`, and of each project, in
  // order, its id and the set in it.
  static constexpr std::size_t kInSystem = 1;
  static constexpr std::size_t kInAll = kInSystem + kCapabilityWords;
  static constexpr std::size_t kFirstProject = kInAll + kCapabilityWords;
  static constexpr std::size_t kProjectStride = 1 + kCapabilityWords;

  // A block of a name: the length of the project's part, and above it that of the account's; then
  // each of them, padded with zeros. A project's own has the first part alone.

  // A block as the writer has it.
  struct Block {
    Word* words = nullptr;
    std::size_t count = 0;
  };

  // What the writer knows of an account.
  struct Entry {
    Account account;  // without its description
    std::optional<Instant> end;
    Sequence changed;
    std::uint32_t slot = 0;
    CapabilitySet held;                 // of a project account
    Block scopes;                       // of a system account
    std::optional<DigestWords> secret;  // a generated one
    Block name;
  };
  struct ProjectEntry {
    std::string name;
    std::uint32_t slot = 0;
    Block block;
  };

  // Whether a name is all of what an account is called, or its login name, without the project.
  enum class Calling : std::uint8_t { kQualified, kLogin };

  template <class Decision>
  std::optional<Denial> decide(Principal principal, const Decision& decision) const;
  bool lives(ProjectHandle project) const;
  // Of an account that somebody looks at. Where the look does not hold, what they say is void.
  std::optional<Denial> standingIn(const Accounts::Look& look, AccountId id, Instant now) const;
  bool isHeld(const Accounts::Look& look, Capability capability, ProjectId project) const;
  bool anyScopeGrants(const Accounts::Look& look, Capability capability, ProjectId project) const;
  bool isHeldInSystem(const Accounts::Look& look, Capability capability) const;
  bool hasSecret(const Accounts::Look& look, const DigestWords& digest) const;
  bool isCalled(const Accounts::Look& look, const NameParts& parts, Calling calling) const;
  bool anybodyIsCalled(std::string_view login, const NameParts& parts) const;
  static std::uint64_t hashOf(std::string_view text) { return std::hash<std::string_view>{}(text); }
  // What logins_ has of a name's hash in place of a slot.
  static std::uint32_t moreOf(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 33); }

  void addProject(ProjectId id, const std::string& name);
  void addAccount(Account account, std::optional<Instant> end, Sequence changed);
  void removeAccount(AccountId id);
  // Shows the entry to readers.
  void show(const Entry& entry);
  // The same, with other scopes than before.
  void showPermissions(Entry& entry);
  std::optional<Instant> endOf(const ExpiryTerms& terms) const;
  void setSetting(const SettingChange& setting);
  Entry& entryOf(AccountId id);
  OperatorAccess& operatorOf(const std::string& name, Sequence changed);
  Block nameBlock(std::string_view project, std::string_view name);
  Block scopesBlock(const Permissions& held);
  std::string nameOf(const Account& account) const;

  void on(const ProjectCreated& e, const Event& event);
  void on(const ProjectDeleted& e, const Event& event);
  void on(const AccountCreated& e, const Event& event);
  void on(const AccountDeleted& e, const Event& event);
  void on(const AccountDescribed& e, const Event& event);
  void on(const SecretIssued& e, const Event& event);
  void on(const SystemExpiryChanged& e, const Event& event);
  void on(const OperatorAdded& e, const Event& event);
  void on(const OperatorRemoved& e, const Event& event);
  void on(const OperatorPasswordSet& e, const Event& event);
  void on(const RoleGranted& e, const Event& event);
  void on(const RoleRevoked& e, const Event& event);
  void on(const ServiceSettingsChanged& e, const Event& event);
  void on(const LedgerRolledBack& e, const Event& event);
  void on(const LedgerInitialized&, const Event&) {}
  void on(const HistoryImported&, const Event&) {}
  void on(const ClaimRecorded&, const Event&) {}
  template <class OfAccount>
  void onAccount(const OfAccount& e, const Event& event);

  // Read by all.
  Accounts accounts_;
  Projects projects_;
  SlotIndex names_;          // qualified names
  SlotIndex project_names_;  // names of projects
  SlotIndex secrets_;        // fingerprints
  // Whether anybody bears a login name: in place of a slot it has more of the name's hash.
  SlotIndex logins_;
  // Written with every event, so in a line of their own.
  alignas(64) std::atomic<std::int64_t> last_time_us_{0};
  std::atomic<std::uint64_t> size_{0};
  std::atomic<std::int32_t> system_days_{0};

  // The writer's alone.
  alignas(64) WordPool name_blocks_;
  WordPool scope_blocks_;
  std::unordered_map<AccountId, Entry> entries_;
  std::unordered_map<ProjectId, ProjectEntry> project_entries_;
  std::unordered_map<std::string, std::size_t> login_bearers_;
  SettingChange setting_;     // the one in force
  std::uint64_t taken_ = 0;   // events
  bool shows_later_ = false;  // what this event does is shown with the next one

  // What is rare, and read under a lock.
  mutable std::mutex mutex_;
  std::unordered_map<AccountId, SecretHash> chosen_;
  std::map<std::string, OperatorAccess, std::less<>> operators_;
  ServiceSettings service_;
  std::string origin_;
};

}  // namespace robotledger
