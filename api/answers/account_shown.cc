#include "api/answers/account_shown.h"

#include "api/answers/words.h"
#include "api/json/event_json.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

// A dead account as it last stood, all events of the instant of its deletion taken in.
AccountAt lastOf(const View& view, const AccountRow& row) {
  AccountAt stood{.account = row.account,
                  .name = qualifiedNameOf(view, row),
                  .created = row.created,
                  .created_at = row.created_at,
                  .created_by = row.created_by,
                  .asserted = row.created_line != 0,
                  .expires_at = expiresAt(row.account.terms, view.catalog->settings),
                  .secret = row.secret,
                  .secret_at = row.secret_at};
  stood.expired = stood.expires_at && *stood.expires_at <= row.deleted_at;
  return stood;
}

Result<std::optional<SecretHash>> secretOf(const View& view, const AccountAt& account) {
  if (!account.secret) return std::optional<SecretHash>();
  const auto event = readEvent(*view.log, *account.secret);
  if (!event) return event.error();
  const auto* issued = std::get_if<SecretIssued>(&event->body);
  if (issued == nullptr) {
    return Error{ErrorCode::kViewsDamaged, "the views name an event that issued no secret"};
  }
  return std::optional<SecretHash>(issued->secret);
}

// How it stood; false where it was not there.
Result<bool> lookUp(const View& view, const AccountRow& row, AccountShown& shown) {
  const bool is_dead = row.deleted && *row.deleted <= shown.as_of.sequence;
  if (is_dead && shown.question.dead == TheDead::kAsTheyLastStood) {
    shown.stood = lastOf(view, row);
    shown.description = row.account.description;
    shown.deleted = row.deleted;
    shown.deleted_at = row.deleted_at;
  } else {
    auto stood = accountAt(view, row, shown.question.at, shown.as_of);
    if (!stood) return stood.error();
    if (!*stood) return false;
    auto description = descriptionAt(view, **stood);
    if (!description) return description.error();
    shown.stood = std::move(**stood);
    shown.description = std::move(*description);
  }
  auto secret = secretOf(view, shown.stood);
  if (!secret) return secret.error();
  shown.secret = std::move(*secret);
  return true;
}

}  // namespace

Result<std::variant<Refusal, AccountShown>> accountShown(const Asking& asking,
                                                         const AccountQuestion& question,
                                                         const AsOf& as_of) {
  using Answer = std::variant<Refusal, AccountShown>;
  auto found = asking.account(question.account);
  if (!found) return found.error();
  if (auto* no = std::get_if<Refusal>(&*found)) return Answer(std::move(*no));
  Answer answer(std::in_place_type<AccountShown>);
  auto& shown = std::get<AccountShown>(answer);
  shown.question = question;
  shown.as_of = as_of;
  const auto was_there = lookUp(asking.view(), std::get<AccountRow>(*found), shown);
  if (!was_there) return was_there.error();
  if (!*was_there) {
    answer = Refusal{RefusalCode::kUnknownAccount,
                     accountText(question.account) + " did not exist then"};
  }
  return answer;
}

Json accountShownJson(const Asking& asking, const AccountShown& answer,
                      const std::optional<UsesNoted>& uses) {
  Json json = asking.accountJson(answer.stood);
  if (answer.deleted) json["status"] = "deleted";
  json["description"] = answer.description;
  json["secret"] = answer.secret ? secretJson(*answer.secret) : Json(nullptr);
  if (uses) putLastUsed(json, *uses, answer.stood);
  json["deleted_by"] = answer.deleted ? Json(answer.deleted->value) : Json(nullptr);
  json["deleted_at"] =
      instantJson(answer.deleted ? std::optional(answer.deleted_at) : std::nullopt);
  json["at"] = formatInstant(answer.question.at);
  json["as_of"] = {{"sequence", answer.as_of.sequence.value}};
  return json;
}

}  // namespace robotledger
