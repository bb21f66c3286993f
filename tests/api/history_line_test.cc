#include "api/history/history_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/limits.h"

namespace robotledger {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A line with the fields that every line has, and these.
std::string line(const std::string& fields) {
  return R"({"at":"2025-03-01T09:30:00Z","actor":"alice",)" + fields + "}";
}

// The message of the refusal, or "accepted".
std::string refusal(std::string_view text) {
  const auto read = parseHistoryLine(text);
  const auto* refused = std::get_if<Refusal>(&read);
  if (refused == nullptr) return "accepted";
  EXPECT_EQ(refused->code, RefusalCode::kMalformedLine);
  return refused->message;
}

// The command of a line that has to be one.
template <class T>
T commandOf(const std::string& fields) {
  auto read = parseHistoryLine(line(fields));
  if (const auto* refused = std::get_if<Refusal>(&read)) {
    ADD_FAILURE() << fields << ": " << refused->message;
    return {};
  }
  auto* command = std::get_if<T>(&std::get<HistoryLine>(read).command);
  EXPECT_NE(command, nullptr) << fields;
  return command == nullptr ? T{} : std::move(*command);
}

AccountRef accountNamed(std::string name) { return {std::move(name), AccountId{0}}; }

TEST(HistoryLine, HasItsTimeItsActorAndItsReason) {
  const auto read = parseHistoryLine(
      R"( {"reason":"moved","do":"create_project","project":"web","actor":"alice",)"
      R"("at":"2025-03-01T10:30:00.5+01:00"} )"
      "\r");
  const auto* parsed = std::get_if<HistoryLine>(&read);
  ASSERT_NE(parsed, nullptr);
  EXPECT_EQ(parsed->at, parseInstant("2025-03-01T09:30:00.5Z"));
  EXPECT_EQ(parsed->actor, "alice");
  EXPECT_EQ(parsed->reason, "moved");
}

TEST(HistoryLine, BecomesCommandsOnProjectsAndOperators) {
  EXPECT_EQ(commandOf<CreateProject>(R"("do":"create_project","project":"web")").project, "web");
  EXPECT_EQ(commandOf<DeleteProject>(R"("do":"delete_project","project":"web")").project, "web");
  EXPECT_EQ(commandOf<AddOperator>(R"("do":"add_operator","operator":"bob")").name, "bob");
  EXPECT_EQ(commandOf<RemoveOperator>(R"("do":"remove_operator","operator":"bob")").name, "bob");
  EXPECT_EQ(commandOf<SetSystemExpiry>(R"("do":"set_system_expiry","days":90)").days, 90);
}

TEST(HistoryLine, BecomesCommandsOnRoles) {
  const auto grant = commandOf<GrantRole>(
      R"("do":"grant_role","operator":"bob","role":"project_admin","project":"web")");
  EXPECT_EQ(grant.name, "bob");
  EXPECT_EQ(grant.role, "project_admin");
  EXPECT_EQ(grant.project, "web");
  const auto revoke =
      commandOf<RevokeRole>(R"("do":"revoke_role","operator":"bob","role":"auditor")");
  EXPECT_EQ(revoke.name, "bob");
  EXPECT_EQ(revoke.role, "auditor");
  EXPECT_EQ(revoke.project, std::nullopt);
}

TEST(HistoryLine, CreatesAccountsOfBothLevels) {
  const auto ci = commandOf<CreateAccount>(
      R"("do":"create_account","project":"library","name":"ci","permissions":["push-image"],)"
      R"("expires":90,"description":"build pipeline")");
  EXPECT_EQ(ci.project, "library");
  EXPECT_EQ(ci.name, "ci");
  EXPECT_EQ(ci.description, "build pipeline");
  EXPECT_EQ(ci.permissions, (std::vector<PermissionRequest>{{std::nullopt, "push-image"}}));
  EXPECT_EQ(ci.expiry, (ExpiryRequest{Expiry::Kind::kDays, 90}));
  EXPECT_EQ(ci.secret, std::nullopt) << "a history carries none";
  const auto mirror = commandOf<CreateAccount>(
      R"("do":"create_account","level":"system","name":"mirror","permissions":[])");
  EXPECT_EQ(mirror.project, std::nullopt);
  EXPECT_EQ(mirror.description, "");
  EXPECT_EQ(mirror.expiry, (ExpiryRequest{Expiry::Kind::kSystem, 0})) << "where it is absent";
}

TEST(HistoryLine, BecomesCommandsOnAccounts) {
  const std::string on_ci = R"(,"account":"robot$web+ci")";
  const AccountRef ci = accountNamed("robot$web+ci");
  EXPECT_EQ(commandOf<DisableAccount>(R"("do":"disable")" + on_ci).account, ci);
  EXPECT_EQ(commandOf<EnableAccount>(R"("do":"enable")" + on_ci).account, ci);
  EXPECT_EQ(commandOf<DeleteAccount>(R"("do":"delete")" + on_ci).account, ci);
  EXPECT_EQ(commandOf<RenewAccount>(R"("do":"renew")" + on_ci).account, ci);
  const auto rotated = commandOf<RotateSecret>(R"("do":"rotate_secret")" + on_ci);
  EXPECT_EQ(rotated.account, ci);
  EXPECT_EQ(rotated.secret.kind, SecretHash::Kind::kAsserted);
  const auto described =
      commandOf<DescribeAccount>(R"("do":"describe","description":"builds")" + on_ci);
  EXPECT_EQ(described.account, ci);
  EXPECT_EQ(described.description, "builds");
  const auto granted = commandOf<GrantPermissions>(R"("do":"grant","permissions":[])" + on_ci);
  EXPECT_EQ(granted.account, ci);
  EXPECT_TRUE(granted.permissions.empty());
  EXPECT_EQ(commandOf<RevokePermissions>(R"("do":"revoke","permissions":[])" + on_ci).account, ci);
}

TEST(HistoryLine, TakesPermissionsInTheirThreeForms) {
  const auto granted = commandOf<GrantPermissions>(
      R"("do":"grant","account":"robot$ci","permissions":["push-image","repository:pull",)"
      R"({"scope":"web","capability":"push-image"},)"
      R"({"action":"push","scope":"*","resource":"repository"}])");
  EXPECT_EQ(granted.permissions, (std::vector<PermissionRequest>{{std::nullopt, "push-image"},
                                                                 {std::nullopt, "repository:pull"},
                                                                 {"web", "push-image"},
                                                                 {"*", "repository:push"}}));
}

ExpiryRequest expiryOf(const std::string& value) {
  return commandOf<SetAccountExpiry>(R"("do":"set_expiry","account":"robot$ci","expires":)" + value)
      .expiry;
}

TEST(HistoryLine, TakesAnExpiryOfTheSystemOfNeverOrOfDays) {
  EXPECT_EQ(expiryOf(R"("system")"), (ExpiryRequest{Expiry::Kind::kSystem, 0}));
  EXPECT_EQ(expiryOf(R"("never")"), (ExpiryRequest{Expiry::Kind::kNever, 0}));
  EXPECT_EQ(expiryOf("0"), (ExpiryRequest{Expiry::Kind::kDays, 0})) << "the domain refuses it";
  EXPECT_EQ(expiryOf("-0"), (ExpiryRequest{Expiry::Kind::kDays, 0}));
  EXPECT_EQ(expiryOf("-7"), (ExpiryRequest{Expiry::Kind::kDays, -7}));
  EXPECT_EQ(expiryOf("2147483646"), (ExpiryRequest{Expiry::Kind::kDays, 2147483646}));
}

TEST(HistoryLine, LeavesWholeNumbersTooLargeToTheDomain) {
  const auto out = [](const std::string& number) {
    const std::int64_t days = expiryOf(number).days;
    const std::int64_t same =
        commandOf<SetSystemExpiry>(R"("do":"set_system_expiry","days":)" + number).days;
    EXPECT_EQ(days, same);
    return days;
  };
  const std::string beyond_floats(400, '9');
  EXPECT_EQ(out("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(out("9223372036854775808"), INT64_MAX);
  EXPECT_EQ(out("18446744073709551616"), INT64_MAX);
  EXPECT_EQ(out("-9223372036854775809"), INT64_MIN);
  EXPECT_EQ(out(beyond_floats), INT64_MAX);
  EXPECT_EQ(out("-" + beyond_floats), INT64_MIN);
  EXPECT_NE(refusal(line(R"("do":"disable","account":)" + beyond_floats)), "accepted");
  EXPECT_NE(refusal(line(R"("do":"set_system_expiry","days":)" + beyond_floats + ",")), "accepted");
  EXPECT_NE(refusal(line(R"("do":"set_system_expiry","days":)" + beyond_floats +
                         ",\"days\":" + beyond_floats)),
            "accepted");
}

TEST(HistoryLine, TakesOnlyWholeNumbersForDays) {
  for (const char* number : {"1.0", "1e2", "1.5", "1e400", "\"90\"", "true", "null", "[90]", "{}",
                             "01", "+1", "0x1", "NaN", "-", ""}) {
    const std::string days = std::string(R"("do":"set_system_expiry","days":)") + number;
    EXPECT_NE(refusal(line(days)), "accepted") << number;
    const std::string expires =
        std::string(R"("do":"set_expiry","account":"robot$ci","expires":)") + number;
    EXPECT_NE(refusal(line(expires)), "accepted") << number;
  }
  EXPECT_THAT(refusal(line(R"("do":"set_system_expiry","days":1.5)")),
              AllOf(HasSubstr("'days'"), HasSubstr("whole number")));
  EXPECT_THAT(refusal(line(R"("do":"set_system_expiry","days":1e400)")), HasSubstr("'days'"));
  EXPECT_THAT(refusal(line(R"("do":"set_expiry","account":"robot$ci","expires":"soon")")),
              AllOf(HasSubstr("'expires'"), HasSubstr("never")));
}

TEST(HistoryLine, IsMalformedWhereAFieldIsMissing) {
  EXPECT_THAT(refusal(R"({"actor":"a","do":"add_operator","operator":"b"})"), HasSubstr("'at'"));
  EXPECT_THAT(refusal(R"({"at":"2025-03-01T09:30:00Z","do":"add_operator","operator":"b"})"),
              HasSubstr("'actor'"));
  EXPECT_THAT(refusal(R"({"at":"2025-03-01T09:30:00Z","actor":"a","operator":"b"})"),
              HasSubstr("'do'"));
  const std::pair<const char*, const char*> missing[] = {
      {R"("do":"create_project")", "'project'"},
      {R"("do":"delete_project")", "'project'"},
      {R"("do":"add_operator")", "'operator'"},
      {R"("do":"remove_operator")", "'operator'"},
      {R"("do":"grant_role","role":"auditor")", "'operator'"},
      {R"("do":"grant_role","operator":"bob")", "'role'"},
      {R"("do":"revoke_role","operator":"bob","role":"project_admin")", "'project'"},
      {R"("do":"create_account","project":"web","permissions":[])", "'name'"},
      {R"("do":"create_account","project":"web","name":"ci")", "'permissions'"},
      {R"("do":"create_account","name":"ci","permissions":[])", "'project'"},
      {R"("do":"grant","account":"robot$ci")", "'permissions'"},
      {R"("do":"revoke","permissions":[])", "'account'"},
      {R"("do":"disable")", "'account'"},
      {R"("do":"set_expiry","account":"robot$ci")", "'expires'"},
      {R"("do":"describe","account":"robot$ci")", "'description'"},
      {R"("do":"set_system_expiry")", "'days'"},
  };
  for (const auto& [fields, named] : missing) {
    EXPECT_THAT(refusal(line(fields)), AllOf(HasSubstr(named), HasSubstr("missing"))) << fields;
  }
}

TEST(HistoryLine, IsMalformedWhereAFieldDoesNotBelong) {
  const std::pair<const char*, const char*> other[] = {
      {R"("do":"disable","account":"robot$ci","fast":true)", "'fast'"},
      {R"("do":"disable","account":"robot$ci","project":"web")", "'project'"},
      {R"("do":"set_system_expiry","days":1,"expires":1)", "'expires'"},
      {R"("do":"create_project","project":"web","description":"")", "'description'"},
      {R"("do":"create_account","project":"web","level":"system","name":"a","permissions":[])",
       "'project'"},
      {R"("do":"create_account","project":"web","level":"project","name":"a","permissions":[])",
       "'level'"},
      {R"("do":"create_account","level":"System","name":"a","permissions":[])", "'level'"},
      {R"("do":"grant_role","operator":"bob","role":"auditor","project":"web")", "'project'"},
      {R"("do":"revoke_role","operator":"bob","role":"system_admin","project":"web")", "'project'"},
      {R"("do":"destroy")", "'destroy'"},
      {R"("do":"Disable","account":"robot$ci")", "'Disable'"},
      {R"("do":"")", "'do'"},
  };
  for (const auto& [fields, named] : other) {
    EXPECT_THAT(refusal(line(fields)), HasSubstr(named)) << fields;
  }
}

TEST(HistoryLine, LeavesAnUnknownRoleToTheDomainWithAProjectOrWithout) {
  EXPECT_EQ(commandOf<GrantRole>(R"("do":"grant_role","operator":"bob","role":"chief")").project,
            std::nullopt);
  EXPECT_EQ(
      commandOf<RevokeRole>(R"("do":"revoke_role","operator":"bob","role":"chief","project":"web")")
          .project,
      "web");
}

TEST(HistoryLine, IsMalformedWhereAFieldIsOfAnotherType) {
  for (const char* value : {"null", "true", "1", "1.5", "[]", "{}", R"(["a"])"}) {
    const std::string text = value;
    EXPECT_THAT(refusal(line(R"("do":"add_operator","operator":)" + text)),
                AllOf(HasSubstr("'operator'"), HasSubstr("string")))
        << text;
    EXPECT_THAT(refusal(line(R"("do":"add_operator","operator":"b","reason":)" + text)),
                HasSubstr("'reason'"))
        << text;
    EXPECT_THAT(refusal(line(R"("do":)" + text)), HasSubstr("'do'")) << text;
    EXPECT_THAT(refusal(R"({"at":)" + text), HasSubstr("'at'")) << text;
  }
  for (const char* value : {"null", "true", "1", R"("push-image")", R"({"scope":"*"})"}) {
    EXPECT_THAT(
        refusal(line(R"("do":"grant","account":"robot$ci","permissions":)" + std::string(value))),
        AllOf(HasSubstr("'permissions'"), HasSubstr("list")))
        << value;
  }
}

TEST(HistoryLine, IsMalformedWhereAPermissionIsNone) {
  for (const char* value :
       {"null", "1", "true", "[]", R"(["push-image"])", "{}", R"({"scope":"web"})",
        R"({"capability":"push-image"})", R"({"scope":"web","resource":"repository"})",
        R"({"resource":"repository","action":"push"})",
        R"({"scope":"web","capability":"push-image","action":"push"})",
        R"({"scope":"web","capability":"push-image","resource":"r","action":"a"})",
        R"({"scope":null,"capability":"push-image"})", R"({"scope":"web","capability":1})",
        R"({"scope":"web","capability":"push-image","effect":"allow"})",
        R"({"scope":"web","scope":"web","capability":"push-image"})",
        R"({"scope":["web"],"capability":"push-image"})",
        R"({"scope":{"a":"b"},"capability":"push-image"})"}) {
    EXPECT_THAT(refusal(line(R"("do":"grant","account":"robot$ci","permissions":["a",)" +
                             std::string(value) + "]")),
                HasSubstr("permission"))
        << value;
  }
}

TEST(HistoryLine, IsMalformedWhereItsTimeIsNone) {
  for (const char* at : {"", "2025-03-01", "2025-03-01T09:30:00", "2025-03-01T09:30:00.1234567Z",
                         "2025-02-30T09:30:00Z", "now"}) {
    const std::string text =
        R"({"at":")" + std::string(at) + R"(","actor":"a","do":"add_operator","operator":"b"})";
    EXPECT_THAT(refusal(text), AllOf(HasSubstr("'at'"), HasSubstr("RFC 3339"))) << at;
  }
}

TEST(HistoryLine, IsMalformedWhereAKeyIsThereTwice) {
  EXPECT_THAT(refusal(line(R"("do":"add_operator","operator":"b","operator":"b")")),
              AllOf(HasSubstr("'operator'"), HasSubstr("twice")));
  EXPECT_THAT(refusal(line(R"("do":"add_operator","operator":"b","\u0061ctor":"alice")")),
              AllOf(HasSubstr("'actor'"), HasSubstr("twice")));
  EXPECT_THAT(refusal(line(R"("do":"grant","account":"robot$ci","permissions":[{"scope":"web",)"
                           R"("capability":"a","capability":"a"}])")),
              HasSubstr("twice"));
}

TEST(HistoryLine, MayHaveTheSameKeyInTwoPermissions) {
  EXPECT_EQ(refusal(line(R"("do":"grant","account":"robot$ci","permissions":[)"
                         R"({"scope":"web","capability":"a"},{"scope":"web","capability":"b"}])")),
            "accepted");
}

TEST(HistoryLine, IsMalformedWhereItIsNoSingleJsonObject) {
  const std::string good = line(R"("do":"add_operator","operator":"b")");
  EXPECT_EQ(refusal(good), "accepted");
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("null"), std::string("1"), std::string("[]"),
        std::string("\"text\""), std::string("{}"), "[" + good + "]", good + good, good + ",",
        good + " x", good + "// note", "\xef\xbb\xbf" + good, good + std::string(1, '\0'),
        good + std::string("\0{", 2), std::string(1, '\0') + good, std::string("do: disable")}) {
    EXPECT_NE(refusal(text), "accepted") << text;
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_NE(refusal(std::string_view(good).substr(0, length)), "accepted") << length;
  }
}

TEST(HistoryLine, IsMalformedWhereItIsNoUtf8) {
  for (const std::string_view bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\x80"}) {
    EXPECT_THAT(refusal(line(R"("do":"add_operator","operator":")" + std::string(bytes) + "\"")),
                HasSubstr("UTF-8"));
  }
  EXPECT_NE(refusal(line(R"("do":"add_operator","operator":"\ud800")")), "accepted");
  EXPECT_NE(refusal(line("\"do\":\"add_operator\",\"operator\":\"a\tb\"")), "accepted");
  EXPECT_EQ(commandOf<AddOperator>(R"("do":"add_operator","operator":"\u00e9\ud83e\udd16")").name,
            "\xc3\xa9\xf0\x9f\xa4\x96");
}

TEST(HistoryLine, IsMalformedWhereItIsNestedDeeply) {
  const std::size_t depth = kMaxHistoryLineBytes / 4;
  EXPECT_NE(refusal(std::string(depth, '[')), "accepted");
  EXPECT_THAT(refusal(line(R"("do":"grant","account":"robot$ci","permissions":)" +
                           std::string(depth, '[') + std::string(depth, ']'))),
              HasSubstr("permission"));
  std::string objects;
  for (std::size_t i = 0; i < depth / 8; ++i) objects += "{\"at\":";
  EXPECT_THAT(refusal(objects), HasSubstr("'at'"));
}

TEST(HistoryLine, HasAtMostAMegabyte) {
  std::string text = line(R"("do":"add_operator","operator":"b")");
  text.resize(kMaxHistoryLineBytes, ' ');
  EXPECT_EQ(refusal(text), "accepted");
  EXPECT_THAT(refusal(text + " "), HasSubstr("1048576"));
}

TEST(HistoryLine, IsNotRepeatedInAMessage) {
  const std::string huge(100000, 'x');
  const std::string ugly = R"(\u001b[2J\n\u0007)";
  for (const std::string& text :
       {line("\"" + huge + "\":1"), line("\"" + ugly + "\":1"), line(R"("do":")" + huge + "\""),
        line(R"("do":")" + ugly + "\""), huge, std::string("\x1b[2J\n"), line("\"do\":\x1b")}) {
    const std::string message = refusal(text);
    EXPECT_NE(message, "accepted");
    EXPECT_LT(message.size(), 250U) << message;
    EXPECT_THAT(message, Not(testing::ContainsRegex("[\x01-\x1f]")));
  }
}

}  // namespace
}  // namespace robotledger
