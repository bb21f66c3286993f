// The messages of the control socket: every kind there and back, and whatever else may come.
#include <random>

#include <gtest/gtest.h>

#include "api/control/messages.h"

namespace robotledger {
namespace {

const SecretHash kHash{.kind = SecretHash::Kind::kGenerated,
                       .hash = Bytes(32, '\x07'),
                       .salt = "salt",
                       .fingerprint = 0xfedcba9876543210};
const AccountRef kAccount{.name = "robot$web+ci", .id = AccountId{77}};
const std::vector<PermissionRequest> kPermissions{{.scope = "web", .capability = "push-image"},
                                                  {.scope = std::nullopt, .capability = ""}};

Digest digestOf(std::uint8_t byte) {
  Digest digest{};
  digest.fill(byte);
  return digest;
}

// One of each kind, in the order of the variant.
std::vector<Command> everyCommand() {
  return {
      CreateProject{"web"},
      DeleteProject{""},
      AddOperator{"alice"},
      RemoveOperator{std::string("b\0b", 3)},
      SetOperatorPassword{"alice", kHash},
      GrantRole{"alice", "project_admin", "web"},
      RevokeRole{"alice", "auditor", std::nullopt},
      CreateAccount{.project = "web",
                    .name = "ci",
                    .description = "d",
                    .permissions = kPermissions,
                    .expiry = {Expiry::Kind::kDays, -5},
                    .secret = kHash,
                    .issued_at = Instant{-3}},
      GrantPermissions{kAccount, kPermissions},
      RevokePermissions{kAccount, {}},
      DisableAccount{kAccount},
      EnableAccount{kAccount},
      DeleteAccount{kAccount},
      RenewAccount{kAccount},
      RotateSecret{kAccount, kHash},
      SetAccountExpiry{kAccount, {Expiry::Kind::kNever, std::int64_t{1} << 62}},
      DescribeAccount{kAccount, "new"},
      SetSystemExpiry{-1},
      ChangeServiceSettings{{.token_lifetime_s = -3, .charts_segment = "c", .service_name = "s"}},
      ImportHistory{digestOf(3), 12},
      RollBackLedger{.lost_size = TreeSize{9},
                     .lost_root = digestOf(4),
                     .origin = "o",
                     .verifier_key = "k",
                     .accounts = RollBackLedger::Accounts::kKeepEnabled},
      UpdateAccount{.account = kAccount,
                    .permissions = kPermissions,
                    .expiry = ExpiryRequest{Expiry::Kind::kDays, 7},
                    .description = "d",
                    .status = AccountStatus::kDisabled},
      RecordClaim{.account = kAccount,
                  .project = "web",
                  .source = "s",
                  .source_id = "i",
                  .time = Instant{-9},
                  .actor = "a",
                  .operation = "o",
                  .resource = "r",
                  .resource_type = "t"}};
}

std::vector<Channel> everyChannel() {
  return {LedgerItself{}, CommandLine{"bob", "root", "host"}, Http{"127.0.0.1"},
          Import{Sequence{5}, 6}, Embedder{"program"}};
}

Context contextIn(const Channel& channel) {
  return {.actor = "admin",
          .channel = channel,
          .reason = "why",
          .request_id = "r",
          .idempotency_key = "i",
          .command_digest = digestOf(1),
          .now = Instant{-1},
          .at = Instant{std::int64_t{1} << 50}};
}

// Read and written again it is the same bytes, so nothing of it was lost or changed.
template <class T>
void expectRoundTrip(const T& value) {
  const Bytes bytes = toBytes(value);
  const auto read = fromBytes<T>(bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(toBytes(*read), bytes);
}

template <class Request>
void expectRequest(const Request& request) {
  expectRoundTrip(AnyRequest(request));
}

TEST(ControlMessages, HaveEveryCommandAndEveryChannel) {
  const auto commands = everyCommand();
  ASSERT_EQ(commands.size(), std::variant_size_v<Command>);
  ASSERT_EQ(everyChannel().size(), std::variant_size_v<Channel>);
  std::set<Bytes> seen;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    ASSERT_EQ(commands[i].index(), i);
    for (const Channel& channel : everyChannel()) {
      const Submission submission{commands[i], contextIn(channel)};
      expectRoundTrip(submission);
      EXPECT_TRUE(seen.insert(toBytes(submission)).second);
    }
  }
}

TEST(ControlMessages, KeepEachFieldOfACommand) {
  const auto read = fromBytes<Submission>(
      toBytes(Submission{everyCommand()[7], contextIn(CommandLine{"bob", "root", "host"})}));
  ASSERT_TRUE(read);
  const auto& command = std::get<CreateAccount>(read->command);
  EXPECT_EQ(command.project, "web");
  EXPECT_EQ(command.name, "ci");
  EXPECT_EQ(command.description, "d");
  EXPECT_EQ(command.permissions, kPermissions);
  EXPECT_EQ(command.expiry, (ExpiryRequest{Expiry::Kind::kDays, -5}));
  EXPECT_EQ(command.secret, kHash);
  EXPECT_EQ(command.issued_at, Instant{-3});
  EXPECT_EQ(read->context.actor, "admin");
  EXPECT_EQ(std::get<CommandLine>(read->context.channel), (CommandLine{"bob", "root", "host"}));
  EXPECT_EQ(read->context.command_digest, digestOf(1));
  EXPECT_EQ(read->context.at, Instant{std::int64_t{1} << 50});
}

template <class T>
T commandIn(Command command) {
  const auto read = fromBytes<Submission>(toBytes(Submission{std::move(command), Context()}));
  EXPECT_TRUE(read);
  return std::get<T>(read->command);
}

TEST(ControlMessages, KeepWhatAnUpdateLeavesAsItIsApartFromWhatItWantsEmpty) {
  const auto whole = commandIn<UpdateAccount>(everyCommand()[21]);
  EXPECT_EQ(whole.account, kAccount);
  EXPECT_EQ(whole.permissions, kPermissions);
  EXPECT_EQ(whole.expiry, (ExpiryRequest{Expiry::Kind::kDays, 7}));
  EXPECT_EQ(whole.description, "d");
  EXPECT_EQ(whole.status, AccountStatus::kDisabled);
  const auto none = commandIn<UpdateAccount>(UpdateAccount{.account = kAccount});
  EXPECT_EQ(none.permissions, std::nullopt);
  EXPECT_EQ(none.expiry, std::nullopt);
  EXPECT_EQ(none.description, std::nullopt);
  EXPECT_EQ(none.status, std::nullopt);
  UpdateAccount empty{.account = kAccount};
  empty.permissions.emplace();
  empty.description = "";
  empty = commandIn<UpdateAccount>(empty);
  EXPECT_EQ(empty.permissions, std::vector<PermissionRequest>());
  EXPECT_EQ(empty.description, "");
}

TEST(ControlMessages, KeepEachFieldOfAClaim) {
  const auto claim = commandIn<RecordClaim>(everyCommand()[22]);
  EXPECT_EQ(claim.account, kAccount);
  EXPECT_EQ(claim.project, "web");
  EXPECT_EQ(claim.source, "s");
  EXPECT_EQ(claim.source_id, "i");
  EXPECT_EQ(claim.time, Instant{-9});
  EXPECT_EQ(claim.actor, "a");
  EXPECT_EQ(claim.operation, "o");
  EXPECT_EQ(claim.resource, "r");
  EXPECT_EQ(claim.resource_type, "t");
  EXPECT_EQ(commandIn<RecordClaim>(RecordClaim{.source = "s"}).account, std::nullopt);
}

Job everyJob() {
  Job job;
  for (const Command& command : everyCommand()) {
    job.submissions.push_back({command, contextIn(Import{Sequence{1}, 2})});
  }
  job.after_refusal = AfterRefusal::kStop;
  job.announcement = Submission{ImportHistory{digestOf(3), 1}, contextIn(Embedder{"x"})};
  return job;
}

TEST(ControlMessages, HaveEveryRequestAndAnswer) {
  expectRequest(Hello{});
  expectRequest(ReadRecords{Sequence{1}, TreeSize{500}});
  expectRequest(ReadTile{1, 2, 256});
  expectRequest(RunJob{everyJob()});
  expectRequest(AskAccount{kAccount});
  expectRequest(AskPreview{-7});
  expectRequest(GetRows{.view = 3, .keys = {"a", "", Bytes(300, 'x')}});
  expectRequest(ReadRows{.view = 3, .from = RowsFrom::kBefore, .key = "k", .most = 9});
  expectRequest(VerifyLedger{VerifyScope::kLog});
  expectRequest(SignText{"text\n"});
  expectRoundTrip(JobResult{
      .outcomes = {Refusal{RefusalCode::kNoChange, "no"}, Refusal{RefusalCode::kInvalidClaim, "no"},
                   Receipt{Sequence{4}, 0, AccountId{0}, Instant{5}},
                   Receipt{Sequence{4}, 2, AccountId{1}, Instant{5}, ReceiptKind::kRepeated}},
      .announced = Sequence{3}});
  expectRoundTrip(std::optional<Operator>(
      Operator{OperatorId{2}, "alice", {Role::kAuditor}, {ProjectId{4}, ProjectId{9}}}));
  expectRoundTrip(LivingAccount{AccountId{1}, "robot$ci", Instant{7}});
  expectRoundTrip(AskOutline::Answer{.state = "state", .accounts = {{ProjectId{0}, 5}}});
  expectRoundTrip(
      SignedCheckpoint{{.origin = "o", .size = TreeSize{1}, .root = digestOf(2)}, "n", {}});
  expectRoundTrip(ReadRows::Answer{.rows = {{"k", "v"}, {"l", ""}}, .is_last = true});
  expectRoundTrip(
      Verified{.log = {.size = TreeSize{3}, .root = {}, .tiles = 2, .copy = TreeSize{1}},
               .checkpoint = TreeSize{3},
               .rows = 8});
  expectRoundTrip(SeenByGuard{"path", TreeSize{1}, digestOf(1)});
  expectRoundTrip(Error{ErrorCode::kOutcomeUnknown, "lost"});
}

TEST(ControlMessages, AreNoneWhenCutShortOrLongerThanTheyAre) {
  const Bytes bytes = toBytes(AnyRequest(RunJob{everyJob()}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(fromBytes<AnyRequest>(BytesView(bytes).substr(0, size))) << size;
  }
  EXPECT_FALSE(fromBytes<AnyRequest>(bytes + '\0'));
}

// With any bit changed it is none, or one that is written as it was read but for a varint's
// spelling.
TEST(ControlMessages, WithAChangedBitAreReadWithoutHarm) {
  const Bytes bytes = toBytes(AnyRequest(RunJob{everyJob()}));
  std::size_t none = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const auto read = fromBytes<AnyRequest>(changed);
    if (!read) {
      none += 1;
      continue;
    }
    const Bytes again = toBytes(*read);
    EXPECT_NE(again, bytes) << "bit " << bit << " means nothing";
    EXPECT_TRUE(fromBytes<AnyRequest>(again));
  }
  EXPECT_GT(none, bytes.size());
}

TEST(ControlMessages, RefuseIndicesAndNumbersThatTheirTypesDoNotHave) {
  const auto readable = [](std::uint64_t number) {
    Bytes bytes;
    putVarint(bytes, number);
    return bytes;
  };
  EXPECT_TRUE(fromBytes<Role>(readable(2)));
  EXPECT_FALSE(fromBytes<Role>(readable(3)));
  EXPECT_TRUE(fromBytes<bool>(readable(1)));
  EXPECT_FALSE(fromBytes<bool>(readable(2)));
  EXPECT_TRUE(fromBytes<std::uint32_t>(readable(0xffffffff)));
  EXPECT_FALSE(fromBytes<std::uint32_t>(readable(0x100000000)));
  EXPECT_FALSE(fromBytes<std::optional<std::string>>(readable(2)));
  EXPECT_FALSE(fromBytes<AnyRequest>(readable(std::variant_size_v<AnyRequest>)));
  Bytes days;
  putSigned(days, std::int64_t{1} << 40);
  EXPECT_FALSE(fromBytes<std::int32_t>(days));
}

TEST(ControlMessages, TakeNoMoreMemoryThanTheyHaveBytes) {
  Bytes bytes;
  putVarint(bytes, std::uint64_t{1} << 60);
  EXPECT_FALSE(fromBytes<std::vector<std::uint64_t>>(bytes + Bytes(100, '\1')));
  Bytes many;
  putVarint(many, kMostInList<Submission> + 1);
  EXPECT_FALSE(fromBytes<std::vector<Submission>>(many + Bytes(1 << 20, '\0')));
}

TEST(ControlMessages, OfAnyBytesAreReadWithoutHarm) {
  std::mt19937 chance(5);
  for (int i = 0; i < 20000; ++i) {
    Bytes bytes(chance() % 60, '\0');
    for (char& byte : bytes) byte = static_cast<char>(chance() % (i % 2 == 0 ? 256 : 24));
    const auto read = fromBytes<AnyRequest>(bytes);
    if (read) expectRoundTrip(*read);
  }
}

}  // namespace
}  // namespace robotledger
