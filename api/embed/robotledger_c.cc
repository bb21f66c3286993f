// The C header, over the C++ one: a ledger, its commands and its decisions.
#include <cstddef>

#include "api/embed/c_calls.h"
#include "api/embed/command_json.h"
#include "core/base/instant.h"
#include "core/base/secure.h"

using namespace robotledger::c;  // NOLINT(google-build-using-namespace): this file is a part of it

namespace {

using robotledger::Json;
using robotledger::jsonText;

static_assert(int{ROBOTLEDGER_REFUSED} == int{static_cast<std::uint8_t>(rl::Code::kRefused)} &&
              int{ROBOTLEDGER_BUG} == int{static_cast<std::uint8_t>(rl::Code::kBug)});
static_assert(int{ROBOTLEDGER_NOT_GRANTED} ==
              int{static_cast<std::uint8_t>(rl::Decision::kNotGranted)});
static_assert(int{ROBOTLEDGER_LOGIN_EXPIRED} ==
              int{static_cast<std::uint8_t>(rl::LoginResult::kExpired)});

// A member of a struct that may be of an older header, and then lacks it.
template <class Struct, class Member>
Member memberOf(const Struct* given, Member Struct::*member) {
  if (given == nullptr) return Member{};
  const auto* at = reinterpret_cast<const char*>(&(given->*member));
  const auto end =
      static_cast<std::size_t>(at - reinterpret_cast<const char*>(given)) + sizeof(Member);
  return end <= given->size ? given->*member : Member{};
}

rl::Robot robotOf(robotledger_robot robot) { return {robot.account_id, robot.slot}; }
rl::Project projectOf(robotledger_project project) { return {project.project_id, project.slot}; }

std::string receiptText(const rl::Receipt& receipt) {
  Json json{{"sequence", receipt.sequence},
            {"events", receipt.events},
            {"time", robotledger::formatInstant({receipt.time.time_since_epoch().count()})}};
  if (receipt.account_id != 0) {
    json["account_id"] = receipt.account_id;
    json["account"] = receipt.account;
  }
  json["repeated"] = receipt.repeated;
  return jsonText(json);
}

rl::By byOf(const char* actor, const char* reason) {
  rl::By by;
  by.actor = actor;
  by.reason = orEmpty(reason);
  return by;
}

bool issuesSecret(const rl::Command& command) {
  return std::holds_alternative<rl::CreateAccount>(command) ||
         std::holds_alternative<rl::RotateSecret>(command);
}

}  // namespace

extern "C" {

const char* robotledger_version(void) { return rl::version(); }

int robotledger_error_code(const robotledger_error* error) {
  return error == nullptr ? int{ROBOTLEDGER_OK} : static_cast<int>(error->failure.code);
}
const char* robotledger_error_refusal(const robotledger_error* error) {
  return error == nullptr ? "" : error->failure.refusal.c_str();
}
const char* robotledger_error_message(const robotledger_error* error) {
  return error == nullptr ? "" : error->failure.message.c_str();
}
void robotledger_error_free(robotledger_error* error) {
  if (error != outOfMemory()) delete error;
}

void robotledger_text_free(char* text) {
  if (text == nullptr) return;
  robotledger::wipe(text, std::strlen(text));
  std::free(text);
}

int robotledger_create(const char* directory, const robotledger_new_ledger* ledger,
                       char** verifier_key, robotledger_error** error) {
  return callForText(verifier_key, error, [&]() -> rl::Result<std::string> {
    if (directory == nullptr || ledger == nullptr) return invalid("no directory or no ledger");
    rl::NewLedger made;
    made.origin = orEmpty(memberOf(ledger, &robotledger_new_ledger::origin));
    made.guard = orEmpty(memberOf(ledger, &robotledger_new_ledger::guard));
    made.key = orEmpty(memberOf(ledger, &robotledger_new_ledger::key));
    return rl::Ledger::create(directory, made);
  });
}

// Without padding: whether a field is there is told by the size alone.
static_assert(sizeof(robotledger_options) == offsetof(robotledger_options, reserved) + sizeof(int));

int robotledger_open(const char* directory, const robotledger_options* options,
                     robotledger_ledger** ledger, robotledger_error** error) {
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (directory == nullptr || ledger == nullptr) return invalid("no directory or no ledger");
    *ledger = nullptr;
    rl::Options given;
    const char* program = memberOf(options, &robotledger_options::program);
    if (program != nullptr) given.program = program;
    given.guard = orEmpty(memberOf(options, &robotledger_options::guard));
    given.key = orEmpty(memberOf(options, &robotledger_options::key));
    const auto tell = memberOf(options, &robotledger_options::tell);
    void* context = memberOf(options, &robotledger_options::context);
    if (tell != nullptr) {
      given.tell = [tell, context](const std::string& line) { tell(context, line.c_str()); };
    }
    if (memberOf(options, &robotledger_options::reserved) != 0) {
      return invalid("the reserved field of the options has to be 0");
    }
    const int listens = memberOf(options, &robotledger_options::listens);
    given.control = listens != 0 ? rl::Control::kListen : rl::Control::kNone;
    auto opened = rl::Ledger::open(directory, given);
    if (!opened) return opened.failure();
    *ledger = new robotledger_ledger{std::move(*opened)};
    return rl::Done{};
  });
}

void robotledger_close(robotledger_ledger* ledger) { delete ledger; }

int robotledger_submit(robotledger_ledger* ledger, const char* command, char** receipt,
                       char** secret, robotledger_error** error) {
  if (receipt != nullptr) *receipt = nullptr;
  if (secret != nullptr) *secret = nullptr;
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (ledger == nullptr || command == nullptr) return invalid("no ledger or no command");
    const auto read = rl::readCommand(command);
    if (!read) return read.failure();
    if (secret == nullptr && issuesSecret(read->command)) {
      return invalid("the command issues a secret, and there is no place for it");
    }
    const auto done = ledger->ledger.submit(read->command, read->by);
    if (!done) return done.failure();
    // The secret first: nobody can get it again.
    if (done->secret) {
      if (auto given = put(done->secret->text(), secret); !given) return given.failure();
    }
    return put(receiptText(*done), receipt);
  });
}

int robotledger_set_operator_password(robotledger_ledger* ledger, const char* name,
                                      const char* password, const char* actor, const char* reason,
                                      char** receipt, robotledger_error** error) {
  return callForText(receipt, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr || name == nullptr || password == nullptr || actor == nullptr) {
      return invalid("no ledger, name, password or actor");
    }
    const auto done = ledger->ledger.setOperatorPassword(name, password, byOf(actor, reason));
    if (!done) return done.failure();
    return receiptText(*done);
  });
}

int robotledger_set_secret(robotledger_ledger* ledger, const char* account, const char* secret,
                           const char* actor, const char* reason, char** receipt,
                           robotledger_error** error) {
  return callForText(receipt, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr || account == nullptr || secret == nullptr || actor == nullptr) {
      return invalid("no ledger, account, secret or actor");
    }
    const auto done = ledger->ledger.setSecret(account, secret, byOf(actor, reason));
    if (!done) return done.failure();
    return receiptText(*done);
  });
}

int robotledger_import(robotledger_ledger* ledger, const char* file, const char* actor,
                       const char* reason, char** summary, robotledger_error** error) {
  return callForText(summary, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr || file == nullptr || actor == nullptr) {
      return invalid("no ledger, file or actor");
    }
    const auto done = ledger->ledger.importHistory(file, byOf(actor, reason));
    if (!done) return done.failure();
    return jsonText({{"lines", done->lines},
                     {"events", done->events},
                     {"refused", done->refused},
                     {"first_refused", done->first_refused}});
  });
}

// ---- decisions --------------------------------------------------------------------------------

const char* robotledger_decision_name(int decision) {
  if (decision < ROBOTLEDGER_ALLOWED || decision > ROBOTLEDGER_NOT_GRANTED) return "unknown";
  return rl::decisionName(static_cast<rl::Decision>(decision));
}
const char* robotledger_login_name(int login_result) {
  if (login_result < ROBOTLEDGER_WELCOME || login_result > ROBOTLEDGER_LOGIN_EXPIRED) {
    return "unknown";
  }
  return rl::loginResultName(static_cast<rl::LoginResult>(login_result));
}

int robotledger_authenticate(const robotledger_ledger* ledger, const char* login,
                             const char* secret, robotledger_robot* robot) {
  if (ledger == nullptr || login == nullptr || secret == nullptr) {
    return ROBOTLEDGER_LOGIN_UNKNOWN_ACCOUNT;
  }
  const rl::Login found = ledger->ledger.authenticate(login, secret);
  if (robot != nullptr) *robot = {found.robot.account_id, found.robot.slot};
  return static_cast<int>(found.result);
}

int robotledger_check_login(robotledger_ledger* ledger, const char* login, const char* secret,
                            const char* address, int* login_result, robotledger_robot* robot,
                            robotledger_error** error) {
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (ledger == nullptr || login == nullptr || secret == nullptr || address == nullptr ||
        login_result == nullptr) {
      return invalid("no ledger, login, secret, address or result");
    }
    const auto checked = ledger->ledger.checkLogin(login, secret, address);
    if (!checked) return checked.failure();
    *login_result = static_cast<int>(checked->result);
    if (robot != nullptr) *robot = {checked->robot.account_id, checked->robot.slot};
    return rl::Done{};
  });
}

int robotledger_find_robot(const robotledger_ledger* ledger, const char* qualified_name,
                           robotledger_robot* robot) {
  if (ledger == nullptr || qualified_name == nullptr) return ROBOTLEDGER_NOT_FOUND;
  const auto found = ledger->ledger.robot(qualified_name);
  if (!found) return ROBOTLEDGER_NOT_FOUND;
  if (robot != nullptr) *robot = {found->account_id, found->slot};
  return ROBOTLEDGER_OK;
}

int robotledger_find_project(const robotledger_ledger* ledger, const char* name,
                             robotledger_project* project) {
  if (ledger == nullptr || name == nullptr) return ROBOTLEDGER_NOT_FOUND;
  const auto found = ledger->ledger.project(name);
  if (!found) return ROBOTLEDGER_NOT_FOUND;
  if (project != nullptr) *project = {found->project_id, found->slot};
  return ROBOTLEDGER_OK;
}

int robotledger_find_capability(const char* text, robotledger_capability* capability) {
  if (text == nullptr) return ROBOTLEDGER_NOT_FOUND;
  const auto found = rl::capability(text);
  if (!found) return ROBOTLEDGER_NOT_FOUND;
  if (capability != nullptr) *capability = found->index;
  return ROBOTLEDGER_OK;
}

int robotledger_authorize(const robotledger_ledger* ledger, robotledger_robot robot,
                          robotledger_capability capability, robotledger_project project) {
  if (ledger == nullptr) return ROBOTLEDGER_NO_ACCOUNT;
  return static_cast<int>(
      ledger->ledger.authorize(robotOf(robot), {capability}, projectOf(project)));
}

int robotledger_authorize_at(const robotledger_ledger* ledger, robotledger_robot robot,
                             robotledger_capability capability, robotledger_project project,
                             int64_t now_us) {
  if (ledger == nullptr) return ROBOTLEDGER_NO_ACCOUNT;
  const rl::Time now{std::chrono::microseconds(now_us)};
  return static_cast<int>(
      ledger->ledger.authorize(robotOf(robot), {capability}, projectOf(project), now));
}

int robotledger_authorize_by_name(const robotledger_ledger* ledger, const char* qualified_name,
                                  robotledger_capability capability, const char* project) {
  if (ledger == nullptr || qualified_name == nullptr) return ROBOTLEDGER_NO_ACCOUNT;
  if (project == nullptr) return ROBOTLEDGER_NO_PROJECT;
  return static_cast<int>(ledger->ledger.authorize(qualified_name, {capability}, project));
}

int robotledger_authorize_system(const robotledger_ledger* ledger, robotledger_robot robot,
                                 robotledger_capability capability) {
  if (ledger == nullptr) return ROBOTLEDGER_NO_ACCOUNT;
  return static_cast<int>(ledger->ledger.authorizeSystem(robotOf(robot), {capability}));
}

}  // extern "C"
