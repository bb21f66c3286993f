#include "tests/crash/crash_testing.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "core/ledger/verifier.h"

namespace robotledger {
namespace {

constexpr unsigned kProjects = 6;
constexpr unsigned kNames = 8;

std::string randomProject(std::mt19937& random) {
  return "p" + std::to_string(random() % kProjects);
}

AccountRef randomAccount(std::mt19937& random) {
  const std::string project = randomProject(random);
  return {"robot$" + project + "+a" + std::to_string(random() % kNames), AccountId{0}};
}

std::vector<PermissionRequest> randomPermissions(std::mt19937& random) {
  std::vector<PermissionRequest> permissions = {{std::nullopt, "push-image"}};
  if (random() % 2 == 0) permissions.push_back({std::nullopt, "pull-chart"});
  if (random() % 4 == 0) permissions.push_back({std::nullopt, "push-chart"});
  return permissions;
}

Command randomCommand(std::mt19937& random) {
  switch (random() % 16) {
    case 0:
    case 1: return CreateProject{randomProject(random)};
    case 2:
      return random() % 4 == 0 ? Command(DeleteProject{randomProject(random)})
                               : Command(SetSystemExpiry{static_cast<int>(random() % 60) + 1});
    case 3: return DeleteAccount{randomAccount(random)};
    case 4: return DisableAccount{randomAccount(random)};
    case 5: return EnableAccount{randomAccount(random)};
    case 6: return RenewAccount{randomAccount(random)};
    case 7: return GrantPermissions{randomAccount(random), randomPermissions(random)};
    case 8: return RevokePermissions{randomAccount(random), {{std::nullopt, "push-image"}}};
    case 9: return DescribeAccount{randomAccount(random), std::string(random() % 400, 'd')};
    case 10:
      return SetAccountExpiry{randomAccount(random),
                              {Expiry::Kind::kDays, static_cast<int>(random() % 90) + 1}};
    default:
      return CreateAccount{randomProject(random),
                           "a" + std::to_string(random() % kNames),
                           std::string(random() % 100, 'x'),
                           randomPermissions(random),
                           {},
                           std::nullopt};
  }
}

}  // namespace

std::uint64_t numberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

bool longForms() { return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr; }

std::filesystem::path roomForDirectories() {
  return std::filesystem::exists("/dev/shm") ? "/dev/shm" : std::filesystem::temp_directory_path();
}

bool onePlaceAlone() { return numberFromEnvironment("ROBOTLEDGER_CRASH_AT", 0) != 0; }

std::uint64_t atEveryPlace(
    SeedCounts counts, const std::function<Place(std::uint64_t seed, std::uint64_t at)>& trial) {
  const std::uint64_t first = numberFromEnvironment("ROBOTLEDGER_CRASH_SEED", 1);
  const std::uint64_t seeds = numberFromEnvironment(
      "ROBOTLEDGER_CRASH_SEEDS", longForms() ? counts.in_long_form : counts.seeds);
  const std::uint64_t alone = numberFromEnvironment("ROBOTLEDGER_CRASH_AT", 0);
  const std::uint64_t step = longForms() ? 1 : counts.one_place_in;
  std::uint64_t places = 0;
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    for (std::uint64_t at = std::max<std::uint64_t>(alone, 1);; at += step) {
      SCOPED_TRACE("ROBOTLEDGER_CRASH_SEED=" + std::to_string(seed) +
                   " ROBOTLEDGER_CRASH_SEEDS=1 ROBOTLEDGER_CRASH_AT=" + std::to_string(at));
      const Place met = trial(seed, at);
      if (testing::Test::HasFatalFailure()) return places;
      if (met == Place::kNone) break;
      places += 1;
      if (alone != 0) break;
    }
  }
  testing::Test::RecordProperty("places", std::to_string(places));
  return places;
}

Submission byAdmin(Command command) {
  Context context;
  context.actor = "admin";
  context.channel = Embedder{"crash test"};
  return {std::move(command), std::move(context)};
}

Job randomJob(std::mt19937& random) {
  Job job;
  const std::size_t count = random() % 5 + 1;
  for (std::size_t i = 0; i < count; ++i) {
    job.submissions.push_back(byAdmin(randomCommand(random)));
  }
  return job;
}

void expectWhole(const LogStore& log, const Acknowledged& known) {
  const LogHead head = log.head();
  ASSERT_GE(head.size, known.size) << "acknowledged events are gone";
  if (known.size.value > 0) {
    const auto root = rootAt(log, known.size);
    ASSERT_TRUE(root) << root.error().message;
    ASSERT_EQ(*root, known.root) << "acknowledged events are not what they were";
  }
  const auto verified = verifyLog(log, {.workers = 1});
  ASSERT_TRUE(verified) << verified.error().message;
  ASSERT_EQ(verified->size, head.size);
}

}  // namespace robotledger
