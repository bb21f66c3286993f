// A ledger on the disk with an authorizer, a robot with a secret that was made, a robot with one
// that a person chose, and an operator with a password, for the tests of logins.
//
//   LoginLedger ledger;
//   ledger.logins->quick(ledger.attempt(ledger.made, ledger.secret));
#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "api/embed/open_ledger.h"
#include "api/login/chosen_secret.h"
#include "api/login/login.h"
#include "api/login/pepper.h"
#include "api/secret/secret.h"

namespace robotledger {

inline constexpr char kChosenSecret[] = "Chosen-by-a-person-1";
inline constexpr char kPassword[] = "correct horse battery staple";

// Removed in the end.
class TestFolder {
 public:
  TestFolder() { EXPECT_NE(::mkdtemp(path_.data()), nullptr); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "robotledger-XXXXXX").string();
};

inline std::string newSecret() {
  const auto made = makeSecret();
  EXPECT_TRUE(made);
  return (*made)->text();
}

struct LoginLedger {
  const std::string made = "robot$web+made";
  const std::string chosen = "robot$web+chosen";
  const std::string alice = "alice";
  std::string secret = newSecret();  // of `made`
  TestFolder folder;
  std::string pepper;
  std::unique_ptr<OpenLedger> ledger;
  std::unique_ptr<LoginChecker> logins;
  Instant now;

  LoginLedger() {
    EXPECT_TRUE(createLedger(path(), {.origin = "logins.example/robots"}));
    open();
    const auto ensured =
        ledger->ask([&](const View& view) { return ensurePepper(pepperPath(path()), view); });
    EXPECT_TRUE(ensured);
    pepper = (*ensured)->text();
    submit(CreateProject{"web"});
    submit(CreateAccount{.project = "web", .name = "made", .secret = hashOf(secret)});
    submit(CreateAccount{.project = "web", .name = "chosen", .secret = hash(kChosenSecret)});
    submit(AddOperator{alice});
    submit(SetOperatorPassword{alice, hash(kPassword)});
    start();
  }

  std::string path() const { return folder / "data"; }
  const Authorizer& authorizer() const { return *ledger->authorizer(); }

  void open() {
    logins.reset();
    ledger.reset();
    auto opened = OpenLedger::open(path(), {.authorizer = AuthorizerUse::kKept});
    EXPECT_TRUE(opened) << opened.error().message;
    ledger = *std::move(opened);
    now = SystemClock().now();
  }
  // Logins of a process that has just begun.
  void start() {
    auto started = LoginChecker::start(authorizer(), {.pepper = pepper});
    EXPECT_TRUE(started);
    logins = *std::move(started);
  }

  void submit(Command command) const {
    Submission submission{.command = std::move(command), .context = {}};
    submission.context.actor = "admin";
    submission.context.channel = Embedder{"test"};
    const auto outcome = ledger->ledger().submit(std::move(submission));
    ASSERT_TRUE(outcome);
    ASSERT_TRUE(std::holds_alternative<Receipt>(*outcome)) << std::get<Refusal>(*outcome).message;
  }
  SecretHash hash(const std::string& text) const {
    auto hashed = hashChosen(text, pepper);
    EXPECT_TRUE(hashed);
    return *std::move(hashed);
  }
  AccountRef account(const std::string& name) const { return {.name = name, .id = {}}; }

  LoginAttempt attempt(const std::string& name, const std::string& text,
                       const std::string& address = "10.0.0.7") const {
    return {.name = name, .secret = text, .address = address, .now = now};
  }
  CheckedLogin check(const LoginAttempt& attempted) const {
    const auto login = logins->quick(attempted);
    return login ? *login : logins->slow(attempted);
  }
  CheckedLogin check(const std::string& name, const std::string& text) const {
    return check(attempt(name, text));
  }
};

// "robot$web+ci", "operator alice", or why not.
inline std::string words(const CheckedLogin& login) {
  if (const auto* robot = std::get_if<RobotLogin>(&login)) return robot->name;
  if (const auto* person = std::get_if<OperatorLogin>(&login))
    return "operator " + person->who.name;
  return std::string(loginRefusedName(std::get<LoginRefused>(login)));
}

}  // namespace robotledger
