// The C header, over the C++ one: questions, events and proofs.
#include "api/embed/c_calls.h"

using namespace robotledger::c;  // NOLINT(google-build-using-namespace): this file is a part of it

extern "C" {

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
    robotledger::Json json{{"events", done->events}, {"checkpoint", nullptr}, {"rows", nullptr}};
    if (done->checkpoint) json["checkpoint"] = *done->checkpoint;
    if (done->rows) json["rows"] = *done->rows;
    return robotledger::jsonText(json);
  });
}

}  // extern "C"
