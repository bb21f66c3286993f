#include "projections/access.h"

#include <algorithm>
#include <map>

#include "core/domain/names.h"
#include "projections/row_keys.h"

namespace robotledger {
namespace {

struct Candidate {
  AccountId id;
  ProjectId home;  // 0 for a system account
  std::string account;
  bool system_level = false;
  auto key() const { return std::tie(account, id); }
};

bool livesIn(const ProjectLife& life, const Period& period, const AsOf& as_of) {
  if (life.created > as_of.sequence || life.created_at > period.to.value_or(period.from))
    return false;
  const bool deleted = life.deleted && *life.deleted <= as_of.sequence;
  return !deleted || life.deleted_at > period.from;
}

// The timelines in which those who could are found.
std::vector<Permission> timelinesFor(Capability capability, const Place& place,
                                     const Period& period, const AsOf& as_of) {
  if (place.always) return {{place.scope, capability}};
  std::vector<Permission> timelines;
  for (const ProjectLife* life : place.lives) {
    if (livesIn(*life, period, as_of)) {
      timelines.push_back({Scope::inProject(life->id), capability});
    }
  }
  if (!timelines.empty()) timelines.push_back({Scope::allProjects(), capability});
  return timelines;
}

// Everybody who may have been able to in the period, sorted, each once.
Result<std::vector<Candidate>> candidates(const View& view, Capability capability,
                                          const Place& place, const Period& period,
                                          const AsOf& as_of) {
  std::vector<Candidate> found;
  TimelineReader reader(view);
  const auto settings = settingsUpTo(view.catalog->settings, as_of.sequence);
  for (const Permission& timeline : timelinesFor(capability, place, period, as_of)) {
    const auto members = reader.members(timeline, period, as_of);
    if (!members) return members.error();
    for (const Member& member : *members) {
      const auto end = expiresAt(member.terms, settings);
      if (end && *end <= period.from) continue;
      // An account of a project has permissions there and nowhere else.
      const ProjectId home = member.system_level ? ProjectId{0} : timeline.scope.project;
      found.push_back({member.account, home, qualifiedName(view.catalog->nameOf(home), member.name),
                       member.system_level});
    }
  }
  std::ranges::sort(found, {}, &Candidate::key);
  const auto same = [](const Candidate& one, const Candidate& other) { return one.id == other.id; };
  found.erase(std::unique(found.begin(), found.end(), same), found.end());
  return found;
}

}  // namespace

bool overlaps(const Window& window, const Period& period) {
  if (window.until && *window.until <= period.from) return false;
  return period.to ? window.from < *period.to : window.from <= period.from;
}

std::string qualifiedNameOf(const View& view, const AccountRow& row) {
  return qualifiedName(view.catalog->nameOf(row.account.project), row.account.name);
}

Result<std::optional<AccountRow>> findAccountRow(const View& view, AccountId id) {
  return readAccountRow(*view.rows, id);
}

namespace {

// Gives the entries of the account's history to `take`, in order; each lives until the next.
template <class Take>
Result<void> forEachEntry(const View& view, const AccountRow& row, const AsOf& as_of,
                          const Take& take) {
  HistoryEntry entry;
  const auto read = [&](BytesView part) {
    AccountHistoryReader reader(part, as_of.sequence);
    while (reader.next(entry)) take(entry);
    return reader.status();
  };
  if (row.older_parts > 0) {
    const auto cursor = view.rows->cursor();
    const Bytes prefix = olderHistoryPrefix(row.account.id);
    for (cursor->seek(prefix); cursor->valid() && cursor->key().starts_with(prefix);
         cursor->next()) {
      if (auto part = read(cursor->value()); !part) return part;
    }
    if (auto status = cursor->status(); !status) return status;
  }
  return read(row.history);
}

}  // namespace

Result<History> historyOf(const View& view, const AccountRow& row, const AsOf& as_of) {
  History history;
  const auto read =
      forEachEntry(view, row, as_of, [&](const HistoryEntry& entry) { history.push_back(entry); });
  if (!read) return read.error();
  return history;
}

Result<std::vector<Window>> accountWindows(const View& view, const AccountRow& row,
                                           Capability capability, const Place& place,
                                           const AsOf& as_of) {
  WindowFinder finder(row.account.project, capability, place,
                      settingsUpTo(view.catalog->settings, as_of.sequence), as_of.sequence);
  const auto read =
      forEachEntry(view, row, as_of, [&](const HistoryEntry& entry) { finder.take(entry); });
  if (!read) return read.error();
  return finder.finish();
}

Result<std::vector<AccessMember>> membersAt(const View& view, Capability capability,
                                            const Place& place, Instant at, const AsOf& as_of) {
  const auto found = candidates(view, capability, place, {.from = at}, as_of);
  if (!found) return found.error();
  std::vector<AccessMember> members;
  members.reserve(found->size());
  for (const Candidate& one : *found) {
    members.push_back({one.id, one.account, one.system_level});
  }
  return members;
}

Result<std::vector<AccessAnswer>> whoCould(const View& view, Capability capability,
                                           const Place& place, const Period& period,
                                           const AsOf& as_of) {
  const auto found = candidates(view, capability, place, period, as_of);
  if (!found) return found.error();
  std::vector<Bytes> keys;
  keys.reserve(found->size());
  for (const Candidate& one : *found) keys.push_back(accountKey(one.home, one.id));
  const auto rows = view.rows->getMany(keys);
  if (!rows) return rows.error();
  std::vector<AccessAnswer> answers;
  for (std::size_t i = 0; i < found->size(); ++i) {
    const Candidate& one = (*found)[i];
    if (!(*rows)[i]) {
      return Error{ErrorCode::kViewsDamaged, "an account is missing in the views"};
    }
    const auto row = decodeAccountRow(one.id, *(*rows)[i]);
    if (!row) return row.error();
    auto windows = accountWindows(view, *row, capability, place, as_of);
    if (!windows) return windows.error();
    std::erase_if(*windows, [&](const Window& window) { return !overlaps(window, period); });
    if (windows->empty()) continue;
    answers.push_back({one.id, one.account, one.system_level, std::move(*windows)});
  }
  return answers;
}

namespace {

// The capabilities that anybody ever held in the scope.
Result<std::vector<Capability>> capabilitiesIn(const View& view, Scope scope) {
  std::vector<Capability> found;
  const Bytes prefix = timelineScopePrefix(scope);
  const auto cursor = view.rows->cursor();
  cursor->seek(prefix);
  while (cursor->valid() && cursor->key().starts_with(prefix)) {
    const Capability capability = capabilityInTimelineKey(cursor->key());
    if (capability != kExists) found.push_back(capability);
    cursor->seek(timelinePrefix({scope, capability}) + Bytes(17, '\xff'));
  }
  if (auto status = cursor->status(); !status) return status.error();
  return found;
}

Result<std::vector<Capability>> capabilitiesAt(const View& view, const Place& place) {
  std::vector<Scope> scopes;
  if (place.always) {
    scopes.push_back(place.scope);
  } else {
    scopes.push_back(Scope::allProjects());
    for (const ProjectLife* life : place.lives) scopes.push_back(Scope::inProject(life->id));
  }
  std::vector<Capability> all;
  for (const Scope& scope : scopes) {
    const auto found = capabilitiesIn(view, scope);
    if (!found) return found.error();
    all.insert(all.end(), found->begin(), found->end());
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

struct DifferenceQuestion {
  Instant from;
  Instant to;
  DifferenceKind kind = DifferenceKind::kNet;
};

void addDifferences(const AccessAnswer& answer, Capability capability, const Place& place,
                    const DifferenceQuestion& asked, std::vector<AccessDifference>& out) {
  std::vector<AccessDifference> edges;
  for (const Window& window : answer.windows) {
    AccessDifference edge{
        .id = answer.id, .account = answer.account, .capability = capability, .place = place.name};
    if (window.from > asked.from && window.from <= asked.to) {
      edge.gained = true;
      edge.when = window.from;
      edge.because = window.opened_by;
      edges.push_back(edge);
    }
    if (window.until && *window.until > asked.from && *window.until <= asked.to) {
      edge.gained = false;
      edge.when = *window.until;
      const auto* closed_by = std::get_if<Sequence>(&window.closed_by);
      edge.because = closed_by == nullptr ? std::nullopt : std::optional<Sequence>(*closed_by);
      edges.push_back(edge);
    }
  }
  if (asked.kind == DifferenceKind::kNet && !edges.empty()) {
    // Gains and losses alternate: alike ends mean that nothing changed in the end.
    if (edges.front().gained != edges.back().gained) return;
    edges.erase(edges.begin(), std::prev(edges.end()));
  }
  out.insert(out.end(), edges.begin(), edges.end());
}

Result<void> addPlace(const View& view, const Place& place, const DifferenceQuestion& asked,
                      const AsOf& as_of, std::vector<AccessDifference>& out) {
  const auto capabilities = capabilitiesAt(view, place);
  if (!capabilities) return capabilities.error();
  const Period period{asked.from, Instant{asked.to.us + 1}};
  for (const Capability capability : *capabilities) {
    const auto answers = whoCould(view, capability, place, period, as_of);
    if (!answers) return answers.error();
    for (const AccessAnswer& answer : *answers) {
      addDifferences(answer, capability, place, asked, out);
    }
  }
  return {};
}

// Each scope there is, by itself: one's own project without what comes from `*`.
std::vector<Place> everyScope(const View& view, const AsOf& as_of) {
  std::vector<Place> places;
  for (const ProjectLife& life : view.catalog->projects) {
    if (life.created > as_of.sequence) continue;
    places.push_back({.name = life.name, .always = true, .scope = Scope::inProject(life.id)});
  }
  for (const std::string_view name : {"*", "/"}) {
    places.push_back(*findPlace(*view.catalog, name, as_of.sequence));
  }
  return places;
}

}  // namespace

Result<std::vector<AccessDifference>> accessDifferences(const View& view,
                                                        const std::optional<Place>& place,
                                                        Instant from, Instant to,
                                                        DifferenceKind kind, const AsOf& as_of) {
  const DifferenceQuestion asked{from, to, kind};
  std::vector<AccessDifference> differences;
  for (const Place& one : place ? std::vector<Place>{*place} : everyScope(view, as_of)) {
    if (auto added = addPlace(view, one, asked, as_of, differences); !added) return added.error();
  }
  std::ranges::stable_sort(differences, {}, [](const AccessDifference& one) {
    return std::tie(one.when, one.account, one.id, one.capability);
  });
  return differences;
}

}  // namespace robotledger
