#include "bench/fleet.h"

#include <array>

#include "core/domain/names.h"

namespace robotledger::bench {
namespace {

constexpr std::array<ExpiryRequest, 4> kExpiries = {{
    {Expiry::Kind::kSystem, 0},
    {Expiry::Kind::kNever, 0},
    {Expiry::Kind::kDays, 365},
    {Expiry::Kind::kDays, 180},
}};
constexpr std::array<const char*, 4> kReasons = {
    "quarterly rotation of credentials", "INC-20481: token seen in a build log",
    "asked for by the team that owns the pipeline", "no longer used"};
constexpr std::array<const char*, 3> kHosts = {"bastion-1", "bastion-2", "build-7"};
constexpr std::array<const char*, 4> kUsers = {"bob", "carol", "deploy", "erin"};

// Of a hundred commands on an account of a team.
constexpr std::size_t kRenewals = 25;
constexpr std::size_t kRotations = 22;
constexpr std::size_t kDescriptions = 12;
constexpr std::size_t kGrantsAndRevokes = 22;
constexpr std::size_t kDisablings = 10;
constexpr std::size_t kExpirySettings = 5;
constexpr std::size_t kPushesTaken = 2;  // the rest are deletions

}  // namespace

Fleet::Fleet(const FleetOptions& options)
    : options_(options), random_(options.seed), homes_(options.projects) {}

std::size_t Fleet::below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

std::string Fleet::projectName(std::size_t index) const {
  return options_.name + "-" + std::to_string(index);
}

AccountRef Fleet::refTo(std::size_t home, const Robot& robot) const {
  return {qualifiedName(projectName(home), robot.name), {}};
}

SecretHash Fleet::secret() {
  SecretHash hash{.kind = SecretHash::Kind::kGenerated};
  for (int i = 0; i < 4; ++i) putBigEndian64(hash.hash, random_());
  hash.fingerprint = ByteReader(hash.hash).bigEndian64();
  return hash;
}

Submission Fleet::submission(Command command) {
  Submission made{.command = std::move(command), .context = {}};
  made.context.actor = "admin";
  made.context.channel = CommandLine{.system_user = kUsers[below(kUsers.size())],
                                     .sudo_user = {},
                                     .host = kHosts[below(kHosts.size())]};
  if (below(4) == 0) made.context.reason = kReasons[below(kReasons.size())];
  return made;
}

std::vector<Submission> Fleet::opening() {
  std::vector<Submission> all;
  for (std::size_t i = 0; i < homes_.size(); ++i) {
    all.push_back(submission(CreateProject{projectName(i)}));
  }
  return all;
}

Submission Fleet::next() {
  last_events_ = 1;
  const bool hot = hot_events_ * 100 < options_.hot_percent * events_;
  // With a hot project, the others are from 1 on.
  const std::size_t first = options_.hot_percent > 0 ? 1 : 0;
  Submission made =
      submission(hot ? nextForJobs(0) : nextForTeam(first + below(homes_.size() - first)));
  events_ += last_events_;
  if (hot) hot_events_ += last_events_;
  return made;
}

Command Fleet::create(std::size_t home) {
  Home& at = homes_[home];
  Robot robot{.name = "ci-" + std::to_string(at.made++),
              .pushes = at.pushers < options_.pushers,
              .expiry = static_cast<std::uint8_t>(below(kExpiries.size()))};
  CreateAccount command{.project = projectName(home),
                        .name = robot.name,
                        .description = "builds and ships " + projectName(home),
                        .permissions = {{std::nullopt, "artifact:read"}},
                        .expiry = kExpiries[robot.expiry],
                        .secret = secret()};
  if (robot.pushes) {
    command.permissions.push_back({std::nullopt, "push-image"});
    at.pushers += 1;
  }
  at.robots.push_back(std::move(robot));
  last_events_ = 2;
  return command;
}

Command Fleet::remove(std::size_t home, std::size_t robot) {
  Home& at = homes_[home];
  DeleteAccount command{refTo(home, at.robots[robot])};
  if (at.robots[robot].pushes) at.pushers -= 1;
  at.robots.erase(at.robots.begin() + static_cast<std::ptrdiff_t>(robot));
  return command;
}

Command Fleet::nextForJobs(std::size_t home) {
  Home& at = homes_[home];
  const std::size_t wanted = options_.pushers;
  if (at.robots.size() < wanted) return create(home);
  // A job's account is used, and then deleted: the oldest first.
  if (below(3) > 0) return remove(home, 0);
  return RotateSecret{refTo(home, at.robots[below(at.robots.size())]), secret()};
}

Command Fleet::nextForTeam(std::size_t home) {
  Home& at = homes_[home];
  if (at.robots.size() < options_.accounts) return create(home);
  const std::size_t robot = below(at.robots.size());
  Robot& one = at.robots[robot];
  if (!one.pushes && at.pushers < options_.pushers) {
    one.pushes = true;
    at.pushers += 1;
    return GrantPermissions{refTo(home, one), {{std::nullopt, "push-image"}}};
  }
  if (one.disabled && below(2) == 0) {
    one.disabled = false;
    return EnableAccount{refTo(home, one)};
  }
  if (below(100) >= 98) return remove(home, robot);
  return change(home, one);
}

Command Fleet::change(std::size_t home, Robot& robot) {
  const AccountRef account = refTo(home, robot);
  std::size_t which = below(kRenewals + kRotations + kDescriptions + kGrantsAndRevokes +
                            kDisablings + kExpirySettings + kPushesTaken);
  const auto chosen = [&](std::size_t share) {
    if (which < share) return true;
    which -= share;
    return false;
  };
  if (chosen(kRotations)) return RotateSecret{account, secret()};
  if (chosen(kDescriptions)) {
    return DescribeAccount{account, "ships " + projectName(home) + ", see runbook " +
                                        std::to_string(++robot.described)};
  }
  if (chosen(kGrantsAndRevokes)) {
    robot.extra = !robot.extra;
    const std::vector<PermissionRequest> extra = {{std::nullopt, "pull-chart"},
                                                  {std::nullopt, "push-chart"}};
    if (robot.extra) return GrantPermissions{account, extra};
    return RevokePermissions{account, extra};
  }
  if (chosen(kDisablings) && !robot.disabled) {
    robot.disabled = true;
    return DisableAccount{account};
  }
  if (chosen(kExpirySettings)) {
    robot.expiry = static_cast<std::uint8_t>((robot.expiry + 1) % kExpiries.size());
    return SetAccountExpiry{account, kExpiries[robot.expiry]};
  }
  if (chosen(kPushesTaken) && robot.pushes) {
    robot.pushes = false;
    homes_[home].pushers -= 1;
    return RevokePermissions{account, {{std::nullopt, "push-image"}}};
  }
  return RenewAccount{account};
}

}  // namespace robotledger::bench
