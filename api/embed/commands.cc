#include "api/embed/commands.h"

#include "api/json/json_text.h"
#include "api/secret/secret.h"
#include "core/base/limits.h"
#include "core/domain/names.h"
#include "core/domain/text.h"
#include "projections/access.h"

namespace robotledger::v1 {
namespace {

PermissionRequest requestOf(const Permission& permission) {
  PermissionRequest request{.scope = std::nullopt, .capability = permission.capability};
  if (!permission.scope.empty()) request.scope = permission.scope;
  return request;
}

std::vector<PermissionRequest> requestsOf(const std::vector<Permission>& permissions) {
  std::vector<PermissionRequest> requests;
  requests.reserve(permissions.size());
  for (const Permission& one : permissions) requests.push_back(requestOf(one));
  return requests;
}

ExpiryRequest requestOf(const Expiry& expiry) {
  using Kind = robotledger::Expiry::Kind;
  switch (expiry.kind) {
    case Expiry::Kind::kSystem: return {Kind::kSystem, 0};
    case Expiry::Kind::kNever: return {Kind::kNever, 0};
    case Expiry::Kind::kDays: return {Kind::kDays, expiry.days};
  }
  return {Kind::kDays, 0};  // no such kind: refused as no number of days
}

std::optional<std::string> orNothing(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// The domain's command for each of the public ones. What cannot be one is kept as the error.
class Translation {
 public:
  explicit Translation(Prepared& prepared) : prepared_(prepared) {}
  const robotledger::Result<void>& ended() const { return ended_; }

  robotledger::Command operator()(const CreateProject& c) {
    return robotledger::CreateProject{c.project};
  }
  robotledger::Command operator()(const DeleteProject& c) {
    return robotledger::DeleteProject{c.project};
  }
  robotledger::Command operator()(const AddOperator& c) { return robotledger::AddOperator{c.name}; }
  robotledger::Command operator()(const RemoveOperator& c) {
    return robotledger::RemoveOperator{c.name};
  }
  robotledger::Command operator()(const GrantRole& c) {
    return robotledger::GrantRole{c.name, c.role, orNothing(c.project)};
  }
  robotledger::Command operator()(const RevokeRole& c) {
    return robotledger::RevokeRole{c.name, c.role, orNothing(c.project)};
  }
  robotledger::Command operator()(const CreateAccount& c) {
    prepared_.account = qualifiedName(c.project, c.name);
    return robotledger::CreateAccount{orNothing(c.project), c.name,
                                      c.description,        requestsOf(c.permissions),
                                      requestOf(c.expiry),  newSecret()};
  }
  robotledger::Command operator()(const GrantPermissions& c) {
    return robotledger::GrantPermissions{ref(c.account), requestsOf(c.permissions)};
  }
  robotledger::Command operator()(const RevokePermissions& c) {
    return robotledger::RevokePermissions{ref(c.account), requestsOf(c.permissions)};
  }
  robotledger::Command operator()(const DisableAccount& c) {
    return robotledger::DisableAccount{ref(c.account)};
  }
  robotledger::Command operator()(const EnableAccount& c) {
    return robotledger::EnableAccount{ref(c.account)};
  }
  robotledger::Command operator()(const DeleteAccount& c) {
    return robotledger::DeleteAccount{ref(c.account)};
  }
  robotledger::Command operator()(const RenewAccount& c) {
    return robotledger::RenewAccount{ref(c.account)};
  }
  robotledger::Command operator()(const RotateSecret& c) {
    return robotledger::RotateSecret{ref(c.account), newSecret()};
  }
  robotledger::Command operator()(const SetAccountExpiry& c) {
    return robotledger::SetAccountExpiry{ref(c.account), requestOf(c.expiry)};
  }
  robotledger::Command operator()(const DescribeAccount& c) {
    return robotledger::DescribeAccount{ref(c.account), c.description};
  }
  robotledger::Command operator()(const SetSystemExpiry& c) {
    return robotledger::SetSystemExpiry{c.days};
  }
  robotledger::Command operator()(const ChangeServiceSettings& c) {
    return robotledger::ChangeServiceSettings{
        {c.token_lifetime_s, c.charts_segment, c.service_name}};
  }

 private:
  AccountRef ref(const std::string& account) {
    auto read = accountRef(account);
    if (!read) {
      ended_ = read.error();
      return {};
    }
    prepared_.account = read->name;
    return *read;
  }
  SecretHash newSecret() {
    auto made = makeSecret();
    if (!made) {
      ended_ = made.error();
      return {};
    }
    prepared_.secret = std::move(*made);
    return hashOf(prepared_.secret->text());
  }

  Prepared& prepared_;
  robotledger::Result<void> ended_;
};

// What a command says, for its idempotency key: two that mean the same have the same. The secret
// that it issues is not in it, since every attempt has another.
class Meaning {
 public:
  Json operator()(const CreateProject& c) { return {c.project}; }
  Json operator()(const DeleteProject& c) { return {c.project}; }
  Json operator()(const AddOperator& c) { return {c.name}; }
  Json operator()(const RemoveOperator& c) { return {c.name}; }
  Json operator()(const GrantRole& c) { return {c.name, c.role, c.project}; }
  Json operator()(const RevokeRole& c) { return {c.name, c.role, c.project}; }
  Json operator()(const CreateAccount& c) {
    return {c.project, c.name, all(c.permissions), expiry(c.expiry), c.description};
  }
  Json operator()(const GrantPermissions& c) { return {c.account, all(c.permissions)}; }
  Json operator()(const RevokePermissions& c) { return {c.account, all(c.permissions)}; }
  Json operator()(const SetAccountExpiry& c) { return {c.account, expiry(c.expiry)}; }
  Json operator()(const DescribeAccount& c) { return {c.account, c.description}; }
  Json operator()(const SetSystemExpiry& c) { return {c.days}; }
  Json operator()(const ChangeServiceSettings& c) {
    return {c.token_lifetime_s, c.charts_segment, c.service_name};
  }
  template <class NamesAnAccount>
  Json operator()(const NamesAnAccount& c) {
    return {c.account};
  }

 private:
  static Json all(const std::vector<Permission>& permissions) {
    Json json = Json::array();
    for (const Permission& one : permissions) {
      json.push_back(Json::array({one.scope, one.capability}));
    }
    return json;
  }
  static Json expiry(const Expiry& expiry) {
    return Json::array({static_cast<int>(expiry.kind), expiry.days});
  }
};

Digest meaningOf(const v1::Command& command) {
  Json json = Json::array();
  json.push_back(command.index());
  json.push_back(std::visit(Meaning(), command));
  return sha256(jsonText(json));
}

// The name of the account of a receipt, where the command gave only its number.
std::string nameOf(OpenLedger& ledger, AccountId id) {
  const auto name = ledger.ask([&](const View& view) -> robotledger::Result<std::string> {
    const auto row = findAccountRow(view, id);
    if (!row) return row.error();
    return *row ? qualifiedNameOf(view, **row) : std::string();
  });
  return name ? *name : std::string();  // what was done is done
}

}  // namespace

robotledger::Result<Prepared> prepare(const v1::Command& command, const By& by,
                                      const std::string& program) {
  if (!isPrintable(by.request_id, kMaxRequestIdBytes) ||
      !isPrintable(by.idempotency_key, kMaxIdempotencyKeyBytes)) {
    return Error{ErrorCode::kInvalidArgument,
                 "a request id and an idempotency key are at most 128 printable ASCII characters"};
  }
  if (command.valueless_by_exception()) {
    return Error{ErrorCode::kInvalidArgument, "there is no command"};
  }
  Prepared prepared;
  Translation translation(prepared);
  prepared.submission.command = std::visit(translation, command);
  if (!translation.ended()) return translation.ended().error();
  prepared.submission.context = contextOf(by, program);
  Context& context = prepared.submission.context;
  if (!by.idempotency_key.empty()) context.command_digest = meaningOf(command);
  return prepared;
}

Context contextOf(const By& by, const std::string& program) {
  Context context;
  context.actor = by.actor;
  context.channel = Embedder{program};
  context.reason = by.reason;
  context.request_id = by.request_id;
  context.idempotency_key = by.idempotency_key;
  return context;
}

Result<v1::Receipt> carryOut(Core& core, Prepared prepared) {
  const auto outcome = core.open().ledger().submit(std::move(prepared.submission));
  if (!outcome) return failureOf(outcome.error());
  if (const auto* no = std::get_if<Refusal>(&*outcome)) return failureOf(*no);
  const auto& got = std::get<robotledger::Receipt>(*outcome);
  v1::Receipt receipt;
  receipt.sequence = got.first.value;
  receipt.events = got.count;
  receipt.time = timeOf(got.time);
  receipt.account_id = got.account.value;
  receipt.repeated = got.kind == ReceiptKind::kRepeated;
  if (prepared.secret && !receipt.repeated) {
    receipt.secret.emplace(std::string(prepared.secret->text()));
  }
  if (receipt.account_id == 0) return receipt;
  receipt.account = std::move(prepared.account);
  if (receipt.account.empty()) receipt.account = nameOf(core.open(), got.account);
  return receipt;
}

}  // namespace robotledger::v1
