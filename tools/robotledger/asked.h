// The options of the questions that may be asked in more than one way: printed, or proved in a
// bundle of evidence. Each is read into a question of api/answers.
//
//   auto options = std::make_shared<WhoCouldOptions>();
//   addWhoCouldOptions(command, *options);
//   ... auto question = whoCouldAsked(*options, asking.now());
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/answers/account_history.h"
#include "api/answers/log_answer.h"
#include "api/answers/who_could.h"
#include "tools/robotledger/question.h"

namespace robotledger {

struct WhoCouldOptions {
  Capability capability;
  PlaceArgument place;
  TimeArgument at;
  std::string on;
  std::string zone;
  TimeArgument from;
  TimeArgument to;
  bool token_tail = false;
  std::optional<std::int64_t> as_of;
};
void addWhoCouldOptions(CLI::App* command, WhoCouldOptions& options);
// What is wrong with the options together; empty where nothing is.
std::string problemWith(const WhoCouldOptions& options);
// kInvalidArgument where the times are none, or tokens have no such tail.
Result<WhoCouldQuestion> whoCouldAsked(const WhoCouldOptions& options, Instant now);

struct HistoryOptions {
  AccountRef account;
  std::optional<std::int64_t> as_of;
};
void addHistoryOptions(CLI::App* command, HistoryOptions& options);

struct LogOptions {
  std::optional<AccountRef> account;
  std::string project;
  std::string actor;
  std::optional<std::size_t> kind;
  TimeArgument from;
  TimeArgument to;
  std::optional<std::int64_t> after;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> as_of;
};
void addLogOptions(CLI::App* command, LogOptions& options);
std::string problemWith(const LogOptions& options);
LogQuestion logAsked(const LogOptions& options, Instant now);

}  // namespace robotledger
