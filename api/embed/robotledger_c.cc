// The C header, over the C++ one.
#include "api/embed/robotledger/robotledger_c.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "api/embed/command_json.h"
#include "api/embed/robotledger/robotledger.h"
#include "api/json/json_text.h"
#include "core/base/instant.h"
#include "core/base/secure.h"

namespace rl = robotledger::v1;

// NOLINTBEGIN(readability-identifier-naming): the names of the C header
struct robotledger_ledger {
  rl::Ledger ledger;
};
struct robotledger_error {
  rl::Failure failure;
};
struct robotledger_stream {
  rl::EventStream stream;
};
struct robotledger_subscription {
  rl::Subscription subscription;
};
// NOLINTEND(readability-identifier-naming)

namespace {

using robotledger::Json;
using robotledger::jsonText;

static_assert(int{ROBOTLEDGER_REFUSED} == int{static_cast<std::uint8_t>(rl::Code::kRefused)} &&
              int{ROBOTLEDGER_BUG} == int{static_cast<std::uint8_t>(rl::Code::kBug)});
static_assert(int{ROBOTLEDGER_NOT_GRANTED} ==
              int{static_cast<std::uint8_t>(rl::Decision::kNotGranted)});
static_assert(int{ROBOTLEDGER_LOGIN_EXPIRED} ==
              int{static_cast<std::uint8_t>(rl::LoginResult::kExpired)});

// Given where there is no memory for another.
robotledger_error* outOfMemory() {
  static robotledger_error error{{rl::Code::kNoMemory, {}, "out of memory"}};
  return &error;
}

int give(rl::Failure&& failure, robotledger_error** error) {
  const int code = static_cast<int>(failure.code);
  if (error == nullptr) return code;
  *error = new (std::nothrow) robotledger_error{std::move(failure)};
  if (*error == nullptr) *error = outOfMemory();
  return code;
}

rl::Failure invalid(const char* what) { return {rl::Code::kInvalidArgument, {}, what}; }

// Runs `body`, which gives a Result<Done>, and lets no exception out.
template <class Body>
int call(robotledger_error** error, const Body& body) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    rl::Result<rl::Done> done = body();
    if (done) return ROBOTLEDGER_OK;
    return give(rl::Failure(done.failure()), error);
  } catch (const std::bad_alloc&) {
    if (error != nullptr) *error = outOfMemory();
    return ROBOTLEDGER_NO_MEMORY;
  } catch (...) {
    return give({rl::Code::kBug, {}, "unexpected"}, error);
  }
}

// A copy for the caller; none where it is not wanted.
rl::Result<rl::Done> put(const std::string& text, char** out) {
  if (out == nullptr) return rl::Done{};
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) return rl::Failure{rl::Code::kNoMemory, {}, "out of memory"};
  std::memcpy(copy, text.c_str(), text.size() + 1);
  *out = copy;
  return rl::Done{};
}

// What a call gives as text.
template <class Body>
int callForText(char** out, robotledger_error** error, const Body& body) noexcept {
  if (out != nullptr) *out = nullptr;
  return call(error, [&]() -> rl::Result<rl::Done> {
    const rl::Result<std::string> text = body();
    if (!text) return text.failure();
    return put(*text, out);
  });
}

std::string orEmpty(const char* text) { return text == nullptr ? std::string() : text; }

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

int robotledger_import(robotledger_ledger* ledger, const char* file, const char* actor,
                       const char* reason, char** summary, robotledger_error** error) {
  return callForText(summary, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr || file == nullptr || actor == nullptr) {
      return invalid("no ledger, file or actor");
    }
    rl::By by;
    by.actor = actor;
    by.reason = orEmpty(reason);
    const auto done = ledger->ledger.importHistory(file, by);
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

// ---- questions and events ---------------------------------------------------------------------

int robotledger_ask(robotledger_ledger* ledger, const char* question, const char* reader,
                    char** answer, robotledger_error** error) {
  return callForText(answer, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr || question == nullptr) return invalid("no ledger or no question");
    if (reader != nullptr && *reader == '\0') return invalid("the reader's name is empty");
    return ledger->ledger.ask(question, orEmpty(reader));
  });
}

uint64_t robotledger_size(const robotledger_ledger* ledger) {
  return ledger == nullptr ? 0 : ledger->ledger.size();
}

int robotledger_events(robotledger_ledger* ledger, uint64_t from, size_t limit, char** events,
                       robotledger_error** error) {
  return callForText(events, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr) return invalid("no ledger");
    const auto read = ledger->ledger.events(from, limit);
    if (!read) return read.failure();
    std::string list = "[";
    for (const rl::Event& event : *read) {
      if (list.size() > 1) list += ",\n";
      list += event.json;
    }
    return list + "]";
  });
}

int robotledger_stream_open(robotledger_ledger* ledger, uint64_t from, robotledger_stream** stream,
                            robotledger_error** error) {
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (ledger == nullptr || stream == nullptr) return invalid("no ledger or no stream");
    *stream = nullptr;
    auto opened = ledger->ledger.stream(from);
    if (!opened) return opened.failure();
    *stream = new robotledger_stream{std::move(*opened)};
    return rl::Done{};
  });
}

int robotledger_stream_next(robotledger_stream* stream, int64_t timeout_ms, char** event,
                            robotledger_error** error) {
  if (event != nullptr) *event = nullptr;
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (stream == nullptr || event == nullptr) return invalid("no stream or no event");
    const auto next = stream->stream.next(std::chrono::milliseconds(timeout_ms));
    if (!next) return next.failure();
    return *next ? put((**next).json, event) : rl::Done{};
  });
}

void robotledger_stream_stop(robotledger_stream* stream) {
  if (stream != nullptr) stream->stream.stop();
}

void robotledger_stream_close(robotledger_stream* stream) { delete stream; }

int robotledger_subscribe(robotledger_ledger* ledger, uint64_t from, robotledger_on_event callback,
                          void* context, robotledger_subscription** subscription,
                          robotledger_error** error) {
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (ledger == nullptr || callback == nullptr || subscription == nullptr) {
      return invalid("no ledger, callback or subscription");
    }
    *subscription = nullptr;
    auto made = ledger->ledger.subscribe(from, [callback, context](const rl::Event& event) {
      return callback(context, event.json.c_str()) == 0 ? rl::Flow::kGoOn : rl::Flow::kStop;
    });
    if (!made) return made.failure();
    *subscription = new robotledger_subscription{std::move(*made)};
    return rl::Done{};
  });
}

int robotledger_subscription_state(const robotledger_subscription* subscription,
                                   robotledger_error** error) {
  return call(error, [&]() -> rl::Result<rl::Done> {
    if (subscription == nullptr) return invalid("no subscription");
    const auto ended = subscription->subscription.ended();
    if (ended) return *ended;
    return rl::Done{};
  });
}

void robotledger_unsubscribe(robotledger_subscription* subscription) { delete subscription; }

// ---- proofs -----------------------------------------------------------------------------------

int robotledger_verifier_key(robotledger_ledger* ledger, char** key, robotledger_error** error) {
  return callForText(key, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr) return invalid("no ledger");
    return ledger->ledger.verifierKey();
  });
}

int robotledger_checkpoint(robotledger_ledger* ledger, char** checkpoint,
                           robotledger_error** error) {
  return callForText(checkpoint, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr) return invalid("no ledger");
    return ledger->ledger.checkpoint();
  });
}

int robotledger_proof(robotledger_ledger* ledger, uint64_t sequence, char** proof,
                      robotledger_error** error) {
  return callForText(proof, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr) return invalid("no ledger");
    return ledger->ledger.proof(sequence);
  });
}

int robotledger_verify(robotledger_ledger* ledger, int scope, char** verified,
                       robotledger_error** error) {
  return callForText(verified, error, [&]() -> rl::Result<std::string> {
    if (ledger == nullptr) return invalid("no ledger");
    if (scope != ROBOTLEDGER_VERIFY_LOG && scope != ROBOTLEDGER_VERIFY_EVERYTHING) {
      return invalid("no such scope of verification");
    }
    const auto done = ledger->ledger.verify(
        scope == ROBOTLEDGER_VERIFY_LOG ? rl::VerifyScope::kLog : rl::VerifyScope::kEverything);
    if (!done) return done.failure();
    Json json{{"events", done->events}, {"checkpoint", nullptr}, {"rows", nullptr}};
    if (done->checkpoint) json["checkpoint"] = *done->checkpoint;
    if (done->rows) json["rows"] = *done->rows;
    return jsonText(json);
  });
}

}  // extern "C"
