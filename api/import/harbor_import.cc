#include "api/import/harbor_import.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "api/answers/asking.h"
#include "api/import/harbor_words.h"
#include "core/domain/names.h"
#include "core/domain/text.h"
#include "core/ledger/saved_state.h"
#include "projections/history.h"
#include "projections/log_query.h"

namespace robotledger {
namespace {

constexpr std::size_t kJobSubmissions = 1000;
constexpr const char* kRobotClaim = "robot/";
constexpr const char* kProjectClaim = "project/";
constexpr const char* kAuditClaim = "audit-log/";

// What the ledger has of an earlier import from the same source.
struct Before {
  std::map<std::string, AccountId> claims;  // by what the source calls them
  std::set<std::string> projects;           // that live
  std::map<std::string, AccountId> living;  // by qualified name, of the robots to be imported
};

Result<Before> lookBefore(const View& view, const HarborImport& import) {
  Before before;
  for (const ProjectLife& life : view.catalog->projects) {
    if (!life.deleted) before.projects.insert(life.name);
  }
  LogFilter filter{.kind = kKindOf<ClaimRecorded>, .as_of = view.last()};
  auto query = LogQuery::start(view, filter);
  if (!query) return query.error();
  while (true) {
    const auto next = (*query)->next();
    if (!next) return next.error();
    if (!*next) break;
    const auto event = readEvent(*view.log, **next);
    if (!event) return event.error();
    const auto& claim = std::get<ClaimRecorded>(event->body);
    if (claim.source == import.source) before.claims[claim.source_id] = claim.account;
  }
  return before;
}

// What a submission was for, so that its outcome can be counted.
enum class Purpose : std::uint8_t { kProject, kAccount, kDisable, kUpdate, kClaim, kAuditRow };
struct Sent {
  Purpose purpose = Purpose::kClaim;
  std::string what;
};

class Importing {
 public:
  Importing(LedgerAccess& ledger, const Context& importer, const HarborImport& import,
            const HarborProgress& progress)
      : ledger_(ledger), importer_(importer), import_(import), progress_(progress) {}

  Result<std::variant<Refusal, HarborReport>> run();

 private:
  Submission announcement() const;
  Result<void> lookAround();
  Result<void> projects();
  Result<void> needProject(const std::string& name, std::uint64_t line);
  Result<void> robots();
  Result<void> robot(const HarborRobot& robot, std::uint64_t line);
  std::optional<Instant> issuedAt(const WantedRobot& wanted);
  Result<void> create(const WantedRobot& wanted);
  Result<void> update(const WantedRobot& wanted, AccountId account);
  Result<void> auditRows();
  Result<void> send(Purpose purpose, std::string what, Command command, std::uint64_t line);
  Result<void> flush();
  void settle(const Sent& sent, const Outcome& outcome);
  void note(const std::string& what, std::string why) {
    report_.notes.push_back({what, std::move(why)});
  }
  void tell() {
    done_ += 1;
    if (progress_) progress_(done_, all());
  }
  std::uint64_t all() const {
    return import_.projects.size() + import_.robots.size() + import_.audit_rows.size();
  }

  LedgerAccess& ledger_;
  const Context& importer_;
  const HarborImport& import_;
  const HarborProgress& progress_;
  HarborReport report_;
  Before before_;
  std::optional<Sequence> announced_;
  std::vector<Submission> waiting_;
  std::vector<Sent> sent_;
  std::uint64_t done_ = 0;
  const Instant now_ = SystemClock().now();
};

Submission Importing::announcement() const {
  Submission announcement{ImportHistory{import_.file, 1}, {}};
  announcement.context.actor = importer_.actor;
  announcement.context.channel = importer_.channel;
  announcement.context.reason = importer_.reason;
  return announcement;
}

Result<std::variant<Refusal, HarborReport>> Importing::run() {
  using Answer = std::variant<Refusal, HarborReport>;
  auto refused = ledger_.refusalOf(announcement());
  if (!refused) return refused.error();
  if (*refused) return Answer(**std::move(refused));
  for (const auto step : {&Importing::lookAround, &Importing::projects, &Importing::robots,
                          &Importing::auditRows, &Importing::flush}) {
    if (auto done = (this->*step)(); !done) return done.error();
  }
  return Answer(std::move(report_));
}

Result<void> Importing::lookAround() {
  auto before = ledger_.ask([&](const View& view) { return lookBefore(view, import_); });
  if (!before) return before.error();
  before_ = *std::move(before);
  return {};
}

Result<void> Importing::needProject(const std::string& name, std::uint64_t line) {
  if (!before_.projects.insert(name).second) return {};
  return send(Purpose::kProject, "project " + name, CreateProject{name}, line);
}

Result<void> Importing::projects() {
  std::uint64_t line = 0;
  for (const HarborProject& project : import_.projects) {
    line += 1;
    tell();
    const std::string id = kProjectClaim + std::to_string(project.id);
    if (before_.claims.contains(id)) {
      if (!before_.projects.contains(project.name)) {
        note("project " + project.name, "was imported before and deleted here since: left so");
      }
      continue;
    }
    if (auto made = needProject(project.name, line); !made) return made;
    if (!project.created) continue;
    RecordClaim claim{.project = project.name,
                      .source = import_.source,
                      .source_id = id,
                      .time = *project.created,
                      .actor = project.owner,
                      .operation = "create",
                      .resource = project.name,
                      .resource_type = "project"};
    if (auto sent = send(Purpose::kClaim, "project " + project.name, std::move(claim), line);
        !sent) {
      return sent;
    }
  }
  return flush();
}

Result<void> Importing::robots() {
  std::uint64_t line = 0;
  std::set<std::string> there;
  for (const HarborRobot& one : import_.robots) {
    line += 1;
    tell();
    there.insert(kRobotClaim + std::to_string(one.id));
    if (auto done = robot(one, line); !done) return done;
  }
  if (auto flushed = flush(); !flushed) return flushed;
  if (import_.robots.empty()) return {};
  for (const auto& [id, account] : before_.claims) {
    if (!id.starts_with(kRobotClaim) || there.contains(id)) continue;
    const auto living = ledger_.findAccount({.name = {}, .id = account});
    if (!living) return living.error();
    if (*living) {
      note((*living)->name,
           "is no longer among the robots of " + import_.source + ": it was left as it is");
    }
  }
  return {};
}

Result<void> Importing::robot(const HarborRobot& robot, std::uint64_t line) {
  const auto wanted = wantedRobot(robot, import_.prefix, line, report_.notes);
  if (!wanted) return {};
  const auto claimed = before_.claims.find(kRobotClaim + std::to_string(robot.id));
  const auto living = ledger_.findAccount({.name = wanted->qualified_name, .id = {}});
  if (!living) return living.error();
  if (claimed != before_.claims.end()) {
    if (*living && (*living)->id == claimed->second) return update(*wanted, claimed->second);
    note(wanted->qualified_name, "was imported before and deleted here since: left so");
    return {};
  }
  if (*living) {
    note(wanted->qualified_name, "there is another account of this name here: left as it is");
    return {};
  }
  return create(*wanted);
}

// Nothing that is to come can have been an issue: Harbor was told another end since.
std::optional<Instant> Importing::issuedAt(const WantedRobot& wanted) {
  const auto issued = issueTimeOf(*wanted.robot);
  if (!issued || *issued <= now_) return issued;
  note(wanted.qualified_name,
       "its end there is not so many days after any time that was: here it "
       "counts them from its creation");
  return wanted.robot->created;
}

Result<void> Importing::create(const WantedRobot& wanted) {
  const HarborRobot& robot = *wanted.robot;
  for (const PermissionRequest& one : wanted.permissions) {
    if (one.scope == "*" || one.scope == "/") continue;
    if (auto made = needProject(*one.scope, wanted.line); !made) return made;
  }
  if (wanted.project) {
    if (auto made = needProject(*wanted.project, wanted.line); !made) return made;
  }
  const AccountRef account{.name = wanted.qualified_name, .id = {}};
  CreateAccount created{.project = wanted.project,
                        .name = wanted.name,
                        .description = robot.description,
                        .permissions = wanted.permissions,
                        .expiry = wanted.expiry,
                        .secret = std::nullopt,
                        .issued_at = issuedAt(wanted)};
  if (auto sent = send(Purpose::kAccount, wanted.qualified_name, std::move(created), wanted.line);
      !sent) {
    return sent;
  }
  if (robot.is_disabled) {
    if (auto sent =
            send(Purpose::kDisable, wanted.qualified_name, DisableAccount{account}, wanted.line);
        !sent) {
      return sent;
    }
  }
  RecordClaim claim{.account = account,
                    .source = import_.source,
                    .source_id = kRobotClaim + std::to_string(robot.id),
                    .time = robot.created.value_or(Instant()),
                    .actor = robot.creator,
                    .operation = "create",
                    .resource = robot.name,
                    .resource_type = "robot"};
  return send(Purpose::kClaim, wanted.qualified_name, std::move(claim), wanted.line);
}

Result<void> Importing::update(const WantedRobot& wanted, AccountId account) {
  for (const PermissionRequest& one : wanted.permissions) {
    if (one.scope == "*" || one.scope == "/") continue;
    if (auto made = needProject(*one.scope, wanted.line); !made) return made;
  }
  UpdateAccount update{
      .account = {.name = {}, .id = account},
      .permissions = wanted.permissions,
      .expiry = wanted.expiry,
      .description = wanted.robot->description,
      .status = wanted.robot->is_disabled ? AccountStatus::kDisabled : AccountStatus::kEnabled};
  return send(Purpose::kUpdate, wanted.qualified_name, std::move(update), wanted.line);
}

Result<void> Importing::auditRows() {
  std::uint64_t line = 0;
  for (const HarborAuditRow& row : import_.audit_rows) {
    line += 1;
    tell();
    const std::string id = kAuditClaim + std::to_string(row.id);
    if (!before_.claims.try_emplace(id).second) continue;
    RecordClaim claim{.source = import_.source,
                      .source_id = id,
                      .time = row.time,
                      .actor = row.username,
                      .operation = row.operation,
                      .resource = row.resource,
                      .resource_type = row.resource_type};
    if (row.resource_type == "robot" && row.resource.starts_with(import_.prefix)) {
      std::string name = std::string(kRobotPrefix) + row.resource.substr(import_.prefix.size());
      const auto living = ledger_.findAccount({.name = name, .id = {}});
      if (!living) return living.error();
      if (*living) claim.account = AccountRef{.name = std::move(name), .id = {}};
    } else if (row.resource_type == "project" && before_.projects.contains(row.resource)) {
      claim.project = row.resource;
    }
    if (auto sent =
            send(Purpose::kAuditRow, "audit row " + std::to_string(row.id), std::move(claim), line);
        !sent) {
      return sent;
    }
  }
  return {};
}

Result<void> Importing::send(Purpose purpose, std::string what, Command command,
                             std::uint64_t line) {
  // What belongs to one account goes together.
  const bool may_part = purpose != Purpose::kDisable && purpose != Purpose::kClaim;
  if (may_part && waiting_.size() >= kJobSubmissions) {
    if (auto flushed = flush(); !flushed) return flushed;
  }
  Submission submission{std::move(command), {}};
  submission.context.actor = importer_.actor;
  submission.context.reason = importer_.reason;
  submission.context.channel = Import{.opened = announced_.value_or(Sequence()), .line = line};
  waiting_.push_back(std::move(submission));
  sent_.push_back({purpose, std::move(what)});
  return {};
}

Result<void> Importing::flush() {
  if (waiting_.empty()) return {};
  Job job{.submissions = std::move(waiting_)};
  waiting_.clear();
  if (!announced_) job.announcement = announcement();
  auto result = ledger_.run(std::move(job));
  if (!result) return result.error();
  if (result->announced) announced_ = result->announced;
  for (std::size_t i = 0; i < result->outcomes.size(); ++i) settle(sent_[i], result->outcomes[i]);
  sent_.clear();
  return {};
}

void Importing::settle(const Sent& sent, const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refusal>(&outcome)) {
    // Why there is no account was told.
    const bool follows = sent.purpose == Purpose::kDisable || sent.purpose == Purpose::kClaim;
    if (follows && refused->code == RefusalCode::kUnknownAccount) return;
    return note(sent.what, refused->message);
  }
  const auto& receipt = std::get<Receipt>(outcome);
  report_.events += receipt.count;
  switch (sent.purpose) {
    case Purpose::kProject: report_.projects_created += 1; break;
    case Purpose::kAccount: report_.accounts_created += 1; break;
    case Purpose::kUpdate:
      (receipt.count > 0 ? report_.accounts_updated : report_.accounts_unchanged) += 1;
      break;
    case Purpose::kAuditRow: report_.audit_rows += 1; break;
    case Purpose::kDisable:
    case Purpose::kClaim: break;
  }
}

}  // namespace

Result<std::variant<Refusal, HarborReport>> importHarbor(LedgerAccess& ledger,
                                                         const Context& importer,
                                                         const HarborImport& import,
                                                         const HarborProgress& progress) {
  return Importing(ledger, importer, import, progress).run();
}

}  // namespace robotledger
