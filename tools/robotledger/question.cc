#include "tools/robotledger/question.h"

#include <algorithm>

#include "core/domain/text.h"

namespace robotledger {
namespace {

// Who asks, and what he may read, as things stand.
Result<Reader> readerOf(Session& session, LedgerAccess& ledger) {
  const auto context = session.context();
  if (!context) return context.error();
  Reader reader{.name = context->actor};
  const auto found = ledger.findOperator(reader.name);
  if (!found) return found.error();
  if (!*found) return reader;
  reader.known = true;
  reader.everything = (*found)->has(Role::kSystemAdmin) || (*found)->has(Role::kAuditor);
  reader.administers = (*found)->administers;
  return reader;
}

}  // namespace

int ask(Session& session, const std::function<Result<int>(Asking&)>& question) {
  return ask(session, [&](Asking& asking, LedgerAccess&) { return question(asking); });
}

int ask(Session& session, const std::function<Result<int>(Asking&, LedgerAccess&)>& question) {
  return askLedger(session, [&](LedgerAccess& ledger, const Reader& reader) {
    return ledger.ask([&](const View& view) -> Result<int> {
      Asking asking(view, reader, std::max(SystemClock().now(), view.last_time));
      return question(asking, ledger);
    });
  });
}

int askLedger(Session& session,
              const std::function<Result<int>(LedgerAccess&, const Reader&)>& question) {
  const auto ledger = session.open();
  if (!ledger) return fail(ledger.error());
  const auto reader = readerOf(session, **ledger);
  if (!reader) return fail(reader.error());
  if (!reader->known) {
    return refuse(
        session, {RefusalCode::kUnknownOperator, "there is no operator " + inQuotes(reader->name)});
  }
  const auto code = question(**ledger, *reader);
  return code ? *code : fail(code.error());
}

CLI::Option* addTimeOption(CLI::App* command, const std::string& name, TimeArgument& time,
                           const std::string& description) {
  return command
      ->add_option_function<std::string>(
          name,
          [&time, name](const std::string& text) {
            time = {.given = true, .is_now = text == "now", .instant = {}};
            if (time.is_now) return;
            const auto instant = parseInstant(text);
            if (!instant) {
              throw CLI::ValidationError(
                  name + ": " + inQuotes(text) +
                  " is no instant: it has to be one such as 2025-03-01T09:30:00Z or "
                  "2025-03-01T10:30:00+01:00, or now");
            }
            time.instant = *instant;
          },
          description)
      ->type_name("TIME");
}

CLI::Option* addCapabilityArgument(CLI::App* command, Capability& capability) {
  return command
      ->add_option_function<std::string>(
          "CAPABILITY",
          [&capability](const std::string& text) {
            const auto found = parseCapability(text);
            if (!found) {
              throw CLI::ValidationError(
                  "CAPABILITY: " + inQuotes(text) +
                  " is none: push-image, pull-image, push-chart, pull-chart, or a resource:action "
                  "such as repository:delete");
            }
            capability = *found;
          },
          "push-image, pull-image, push-chart, pull-chart, or any resource:action")
      ->required();
}

void addPlaceOptions(CLI::App* command, PlaceArgument& place) {
  auto* project = command->add_option("--project", place.project, "In the project of this name");
  auto* system = command->add_flag("--system", place.system, "In the system itself");
  project->type_name("P")->check(notEmpty())->excludes(system);
}

void addAsOfOption(CLI::App* command, std::optional<std::int64_t>& sequence) {
  addNumberOption(command, "--as-of", sequence, "As if the log ended with this event")
      ->type_name("SEQUENCE");
}

Result<AsOf> readAsOf(const View& view, const std::optional<std::int64_t>& sequence) {
  if (!sequence) return view.newest();
  if (*sequence < 0) {
    return Error{ErrorCode::kNotFound,
                 "--as-of: there is no event " + std::to_string(*sequence) + ": they count from 0"};
  }
  auto as_of = asOf(view, Sequence{static_cast<std::uint64_t>(*sequence)});
  if (as_of || as_of.error().code != ErrorCode::kNotFound) return as_of;
  return Error{ErrorCode::kNotFound, "--as-of: " + as_of.error().message};
}

Result<int> misuseOrError(const Error& error) {
  const bool usage =
      error.code == ErrorCode::kNotFound || error.code == ErrorCode::kInvalidArgument;
  if (!usage) return error;
  return misuse(error.message);
}

}  // namespace robotledger
