#include "projections/authorizer.h"

#include <algorithm>
#include <cstring>

#include "core/base/limits.h"
#include "core/domain/names.h"
#include "projections/account_row.h"
#include "projections/authorizer_tables.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

const std::atomic<std::uint64_t>* blockIn(std::uint64_t word) {
  return reinterpret_cast<const std::atomic<std::uint64_t>*>(static_cast<std::uintptr_t>(word));
}

// Whether the words, padded with zeros, are the text.
bool sameText(const std::atomic<std::uint64_t>* words, std::string_view text) {
  for (; !text.empty(); ++words) {
    std::uint64_t word = 0;
    const std::size_t part = std::min(text.size(), kWordBytes);
    std::memcpy(&word, text.data(), part);
    if (words->load(std::memory_order_acquire) != word) return false;
    text.remove_prefix(part);
  }
  return true;
}

}  // namespace

std::string_view denialName(Denial denial) {
  switch (denial) {
    case Denial::kNoAccount: return "no_account";
    case Denial::kDisabled: return "disabled";
    case Denial::kExpired: return "expired";
    case Denial::kNoProject: return "no_project";
    case Denial::kNotGranted: return "not_granted";
  }
  return "no_account";
}

std::string_view loginFailureName(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::kUnknownAccount: return "unknown_account";
    case LoginFailure::kWrongSecret: return "wrong_secret";
    case LoginFailure::kDisabled: return "disabled";
    case LoginFailure::kExpired: return "expired";
  }
  return "unknown_account";
}

std::optional<NameParts> partsOf(std::string_view text) {
  if (!text.starts_with(kRobotPrefix)) return std::nullopt;
  text.remove_prefix(kRobotPrefix.size());
  NameParts parts;
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    if (plus == 0) return std::nullopt;
    parts.project = text.substr(0, plus);
    text.remove_prefix(plus + 1);
  }
  parts.name = text;
  if (parts.name.empty() || std::max(parts.name.size(), parts.project.size()) > kMaxNameBytes) {
    return std::nullopt;
  }
  return parts;
}

DigestWords wordsOf(BytesView digest) {
  DigestWords words{};
  RL_CHECK(digest.size() == sizeof(words), "a digest has 32 bytes");
  std::memcpy(words.data(), digest.data(), sizeof(words));
  return words;
}

// ---- one account, looked at

std::optional<Denial> Authorizer::Tables::standingIn(const Accounts::Look& look, AccountId id,
                                                     Instant now) const {
  if (look.word(kId) != id.value || id.value == 0) return Denial::kNoAccount;
  if ((look.word(kHome) & kDisabledFlag) != 0) return Denial::kDisabled;
  const auto end_us = static_cast<std::int64_t>(look.word(kEnd));
  // After the record, whose events it is then at least as late as.
  const auto last_us = last_time_us_.load(std::memory_order_acquire);
  if (std::max(now.us, last_us) >= end_us) return Denial::kExpired;
  return std::nullopt;
}

// In a time that does not tell how much of it is right.
bool Authorizer::Tables::hasSecret(const Accounts::Look& look, const DigestWords& digest) const {
  std::uint64_t different = (look.word(kHome) & kGeneratedFlag) != 0 ? 0 : 1;
  for (std::size_t i = 0; i < digest.size(); ++i) different |= look.word(kSecret + i) ^ digest[i];
  return different == 0;
}

bool Authorizer::Tables::isCalled(const Accounts::Look& look, const NameParts& parts,
                                  Calling calling) const {
  const Word* block = blockIn(look.word(kName));
  if (block == nullptr || !look.holds()) return false;
  const std::uint64_t lengths = block->load(std::memory_order_acquire);
  const std::size_t project_words = ((lengths & UINT32_MAX) + kWordBytes - 1) / kWordBytes;
  if (lengths >> 32 != parts.name.size()) return false;
  if (calling == Calling::kQualified) {
    if ((lengths & UINT32_MAX) != parts.project.size()) return false;
    if (!sameText(block + 1, parts.project)) return false;
  }
  return sameText(block + 1 + project_words, parts.name);
}

// Gives `decision(look)` where nothing of what it looked at changed meanwhile.
template <class Decision>
std::optional<Denial> Authorizer::Tables::decide(Principal principal,
                                                 const Decision& decision) const {
  for (;;) {
    const auto look = accounts_.look(principal.slot);
    if (!look) return Denial::kNoAccount;
    const std::optional<Denial> decided = decision(look);
    if (look.holds()) return decided;
  }
}

bool Authorizer::Tables::lives(ProjectHandle project) const {
  if (project.project.value == 0) return false;
  for (;;) {
    const auto look = projects_.look(project.slot);
    if (!look) return false;
    const bool is_it = look.word(kProjectId) == project.project.value;
    if (look.holds()) return is_it;
  }
}

// Whether a system account's scopes grant it in the project.
bool Authorizer::Tables::anyScopeGrants(const Accounts::Look& look, Capability capability,
                                        ProjectId project) const {
  const std::size_t word = wordOf(capability);
  const Word* scopes = blockIn(look.word(kHeld));
  // It may be no block at all.
  if (!look.holds()) return false;
  const auto at = [&](std::size_t index) { return scopes[index].load(std::memory_order_acquire); };
  if (hasBit(at(kInAll + word), capability)) return true;
  std::uint64_t low = 0;
  std::uint64_t high = at(0);
  while (low < high) {
    const std::uint64_t middle = (low + high) / 2;
    const std::size_t place = kFirstProject + middle * kProjectStride;
    const std::uint64_t id = at(place);
    if (id == project.value) return hasBit(at(place + 1 + word), capability);
    if (id < project.value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

bool Authorizer::Tables::isHeld(const Accounts::Look& look, Capability capability,
                                ProjectId project) const {
  const std::size_t word = wordOf(capability);
  if (word >= kCapabilityWords) return false;
  const auto home = static_cast<std::uint32_t>(look.word(kHome));
  if (home == 0) return anyScopeGrants(look, capability, project);
  return home == project.value && hasBit(look.word(kHeld + word), capability);
}

bool Authorizer::Tables::isHeldInSystem(const Accounts::Look& look, Capability capability) const {
  const std::size_t word = wordOf(capability);
  if (word >= kCapabilityWords || static_cast<std::uint32_t>(look.word(kHome)) != 0) return false;
  const Word* scopes = blockIn(look.word(kHeld));
  if (!look.holds()) return false;
  return hasBit(scopes[kInSystem + word].load(std::memory_order_acquire), capability);
}

// Whether any living account has the name. Of a login name it is taken for true where its whole
// hash is that of one.
bool Authorizer::Tables::anybodyIsCalled(std::string_view login, const NameParts& parts) const {
  if (!parts.project.empty()) return find(login, parts).has_value();
  const std::uint64_t hash = hashOf(parts.name);
  return logins_.find(hash, [&](std::uint32_t more) { return more == moreOf(hash); });
}

std::optional<Principal> Authorizer::Tables::find(std::string_view name,
                                                  const NameParts& parts) const {
  std::optional<Principal> found;
  names_.find(hashOf(name), [&](std::uint32_t slot) {
    for (;;) {
      const auto look = accounts_.look(slot);
      const AccountId id{look.word(kId)};
      const bool is_it = isCalled(look, parts, Calling::kQualified);
      if (!look.holds()) continue;
      if (is_it) found = Principal{id, slot};
      return is_it;
    }
  });
  return found;
}

// ---- what is asked

std::optional<ProjectHandle> Authorizer::project(std::string_view name) const {
  return tables_->findProject(name);
}

std::optional<ProjectHandle> Authorizer::Tables::findProject(std::string_view name) const {
  std::optional<ProjectHandle> found;
  project_names_.find(hashOf(name), [&](std::uint32_t slot) {
    for (;;) {
      const auto look = projects_.look(slot);
      const ProjectId id{static_cast<std::uint32_t>(look.word(kProjectId))};
      const Word* block = blockIn(look.word(kProjectName));
      const bool is_it = block != nullptr && look.holds() &&
                         block->load(std::memory_order_acquire) == name.size() &&
                         sameText(block + 1, name);
      if (!look.holds()) continue;
      if (is_it) found = ProjectHandle{id, slot};
      return is_it;
    }
  });
  return found;
}

std::optional<Principal> Authorizer::principal(std::string_view qualified_name) const {
  const auto parts = partsOf(qualified_name);
  if (!parts) return std::nullopt;
  return tables_->find(qualified_name, *parts);
}

std::optional<std::string> Authorizer::qualifiedName(Principal principal) const {
  return tables_->nameOf(principal);
}

std::optional<std::string> Authorizer::Tables::nameOf(Principal principal) const {
  for (;;) {
    const auto look = accounts_.look(principal.slot);
    if (!look) return std::nullopt;
    const bool is_it = look.word(kId) == principal.account.value && principal.account.value != 0;
    const Word* at = blockIn(look.word(kName));
    if (!look.holds()) continue;
    if (!is_it) return std::nullopt;
    const std::uint64_t lengths = at++->load(std::memory_order_acquire);
    std::array<std::string, 2> texts{std::string(lengths & UINT32_MAX, '\0'),
                                     std::string(lengths >> 32, '\0')};
    for (std::string& text : texts) {
      for (std::size_t from = 0; from < text.size(); from += kWordBytes) {
        const std::uint64_t word = at++->load(std::memory_order_acquire);
        std::memcpy(text.data() + from, &word, std::min(text.size() - from, kWordBytes));
      }
    }
    if (look.holds()) return robotledger::qualifiedName(texts[0], texts[1]);
  }
}

std::optional<Denial> Authorizer::authorize(Principal principal, Capability capability,
                                            ProjectHandle project, Instant now) const {
  const Tables& tables = *tables_;
  return tables.decide(principal, [&](const auto& look) -> std::optional<Denial> {
    if (const auto denial = tables.standingIn(look, principal.account, now)) return denial;
    if (!tables.lives(project)) return Denial::kNoProject;
    if (!tables.isHeld(look, capability, project.project)) return Denial::kNotGranted;
    return std::nullopt;
  });
}

std::optional<Denial> Authorizer::authorizeSystem(Principal principal, Capability capability,
                                                  Instant now) const {
  const Tables& tables = *tables_;
  return tables.decide(principal, [&](const auto& look) -> std::optional<Denial> {
    if (const auto denial = tables.standingIn(look, principal.account, now)) return denial;
    if (!tables.isHeldInSystem(look, capability)) return Denial::kNotGranted;
    return std::nullopt;
  });
}

std::optional<Denial> Authorizer::authorize(std::string_view qualified_name, Capability capability,
                                            std::string_view project, Instant now) const {
  const auto who = principal(qualified_name);
  if (!who) return Denial::kNoAccount;
  // Of a project that does not live there is no handle, and what is none does not live.
  const auto where = tables_->findProject(project);
  return authorize(*who, capability, where.value_or(ProjectHandle{}), now);
}

std::optional<Denial> Authorizer::standing(Principal principal, Instant now) const {
  return tables_->decide(principal, [&](const auto& look) {
    return tables_->standingIn(look, principal.account, now);
  });
}

std::optional<Instant> Authorizer::expiresAt(Principal principal) const {
  Instant end = Tables::kNoEnd;
  (void)tables_->decide(principal, [&](const auto& look) -> std::optional<Denial> {
    // The word of a slot that nobody has is 0.
    const bool is_it =
        principal.account.value != 0 && look.word(Tables::kId) == principal.account.value;
    end = is_it ? Instant{static_cast<std::int64_t>(look.word(Tables::kEnd))} : Tables::kNoEnd;
    return std::nullopt;
  });
  if (end == Tables::kNoEnd) return std::nullopt;
  return end;
}

std::int32_t Authorizer::systemDays() const { return tables_->systemDays(); }

Sequence Authorizer::changed(Principal principal) const {
  Sequence changed;
  (void)tables_->decide(principal, [&](const auto& look) -> std::optional<Denial> {
    const bool is_it = look.word(Tables::kId) == principal.account.value;
    changed = Sequence{is_it ? look.word(Tables::kChanged) : 0};
    return std::nullopt;
  });
  return changed;
}

Login Authorizer::authenticate(std::string_view login, std::string_view secret, Instant now) const {
  const Digest digest = sha256(secret);
  const auto parts = partsOf(login);
  if (!parts) return LoginFailure::kUnknownAccount;
  return tables_->authenticate(login, *parts, wordsOf(digestBytes(digest)), now);
}

Login Authorizer::Tables::authenticate(std::string_view login, const NameParts& parts,
                                       const DigestWords& digest, Instant now) const {
  const Calling calling = parts.project.empty() ? Calling::kLogin : Calling::kQualified;
  Login answer = LoginFailure::kWrongSecret;
  const bool found = secrets_.find(digest.front(), [&](std::uint32_t slot) {
    for (;;) {
      const auto look = accounts_.look(slot);
      const AccountId id{look.word(kId)};
      const bool is_it = hasSecret(look, digest) && isCalled(look, parts, calling);
      const auto denial = standingIn(look, id, now);
      if (!look.holds()) continue;
      if (!is_it) return false;
      answer = Principal{id, slot};
      if (denial == Denial::kDisabled) answer = LoginFailure::kDisabled;
      if (denial == Denial::kExpired) answer = LoginFailure::kExpired;
      return true;
    }
  });
  if (found) return answer;
  return anybodyIsCalled(login, parts) ? LoginFailure::kWrongSecret : LoginFailure::kUnknownAccount;
}

TreeSize Authorizer::size() const { return tables_->size(); }

std::optional<ChosenSecret> Authorizer::chosenSecret(std::string_view qualified_name) const {
  const auto who = principal(qualified_name);
  if (!who) return std::nullopt;
  auto secret = tables_->chosenSecret(who->account);
  if (!secret) return std::nullopt;
  return ChosenSecret{*who, *std::move(secret)};
}

std::optional<OperatorAccess> Authorizer::findOperator(std::string_view name) const {
  return tables_->findOperator(name);
}

ServiceSettings Authorizer::service() const { return tables_->service(); }

std::string Authorizer::origin() const { return tables_->origin(); }

// ---- how it begins, and goes on

Authorizer::Authorizer(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}

Authorizer::~Authorizer() = default;

Result<std::unique_ptr<Authorizer>> Authorizer::load(const State& state, const RowSnapshot& rows) {
  auto tables = std::make_unique<Tables>();
  tables->load(state);
  std::size_t seen = 0;
  const auto cursor = rows.cursor();
  for (cursor->seek(accountPrefix()); cursor->valid(); cursor->next()) {
    const auto id = accountInKey(cursor->key());
    if (!id) break;
    // Most rows of an old ledger are of the dead.
    if (state.findAccount(*id) == nullptr) continue;
    const auto row = decodeAccountRow(*id, cursor->value());
    if (!row) return row.error();
    seen += 1;
    if (row->secret) tables->setSecret(*id, row->secret_hash);
  }
  if (auto walked = cursor->status(); !walked) return walked.error();
  if (seen != state.accounts().size()) {
    return Error{ErrorCode::kViewsDamaged, "the views have rows of " + std::to_string(seen) +
                                               " living accounts, and the ledger has " +
                                               std::to_string(state.accounts().size())};
  }
  return std::unique_ptr<Authorizer>(new Authorizer(std::move(tables)));
}

void Authorizer::onCommitted(const CommittedEvents& events) {
  for (auto event = events->begin(); event != events->end(); ++event) {
    const auto next = std::next(event);
    tables_->apply(*event, next == events->end() ? nullptr : &*next);
  }
}

}  // namespace robotledger
