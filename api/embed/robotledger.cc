#include "api/embed/robotledger/robotledger.h"

#include <algorithm>
#include <functional>

#include "api/embed/commands.h"
#include "api/embed/core.h"
#include "api/import/importer.h"
#include "core/domain/text.h"
#include "core/merkle/proof.h"
#include "core/merkle/tlog_proof.h"

#ifndef ROBOTLEDGER_VERSION
#error "the build says which version this is"
#endif

namespace robotledger::v1 {
namespace {

static_assert(robotledger::kPullImage.index == v1::kPullImage.index &&
              robotledger::kPushImage.index == v1::kPushImage.index &&
              robotledger::kPullChart.index == v1::kPullChart.index &&
              robotledger::kPushChart.index == v1::kPushChart.index);

Principal principalOf(Robot robot) { return {AccountId{robot.account_id}, robot.slot}; }
Robot robotOf(const Principal& principal) { return {principal.account.value, principal.slot}; }
ProjectHandle handleOf(Project project) { return {ProjectId{project.project_id}, project.slot}; }

// An index beyond the table is nobody's.
bool known(Capability capability) { return capability.index < capabilityCount(); }
robotledger::Capability inside(Capability capability) { return {capability.index}; }

Decision decisionOf(const std::optional<Denial>& denial) {
  if (!denial) return Decision::kAllowed;
  switch (*denial) {
    case Denial::kNoAccount: return Decision::kNoAccount;
    case Denial::kDisabled: return Decision::kDisabled;
    case Denial::kExpired: return Decision::kExpired;
    case Denial::kNoProject: return Decision::kNoProject;
    case Denial::kNotGranted: return Decision::kNotGranted;
  }
  return Decision::kNotGranted;
}

LoginResult resultOf(LoginFailure failure) {
  switch (failure) {
    case LoginFailure::kUnknownAccount: return LoginResult::kUnknownAccount;
    case LoginFailure::kWrongSecret: return LoginResult::kWrongSecret;
    case LoginFailure::kDisabled: return LoginResult::kDisabled;
    case LoginFailure::kExpired: return LoginResult::kExpired;
  }
  return LoginResult::kUnknownAccount;
}

Instant systemNow() { return SystemClock().now(); }

}  // namespace

const char* version() noexcept { return ROBOTLEDGER_VERSION; }

Secret::Secret(std::string&& text) : text_(std::make_unique<std::string>(std::move(text))) {
  wipe(text);
}
Secret::Secret(Secret&& other) noexcept = default;
Secret& Secret::operator=(Secret&& other) noexcept {
  if (text_) wipe(*text_);
  text_ = std::move(other.text_);
  return *this;
}
Secret::~Secret() {
  if (text_) wipe(*text_);
}

std::optional<Capability> capability(std::string_view text) noexcept {
  const auto found = parseCapability(text);
  if (!found) return std::nullopt;
  return Capability{found->index};
}

const char* decisionName(Decision decision) noexcept {
  switch (decision) {
    case Decision::kAllowed: return "allowed";
    case Decision::kNoAccount: return "no_account";
    case Decision::kDisabled: return "disabled";
    case Decision::kExpired: return "expired";
    case Decision::kNoProject: return "no_project";
    case Decision::kNotGranted: return "not_granted";
  }
  return "unknown";
}

const char* loginResultName(LoginResult result) noexcept {
  switch (result) {
    case LoginResult::kWelcome: return "welcome";
    case LoginResult::kUnknownAccount: return "unknown_account";
    case LoginResult::kWrongSecret: return "wrong_secret";
    case LoginResult::kDisabled: return "disabled";
    case LoginResult::kExpired: return "expired";
  }
  return "unknown";
}

// ---- opening and closing ----------------------------------------------------------------------

Result<std::string> Ledger::create(const std::string& directory, const v1::NewLedger& ledger) {
  return guarded([&]() -> Result<std::string> {
    if (!isOrigin(ledger.origin)) {
      return Failure{Code::kInvalidArgument,
                     {},
                     inQuotes(ledger.origin) +
                         " is no origin: a name such as ledger.example/robots, without a scheme, "
                         "spaces or '+', of at most 255 bytes"};
    }
    const auto key = createLedger(directory, {.origin = ledger.origin}, {ledger.guard, ledger.key});
    if (!key) return failureOf(key.error());
    return formatVerifierKey(*key);
  });
}

Result<Ledger> Ledger::open(const std::string& directory, const Options& options) {
  return guarded([&]() -> Result<Ledger> {
    auto core = Core::open(directory, options);
    if (!core) return failureOf(core.error());
    return Ledger(std::move(*core));
  });
}

Ledger::Ledger(std::shared_ptr<Core> core) : core_(std::move(core)) {}
Ledger::Ledger(Ledger&& other) noexcept = default;
Ledger& Ledger::operator=(Ledger&& other) noexcept {
  if (core_ && core_ != other.core_) core_->close();
  core_ = std::move(other.core_);
  return *this;
}
Ledger::~Ledger() {
  if (core_) core_->close();
}

// ---- commands ---------------------------------------------------------------------------------

Result<v1::Receipt> Ledger::submit(const v1::Command& command, const By& by) {
  return guarded([&]() -> Result<v1::Receipt> {
    auto prepared = prepare(command, by, core_->program());
    if (!prepared) return failureOf(prepared.error());
    return carryOut(*core_, std::move(*prepared));
  });
}

Result<Imported> Ledger::importHistory(const std::string& file, const By& by) {
  return guarded([&]() -> Result<Imported> {
    const auto inspected = inspectHistory(file);
    if (!inspected) return failureOf(inspected.error());
    Context importer;
    importer.actor = by.actor;
    importer.reason = by.reason;
    importer.channel = Embedder{core_->program()};
    Imported imported;
    ImportWatch watch;
    watch.refused = [&](const RefusedLine& one) {
      if (imported.refused++ > 0) return;
      imported.first_refused = "line " + std::to_string(one.line) + ": " +
                               std::string(refusalName(one.refusal.code)) + ": " +
                               one.refusal.message;
    };
    const ImportRequest request{.file = *inspected, .after_refusal = AfterRefusal::kGoOn};
    const auto done = robotledger::importHistory(core_->open().ledger(), importer, request, watch);
    if (!done) return failureOf(done.error());
    if (const auto* no = std::get_if<Refusal>(&*done)) return failureOf(*no);
    const auto& summary = std::get<ImportSummary>(*done);
    imported.lines = summary.lines;
    imported.events = summary.events;
    return imported;
  });
}

// ---- decisions --------------------------------------------------------------------------------

Login Ledger::authenticate(std::string_view login, std::string_view secret) const noexcept {
  const auto found = core_->authorizer().authenticate(login, secret, systemNow());
  if (const auto* failure = std::get_if<LoginFailure>(&found)) return {resultOf(*failure), {}};
  return {LoginResult::kWelcome, robotOf(std::get<Principal>(found))};
}

std::optional<Robot> Ledger::robot(std::string_view qualified_name) const noexcept {
  const auto found = core_->authorizer().principal(qualified_name);
  if (!found) return std::nullopt;
  return robotOf(*found);
}

std::optional<Project> Ledger::project(std::string_view name) const noexcept {
  const auto found = core_->authorizer().project(name);
  if (!found) return std::nullopt;
  return Project{found->project.value, found->slot};
}

Decision Ledger::authorize(Robot robot, Capability capability, Project project) const noexcept {
  return authorize(robot, capability, project, timeOf(systemNow()));
}

Decision Ledger::authorize(Robot robot, Capability capability, Project project,
                           Time now) const noexcept {
  if (!known(capability)) return Decision::kNotGranted;
  return decisionOf(core_->authorizer().authorize(principalOf(robot), inside(capability),
                                                  handleOf(project), instantOf(now)));
}

Decision Ledger::authorize(std::string_view qualified_name, Capability capability,
                           std::string_view project) const noexcept {
  if (!known(capability)) return Decision::kNotGranted;
  return decisionOf(
      core_->authorizer().authorize(qualified_name, inside(capability), project, systemNow()));
}

Decision Ledger::authorizeSystem(Robot robot, Capability capability) const noexcept {
  if (!known(capability)) return Decision::kNotGranted;
  return decisionOf(
      core_->authorizer().authorizeSystem(principalOf(robot), inside(capability), systemNow()));
}

// ---- proofs -----------------------------------------------------------------------------------

std::uint64_t Ledger::size() const noexcept { return core_->open().ledger().head().size.value; }

Result<std::string> Ledger::verifierKey() const {
  return guarded([&]() -> Result<std::string> {
    const auto& key = core_->open().verifierKey();
    return key ? formatVerifierKey(*key) : std::string();
  });
}

Result<std::string> Ledger::checkpoint() {
  return guarded([&]() -> Result<std::string> {
    const auto signer = core_->open().signer();
    if (!signer) return failureOf(signer.error());
    const auto made = (*signer)->fresh();
    if (!made) return failureOf(made.error());
    return made->note;
  });
}

Result<std::string> Ledger::proof(std::uint64_t sequence) {
  return guarded([&]() -> Result<std::string> {
    const LogStore& log = core_->open().log();
    const auto signer = core_->open().signer();
    if (!signer) return failureOf(signer.error());
    const auto entry = log.read(Sequence{sequence});
    if (!entry) return failureOf(entry.error());
    const auto made = (*signer)->fresh();
    if (!made) return failureOf(made.error());
    auto path = proveInclusion(Sequence{sequence}, made->checkpoint.size,
                               std::bind_front(&LogStore::hashTile, &log));
    if (!path) return failureOf(path.error());
    const TlogProof proof{.index = Sequence{sequence},
                          .path = *std::move(path),
                          .checkpoint = made->note,
                          .extra = {}};
    // A proof that fails would be found by whoever checks it, and the damage is here.
    if (auto good = checkTlogProof(proof, *entry, (*signer)->verifierKey()); !good) {
      return failureOf(good.error());
    }
    return formatTlogProof(proof);
  });
}

Result<v1::Verified> Ledger::verify(v1::VerifyScope scope) {
  return guarded([&]() -> Result<v1::Verified> {
    using Scope = robotledger::VerifyScope;
    const auto done =
        core_->open().verify(scope == VerifyScope::kLog ? Scope::kLog : Scope::kEverything, {});
    if (!done) return failureOf(done.error());
    v1::Verified verified;
    verified.events = done->log.size.value;
    if (done->checkpoint) verified.checkpoint = done->checkpoint->value;
    verified.rows = done->rows;
    return verified;
  });
}

}  // namespace robotledger::v1
