#include "api/history/history_line.h"

#include <array>
#include <bit>
#include <optional>
#include <utility>

#include "api/history/history_fields.h"
#include "core/domain/text.h"

namespace robotledger {
namespace {

enum class Verb : std::uint8_t {
  kCreateProject,
  kDeleteProject,
  kAddOperator,
  kRemoveOperator,
  kGrantRole,
  kRevokeRole,
  kCreateAccount,
  kGrant,
  kRevoke,
  kDisable,
  kEnable,
  kDelete,
  kRenew,
  kRotateSecret,
  kSetExpiry,
  kDescribe,
  kSetSystemExpiry,
};

constexpr FieldMask both(Field one, Field other) { return maskOf(one) | maskOf(other); }

// The fields of a `do`, beside those of every line.
struct Shape {
  std::string_view name;
  Verb verb;
  FieldMask must;
  FieldMask may = 0;
};
constexpr std::array<Shape, 17> kShapes{{
    {"create_account", Verb::kCreateAccount, both(Field::kName, Field::kPermissions),
     both(Field::kProject, Field::kLevel) | both(Field::kExpires, Field::kDescription)},
    {"grant", Verb::kGrant, both(Field::kAccount, Field::kPermissions)},
    {"revoke", Verb::kRevoke, both(Field::kAccount, Field::kPermissions)},
    {"disable", Verb::kDisable, maskOf(Field::kAccount)},
    {"enable", Verb::kEnable, maskOf(Field::kAccount)},
    {"delete", Verb::kDelete, maskOf(Field::kAccount)},
    {"renew", Verb::kRenew, maskOf(Field::kAccount)},
    {"rotate_secret", Verb::kRotateSecret, maskOf(Field::kAccount)},
    {"set_expiry", Verb::kSetExpiry, both(Field::kAccount, Field::kExpires)},
    {"describe", Verb::kDescribe, both(Field::kAccount, Field::kDescription)},
    {"create_project", Verb::kCreateProject, maskOf(Field::kProject)},
    {"delete_project", Verb::kDeleteProject, maskOf(Field::kProject)},
    {"add_operator", Verb::kAddOperator, maskOf(Field::kOperator)},
    {"remove_operator", Verb::kRemoveOperator, maskOf(Field::kOperator)},
    {"grant_role", Verb::kGrantRole, both(Field::kOperator, Field::kRole), maskOf(Field::kProject)},
    {"revoke_role", Verb::kRevokeRole, both(Field::kOperator, Field::kRole),
     maskOf(Field::kProject)},
    {"set_system_expiry", Verb::kSetSystemExpiry, maskOf(Field::kDays)},
}};
constexpr FieldMask kEveryLineMust = both(Field::kAt, Field::kActor) | maskOf(Field::kDo);
constexpr FieldMask kEveryLineMay = maskOf(Field::kReason);

const Shape* shapeOf(std::string_view name) {
  for (const Shape& shape : kShapes) {
    if (shape.name == name) return &shape;
  }
  return nullptr;
}

std::string_view firstOf(FieldMask fields) {
  return fieldName(static_cast<Field>(std::countr_zero(fields)));
}

std::string named(std::string_view field) { return "field '" + std::string(field) + "'"; }

// What is wrong with how the fields stand beside each other, if anything is.
std::optional<std::string> togetherProblem(FieldReader& fields, const Shape& shape) {
  if (shape.verb == Verb::kCreateAccount) {
    if (fields.has(Field::kLevel) && fields.text(Field::kLevel) != "system") {
      return named("level") + " has to be \"system\", or absent where there is a 'project'";
    }
    if (fields.has(Field::kLevel) && fields.has(Field::kProject)) {
      return named("project") + " has to be absent at the system level";
    }
    if (!fields.has(Field::kLevel) && !fields.has(Field::kProject)) {
      return named("project") + " is missing, or \"level\":\"system\" in its place";
    }
  }
  if (shape.verb == Verb::kGrantRole || shape.verb == Verb::kRevokeRole) {
    const auto role = parseRole(fields.text(Field::kRole));
    if (role == Role::kProjectAdmin && !fields.has(Field::kProject)) {
      return named("project") + " is missing: project_admin is a role in one";
    }
    if (role && role != Role::kProjectAdmin && fields.has(Field::kProject)) {
      return named("project") + " has to be absent: only project_admin is a role in one";
    }
  }
  return std::nullopt;
}

std::optional<std::string> shapeProblem(FieldReader& fields, const Shape* shape) {
  if (!fields.has(Field::kDo)) return named("do") + " is missing";
  if (shape == nullptr)
    return named("do") + " has to be a command, not " + inQuotes(fields.text(Field::kDo));
  const FieldMask must = shape->must | kEveryLineMust;
  if (const FieldMask missing = must & ~fields.fields(); missing != 0) {
    return named(firstOf(missing)) + " is missing";
  }
  if (const FieldMask other = fields.fields() & ~(must | shape->may | kEveryLineMay); other != 0) {
    return named(firstOf(other)) + " does not belong to " + std::string(shape->name);
  }
  return togetherProblem(fields, *shape);
}

std::optional<std::string> optionalText(FieldReader& fields, Field field) {
  if (!fields.has(field)) return std::nullopt;
  return std::move(fields.text(field));
}

// The command of fields that are there. Takes their texts.
Command commandFrom(FieldReader& fields, Verb verb) {
  const auto take = [&](Field field) { return std::move(fields.text(field)); };
  const auto account = [&] { return AccountRef{take(Field::kAccount), AccountId{0}}; };
  switch (verb) {
    case Verb::kCreateProject: return CreateProject{take(Field::kProject)};
    case Verb::kDeleteProject: return DeleteProject{take(Field::kProject)};
    case Verb::kAddOperator: return AddOperator{take(Field::kOperator)};
    case Verb::kRemoveOperator: return RemoveOperator{take(Field::kOperator)};
    case Verb::kGrantRole:
      return GrantRole{take(Field::kOperator), take(Field::kRole),
                       optionalText(fields, Field::kProject)};
    case Verb::kRevokeRole:
      return RevokeRole{take(Field::kOperator), take(Field::kRole),
                        optionalText(fields, Field::kProject)};
    case Verb::kCreateAccount:
      return CreateAccount{.project = optionalText(fields, Field::kProject),
                           .name = take(Field::kName),
                           .description = take(Field::kDescription),
                           .permissions = std::move(fields.permissions()),
                           .expiry = fields.expires(),
                           .secret = std::nullopt};
    case Verb::kGrant: return GrantPermissions{account(), std::move(fields.permissions())};
    case Verb::kRevoke: return RevokePermissions{account(), std::move(fields.permissions())};
    case Verb::kDisable: return DisableAccount{account()};
    case Verb::kEnable: return EnableAccount{account()};
    case Verb::kDelete: return DeleteAccount{account()};
    case Verb::kRenew: return RenewAccount{account()};
    case Verb::kRotateSecret: return RotateSecret{account(), SecretHash{}};
    case Verb::kSetExpiry: return SetAccountExpiry{account(), fields.expires()};
    case Verb::kDescribe: return DescribeAccount{account(), take(Field::kDescription)};
    case Verb::kSetSystemExpiry: break;
  }
  return SetSystemExpiry{fields.days()};
}

Refusal malformed(std::string problem) { return {RefusalCode::kMalformedLine, std::move(problem)}; }

}  // namespace

std::variant<Refusal, HistoryLine> parseHistoryLine(std::string_view line) {
  FieldReader fields;
  if (!fields.read(line)) return malformed(fields.problem());
  const Shape* shape = shapeOf(fields.text(Field::kDo));
  if (auto problem = shapeProblem(fields, shape)) return malformed(*std::move(problem));
  const auto at = parseInstant(fields.text(Field::kAt));
  if (!at) {
    return malformed(
        "field 'at' has to be a time as in RFC 3339, with 'Z' or an offset and at most "
        "six decimals, such as \"2025-03-01T09:30:00Z\"");
  }
  return HistoryLine{.at = *at,
                     .actor = std::move(fields.text(Field::kActor)),
                     .reason = std::move(fields.text(Field::kReason)),
                     .command = commandFrom(fields, shape->verb)};
}

}  // namespace robotledger
