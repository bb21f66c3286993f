#include "tools/robotledger/carry_out.h"

#include "api/text/event_text.h"
#include "core/ledger/saved_state.h"

namespace robotledger {
namespace {

// What was granted or revoked, which may be less than was asked for; empty where it cannot be read,
// since what was done is done.
std::string permissionsIn(LedgerAccess& ledger, Sequence sequence) {
  const auto event = readEvent(ledger.log(), sequence);
  if (!event) return "";
  const auto text = ledger.ask([&](const View& view) -> Result<std::string> {
    const EventNames names(view);
    if (const auto* granted = std::get_if<PermissionsGranted>(&event->body)) {
      return permissionsText(granted->permissions, names);
    }
    if (const auto* revoked = std::get_if<PermissionsRevoked>(&event->body)) {
      return permissionsText(revoked->permissions, names);
    }
    return std::string();
  });
  return text ? *text + " " : "";
}

}  // namespace

Result<std::optional<NamedAccount>> findLiving(Session& session, const AccountRef& account) {
  auto ledger = session.open();
  if (!ledger) return ledger.error();
  const auto living = (*ledger)->findAccount(account);
  if (!living) return living.error();
  if (!*living) return std::optional<NamedAccount>();
  return std::optional(NamedAccount{(*living)->id, (*living)->name});
}

std::string eventsText(const Receipt& receipt) {
  if (receipt.count == 0) return "no events";
  if (receipt.count == 1) return fmt::format("event {}", receipt.first.value);
  return fmt::format("events {} to {}", receipt.first.value,
                     receipt.first.value + receipt.count - 1);
}

std::string accountText(const NamedAccount& account) {
  return fmt::format("{} (#{})", account.name, account.id.value);
}

Json receiptJson(const Receipt& receipt, const Context& who,
                 const std::optional<NamedAccount>& account) {
  Json json;
  if (account) json["account"] = {{"id", account->id.value}, {"name", account->name}};
  json["first_sequence"] = receipt.first.value;
  json["events"] = receipt.count;
  json["time"] = formatInstant(receipt.time);
  json["actor"] = who.actor;
  json["by"] = actorText(who.actor, who.channel);
  return json;
}

int carryOut(Session& session, const Deed& deed) {
  const auto who = session.context();
  if (!who) return fail(who.error());
  std::optional<NamedAccount> account;
  if (deed.account) {
    // Before the command, since afterwards it may be gone.
    auto found = findLiving(session, *deed.account);
    if (!found) return fail(found.error());
    account = std::move(*found);
  }
  const auto outcome = session.submit(deed.command);
  if (!outcome) return fail(outcome.error());
  if (const auto* refused = std::get_if<Refusal>(&*outcome)) return refuse(session, *refused);
  const auto& receipt = std::get<Receipt>(*outcome);
  if (session.json()) {
    printJson(receiptJson(receipt, *who, account));
    return kExitDone;
  }
  std::string thing = account ? accountText(*account) : deed.thing;
  if (!deed.preposition.empty()) {
    const auto ledger = session.open();
    if (!ledger) return fail(ledger.error());
    thing = permissionsIn(**ledger, receipt.first) + deed.preposition + " " + thing;
  }
  print("{} {}: {}, by {}.\n", deed.done, thing, eventsText(receipt),
        actorText(who->actor, who->channel));
  return kExitDone;
}

}  // namespace robotledger
