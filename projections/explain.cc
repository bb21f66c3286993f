#include "projections/explain.h"

#include <algorithm>

#include "core/domain/account.h"

namespace robotledger {
namespace {

// The account and the place folded up to the instant, with the last event of each sort.
class Fold {
 public:
  Fold(const View& view, const AccountRow& row, Capability capability, const Place& place,
       Instant at, const AsOf& as_of)
      : view_(view), capability_(capability), place_(place), at_(at), as_of_(as_of) {
    account_.project = row.account.project;
  }

  void take(const History& history) {
    for (const HistoryEntry& entry : history) {
      if (entry.time > at_) break;
      take(entry);
    }
    for (const ProjectLife* life : place_.lives) {
      if (life->created > as_of_.sequence || life->created_at > at_) continue;
      const bool deleted =
          life->deleted && *life->deleted <= as_of_.sequence && life->deleted_at <= at_;
      if (deleted) {
        place_deleted_ = life->deleted;
      } else {
        living_ = life;
      }
    }
  }

  Explanation explain() {
    if (!place_.always && living_ == nullptr) {
      if (place_deleted_) link(*place_deleted_, "project " + place_.name + " was deleted");
      return end(Verdict::kNoSuchProject,
                 "project " + place_.name + " did not exist then" +
                     (place_deleted_ ? std::string(" any more") : std::string()));
    }
    if (!created_) return end(Verdict::kNoSuchAccount, "the account did not exist yet");
    link(*created_, "the account was created");
    if (deleted_) {
      link(*deleted_, "it was deleted");
      return end(Verdict::kDeleted, "the account was deleted");
    }
    if (disabled_) {
      link(*disabled_, "it was disabled");
      return end(Verdict::kDisabled, "the account was disabled");
    }
    if (!linkGrant()) return end(Verdict::kNotGranted, "nothing granted it " + asked());
    if (living_ != nullptr) link(living_->created, "project " + place_.name + " was created");
    if (enabled_) link(*enabled_, "it was enabled again");
    return explainExpiry();
  }

 private:
  std::string asked() const { return capability_.shortName() + " in " + place_.name; }

  void take(const HistoryEntry& entry) {
    switch (entry.kind) {
      case kKindOf<AccountCreated>:
        created_ = entry.sequence;
        issued_ = entry.sequence;
        account_.permissions = entry.permissions;
        account_.terms = {entry.expiry, entry.issued_at, entry.time};
        for (const Permission& p : entry.permissions) grants_.emplace_back(p, entry.sequence);
        break;
      case kKindOf<PermissionsGranted>:
        addAll(account_.permissions, entry.permissions);
        for (const Permission& p : entry.permissions) grants_.emplace_back(p, entry.sequence);
        break;
      case kKindOf<PermissionsRevoked>:
        removeAll(account_.permissions, entry.permissions);
        for (const Permission& p : entry.permissions) revoked_.emplace_back(p, entry.sequence);
        break;
      case kKindOf<AccountDisabled>:
        disabled_ = entry.sequence;
        enabled_.reset();
        break;
      case kKindOf<AccountEnabled>:
        enabled_ = entry.sequence;
        disabled_.reset();
        break;
      case kKindOf<AccountDeleted>: deleted_ = entry.sequence; break;
      case kKindOf<AccountRenewed>:
        issued_ = entry.sequence;
        account_.terms.issued_at = entry.time;
        account_.terms.follows_since = entry.time;
        break;
      case kKindOf<AccountExpiryChanged>:
        expiry_set_ = entry.sequence;
        account_.terms.expiry = entry.expiry;
        account_.terms.follows_since = entry.time;
        break;
      default: break;
    }
  }

  // The newest event among `events` for a permission that the test takes.
  template <class Test>
  static std::optional<Sequence> newest(const std::vector<std::pair<Permission, Sequence>>& events,
                                        const Test& test) {
    std::optional<Sequence> found;
    for (const auto& [permission, sequence] : events) {
      if (test(permission)) found = sequence;
    }
    return found;
  }

  std::string scopeName(Scope scope) const {
    if (scope.kind == Scope::Kind::kAllProjects) return "*";
    if (scope.kind == Scope::Kind::kSystem) return "/";
    return std::string(view_.catalog->nameOf(scope.project));
  }

  std::vector<Scope> scopes() const {
    if (place_.always) return {place_.scope};
    return {Scope::inProject(living_->id), Scope::allProjects()};
  }

  // Links what grants the capability; false where nothing does, with what took it away.
  bool linkGrant() {
    bool granted = false;
    for (const Scope& scope : scopes()) {
      if (!grants(account_, scope, capability_)) continue;
      granted = true;
      const Permission asked_for{scope, capability_};
      if (contains(account_.permissions, asked_for)) {
        const auto given = newest(grants_, [&](const Permission& p) { return p == asked_for; });
        link(given.value_or(*created_),
             capability_.shortName() + " was granted in " + scopeName(scope));
      } else if (account_.isSystemLevel()) {
        const auto opened = newest(grants_, [&](const Permission& p) {
          return p.scope == scope && contains(account_.permissions, p);
        });
        link(*opened,
             "pulling is always there in " + scopeName(scope) + ", where it was granted something");
      } else {
        link(*created_, "the account was created; pulling is always there in its project");
      }
    }
    if (granted) return true;
    for (const Scope& scope : scopes()) {
      const Permission asked_for{scope, capability_};
      const auto taken = newest(revoked_, [&](const Permission& p) { return p == asked_for; });
      if (taken) link(*taken, capability_.shortName() + " was revoked in " + scopeName(scope));
    }
    return false;
  }

  Explanation explainExpiry() {
    if (issued_ != created_) link(*issued_, "it was renewed; its expiry counts from here");
    if (expiry_set_) {
      link(*expiry_set_, "its expiry was set to " + account_.terms.expiry.text());
    }
    const auto settings = settingsUpTo(view_.catalog->settings, as_of_.sequence);
    const auto expires = expiresAt(account_.terms, settings);
    const bool expired = expires && *expires <= at_;
    if (account_.terms.expiry.kind == Expiry::Kind::kSystem) {
      // The setting that was in force then, or when it expired.
      const Instant when = expired ? *expires : at_;
      const auto after = std::ranges::upper_bound(settings, when, {}, &SettingChange::time);
      const SettingChange& setting = *std::prev(after);
      link(setting.sequence, "the system's setting, which it follows, was set to " +
                                 Expiry::days(setting.days).text());
    }
    if (!expired) return end(Verdict::kCould, "it held " + asked());
    Explanation explanation =
        end(Verdict::kExpired, "the account was expired since " + formatInstant(*expires));
    explanation.expired_at = expires;
    return explanation;
  }

  void link(Sequence event, std::string what) {
    const auto same = std::ranges::find(chain_, event, &Link::event);
    if (same == chain_.end()) {
      chain_.push_back({event, std::move(what)});
    } else if (!same->what.starts_with(what) && !what.starts_with(same->what)) {
      same->what += "; " + what;
    } else if (what.size() > same->what.size()) {
      same->what = std::move(what);
    }
  }

  Explanation end(Verdict verdict, std::string because) {
    std::ranges::sort(chain_, {}, &Link::event);
    return Explanation{.verdict = verdict, .because = std::move(because), .chain = chain_};
  }

  const View& view_;
  Capability capability_;
  const Place& place_;
  Instant at_;
  const AsOf& as_of_;
  Account account_;
  const ProjectLife* living_ = nullptr;
  std::optional<Sequence> place_deleted_;
  std::optional<Sequence> created_;
  std::optional<Sequence> deleted_;
  std::optional<Sequence> disabled_;
  std::optional<Sequence> enabled_;
  std::optional<Sequence> issued_;
  std::optional<Sequence> expiry_set_;
  std::vector<std::pair<Permission, Sequence>> grants_;
  std::vector<std::pair<Permission, Sequence>> revoked_;
  std::vector<Link> chain_;
};

}  // namespace

const char* verdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kCould: return "could";
    case Verdict::kNoSuchProject: return "no_such_project";
    case Verdict::kNoSuchAccount: return "no_such_account";
    case Verdict::kDeleted: return "deleted";
    case Verdict::kDisabled: return "disabled";
    case Verdict::kNotGranted: return "not_granted";
    case Verdict::kExpired: return "expired";
  }
  return "could";
}

Result<Explanation> explain(const View& view, const AccountRow& row, Capability capability,
                            const Place& place, Instant at, const AsOf& as_of) {
  const auto history = historyOf(view, row, as_of);
  if (!history) return history.error();
  Fold fold(view, row, capability, place, at, as_of);
  fold.take(*history);
  Explanation explanation = fold.explain();
  if (explanation.verdict != Verdict::kCould) return explanation;
  WindowFinder finder(row.account.project, capability, place,
                      settingsUpTo(view.catalog->settings, as_of.sequence), as_of.sequence);
  for (const HistoryEntry& entry : *history) finder.take(entry);
  for (const Window& window : finder.finish()) {
    if (overlaps(window, {.from = at})) explanation.window = window;
  }
  return explanation;
}

}  // namespace robotledger
