#include <cstdlib>
#include <thread>

#include "core/log/tile_tree.h"
#include "tests/api/evidence_testing.h"

namespace robotledger {
namespace {

class Evidence : public EvidenceCase {
 protected:
  static std::vector<Question> questions() {
    return {
        whoCouldPush("web", "2025-01-05"),
        WhoCouldQuestion{kPushImage, "web",
                         *betweenInstants(when("2025-01-01"), when("2026-01-01"))},
        WhoCouldQuestion{kPushImage, "docs", *onDate("2025-01-20", "Europe/Berlin")},
        whoCouldPush("/", "2025-01-05"),
        WhoCouldQuestion{kPushImage, "web", atInstant(when("2025-01-10T00:33:00Z")), Tail::kTokens},
        HistoryQuestion{{.name = "robot$web+ci"}},
        HistoryQuestion{{.id = AccountId{2}}},
        LogQuestion{},
        LogQuestion{.account = AccountRef{.name = "robot$web+ci"}, .limit = 3},
        LogQuestion{.project = "docs", .after = Sequence{4}},
        LogQuestion{.actor = "alice",
                    .kind = parseEventKind("account_created"),
                    .from = when("2025-01-01"),
                    .to = when("2025-02-01")}};
  }
};

TEST_F(Evidence, OfEveryQuestionIsFoundRight) {
  int number = 0;
  for (const Question& question : questions()) {
    for (const Completeness completeness : {Completeness::kFull, Completeness::kSlim}) {
      const std::string asked = jsonText(questionJson(question));
      const auto file = written(request(question, completeness), std::to_string(number++) + ".zip");
      const auto checked = check(file);
      ASSERT_TRUE(checked) << asked << ": " << checked.error().message;
      EXPECT_EQ(questionJson(checked->statement.question), questionJson(question));
      EXPECT_EQ(checked->statement.completeness, completeness);
      EXPECT_EQ(checked->statement.checkpoint.size, built_.view().size);
      EXPECT_TRUE(checked->notes.empty());
      EXPECT_EQ(unpacked(file).contains("log/checkpoint"), completeness == Completeness::kFull);
    }
  }
}

TEST_F(Evidence, AnswersWhatTheViewsAnswer) {
  const auto file =
      written(request(whoCouldPush("web", "2025-01-05"), Completeness::kFull), "it.zip");
  const Unpacked files = unpacked(file);
  const Reader auditor = anAuditor();
  Asking asking(built_.view(), auditor, built_.view().last_time);
  const auto answer =
      whoCouldAnswer(asking, whoCouldPush("web", "2025-01-05"), built_.view().newest());
  ASSERT_TRUE(answer);
  EXPECT_EQ(files.at("answer.json"),
            jsonText(whoCouldJson(std::get<WhoCouldAnswer>(*answer))) + "\n");
  EXPECT_NE(files.at("answer.csv").find("robot$web+ci,#1,project,2025-01-02T12:00:00Z"),
            Bytes::npos);
  EXPECT_NE(files.at("answer.html").find(">robot$web+ci</td>"), Bytes::npos);
  EXPECT_EQ(files.at("answer.html").find("<script"), Bytes::npos);
  EXPECT_EQ(files.at("answer.html").find("http"), Bytes::npos) << "nothing from elsewhere";
  // Its own life, the project's, the settings, the import, and no other account's.
  for (const char* name : {"events/0.bin", "events/1.bin", "events/2.bin", "events/7.tlog-proof"}) {
    EXPECT_TRUE(files.contains(name)) << name;
  }
  EXPECT_EQ(files.at("events.jsonl").find("robot$docs+writer"), Bytes::npos);
}

TEST_F(Evidence, OfTheSamePrefixIsTheSameToTheByteWhenTheLogHasGrown) {
  for (const Completeness completeness : {Completeness::kFull, Completeness::kSlim}) {
    for (const Question& question : questions()) {
      EvidenceRequest asked = request(question, completeness);
      asked.size = TreeSize{built_["first"].value + 4};
      const auto outcome = write(asked, "grown.zip");
      ASSERT_TRUE(outcome) << outcome.error().message;
      // A log that ends there.
      MemoryLogStore shorter;
      LogBatch batch{.id = *newBatchId(), .entries = {}};
      for (std::uint64_t i = 0; i < asked.size.value; ++i) {
        batch.entries.push_back(*built_.ledger().log().read(Sequence{i}));
      }
      ASSERT_EQ(shorter.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
      ASSERT_TRUE(writeEvidence(shorter, asked, signer(), path("then.zip"), {}));
      EXPECT_TRUE(check(path("grown.zip")));
      EXPECT_EQ(bytesIn(path("grown.zip")), bytesIn(path("then.zip")));
      std::filesystem::remove(path("grown.zip"));
      std::filesystem::remove(path("then.zip"));
    }
  }
}

TEST_F(Evidence, HoldsTheLogAsPublished) {
  const Unpacked files =
      unpacked(written(request(LogQuestion{.limit = 1}, Completeness::kFull), "it.zip"));
  std::size_t published = 0;
  const auto same = writeTileTree(built_.ledger().log(), TreeSize{0}, built_.view().size,
                                  [&](const std::string& name, BytesView bytes) -> Result<void> {
                                    EXPECT_EQ(files.at("log/" + name), bytes) << name;
                                    ++published;
                                    return {};
                                  });
  ASSERT_TRUE(same);
  std::size_t held = 0;
  for (const auto& [name, bytes] : files) held += name.starts_with("log/tile/") ? 1 : 0;
  EXPECT_EQ(held, published);
  EXPECT_EQ(files.at("log/checkpoint"), files.at("checkpoint"));
}

TEST_F(Evidence, OfHimWhoMayNotReadEverythingIsSlim) {
  EvidenceRequest asked = request(whoCouldPush("web", "2025-01-05"), Completeness::kFull);
  asked.reader = theAdministratorOf(1);
  const auto full = write(asked, "it.zip");
  ASSERT_TRUE(full);
  const auto* refusal = std::get_if<Refusal>(&*full);
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->code, RefusalCode::kForbidden);
  EXPECT_NE(refusal->message.find("--slim"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path("it.zip")));

  asked.completeness = Completeness::kSlim;
  const auto checked = check(written(asked, "it.zip"));
  ASSERT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(checked->statement.reader.administers, asked.reader.administers);
  EXPECT_NE(unpacked(path("it.zip")).at("question.json").find("cannot show completeness"),
            Bytes::npos);
  EXPECT_NE(unpacked(path("it.zip")).at("README.md").find("cannot show completeness"), Bytes::npos);

  asked.question = whoCouldPush("docs", "2025-01-05");
  const auto other = write(asked, "other.zip");
  ASSERT_TRUE(other);
  EXPECT_TRUE(std::holds_alternative<Refusal>(*other));
  asked.question = LogQuestion{};
  EXPECT_TRUE(std::holds_alternative<Refusal>(*write(asked, "other.zip")));
}

class EvidenceOfALaterProject : public EvidenceCase {
 protected:
  EvidenceOfALaterProject()
      : EvidenceCase(
            "2025-01-01T00:00:00Z admin create_project project=web\n"
            "+1s admin create_project project=docs\n"
            "+1s admin add_operator operator=alice\n"
            "+1s admin create_account level=system name=all permissions=web/push-image "
            "expires=never\n"
            "2025-02-01T00:00:00Z admin delete_project project=web\n"
            "2025-03-01T00:00:00Z admin create_project project=web\n"
            "+1s admin grant_role operator=alice role=project_admin project=web\n"
            "+1s admin grant account=robot$all permissions=web/push-image\n"
            "2025-03-03T00:00:00Z alice create_account project=web name=ci "
            "permissions=push-image expires=never\n") {}
};

// The earlier project of the name is in the bundle, as the name that an event of the system account
// has: what he was not answered about stays out of the answer that is derived from it.
TEST_F(EvidenceOfALaterProject, SaysNothingOfTheEarlierOneToItsAdministrator) {
  const WhoCouldQuestion question{kPushImage, "web",
                                  *betweenInstants(when("2025-01-01"), when("2026-01-01"))};
  EvidenceRequest asked = request(question, Completeness::kSlim);
  const auto auditors = written(asked, "auditor.zip");
  asked.reader = theAdministratorOf(3);
  const auto alices = written(asked, "alice.zip");
  for (const auto& file : {auditors, alices}) {
    const auto checked = check(file);
    EXPECT_TRUE(checked) << checked.error().message;
  }
  const Bytes early = "2025-01-01T00:00:03Z";
  EXPECT_NE(unpacked(auditors).at("answer.json").find(early), Bytes::npos);
  EXPECT_EQ(unpacked(alices).at("answer.json").find(early), Bytes::npos);
  EXPECT_TRUE(unpacked(alices).contains("events/2.bin")) << "which made the earlier one";
}

TEST_F(Evidence, IsNeverPutInThePlaceOfAnother) {
  std::ofstream(path("it.zip")) << "mine";
  const auto outcome = write(request(LogQuestion{}, Completeness::kSlim), "it.zip");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(bytesIn(path("it.zip")), "mine");
  EXPECT_EQ(write(request(LogQuestion{}, Completeness::kSlim), "no/it.zip").error().code,
            ErrorCode::kNotFound);
}

TEST_F(Evidence, LeavesNothingBehindWhereItFails) {
  const auto files = [&] {
    std::size_t count = 0;
    for (const auto& one : std::filesystem::directory_iterator(path(""))) count += one.exists();
    return count;
  };
  EvidenceRequest asked = request(whoCouldPush("nowhere", "2025-01-05"), Completeness::kFull);
  EXPECT_TRUE(std::holds_alternative<Refusal>(*write(asked, "it.zip")));
  asked.question = LogQuestion{.from = when("2025-01-02"), .to = when("2025-01-01")};
  EXPECT_EQ(write(asked, "it.zip").error().code, ErrorCode::kInvalidArgument);
  asked.size = TreeSize{1000};
  EXPECT_EQ(write(asked, "it.zip").error().code, ErrorCode::kNotFound);
  EvidenceSigner broken = signer();
  broken.note = [](const std::string&) -> Result<std::string> {
    return Error{ErrorCode::kIo, "the key is gone"};
  };
  const auto unsigned_one =
      writeEvidence(built_.ledger().log(), request(LogQuestion{}, Completeness::kFull), broken,
                    path("it.zip"), {});
  ASSERT_FALSE(unsigned_one);
  EXPECT_EQ(unsigned_one.error().message, "the key is gone");
  EXPECT_EQ(files(), 0U);
}

TEST_F(Evidence, IsNotMadeOfALogThatWasChanged) {
  // One that can be decoded, and is another than what was hashed.
  MemoryLogStore log;
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  for (std::uint64_t i = 0; i < built_.view().size.value; ++i) {
    batch.entries.push_back(*built_.ledger().log().read(Sequence{i}));
  }
  ASSERT_EQ(log.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
  Bytes changed = batch.entries[4];
  const std::size_t name = changed.find("alice");
  ASSERT_NE(name, Bytes::npos);
  changed.replace(name, 5, "alina");
  log.damageRecord(Sequence{4}, changed);
  const auto outcome =
      writeEvidence(log, request(whoCouldPush("docs", "2025-01-20"), Completeness::kSlim), signer(),
                    path("it.zip"), {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::kDamaged);
  EXPECT_NE(outcome.error().message.find("record 4"), std::string::npos) << outcome.error().message;
}

TEST_F(Evidence, IsCheckedByPythonAndOpenssl) {
  for (const Completeness completeness : {Completeness::kFull, Completeness::kSlim}) {
    const auto file = written(request(whoCouldPush("web", "2025-01-05"), completeness), "it.zip");
    std::ofstream(path("check.py")) << unpacked(file).at("check_evidence.py");
    const auto run = [&](const std::string& zip) {
      return std::system(("python3 -B " + path("check.py") + " " + zip + " '" +
                          formatVerifierKey(key_->verifierKey()) + "' >/dev/null 2>&1")
                             .c_str());
    };
    EXPECT_EQ(run(file), 0);
    const auto changed = [&](const std::string& name) {
      Unpacked files = unpacked(file);
      files.at(name).replace(0, 1, "\x7f");
      return files;
    };
    for (const char* name : {"answer.json", "manifest.txt", "verifier-key.txt"}) {
      EXPECT_NE(run(packed(changed(name), "changed.zip")), 0) << name;
    }
    // It looks into what is signed.
    for (const auto& [name, bytes] : unpacked(file)) {
      if (name != "checkpoint" && name != "events/7.bin" && name != "events/7.tlog-proof" &&
          !name.starts_with("log/tile/entries/")) {
        continue;
      }
      Unpacked files = changed(name);
      signAnew(files);
      EXPECT_NE(run(packed(files, "changed.zip")), 0) << name;
    }
    std::filesystem::remove(file);
  }
}

// As README.md in the bundle says.
TEST_F(Evidence, IsCheckedByHand) {
  const auto file =
      written(request(whoCouldPush("web", "2025-01-05"), Completeness::kFull), "it.zip");
  const Unpacked files = unpacked(file);
  for (const auto& [name, bytes] : files) {
    const std::filesystem::path to = path("unpacked/" + name);
    std::filesystem::create_directories(to.parent_path());
    std::ofstream(to, std::ios::binary) << bytes;
  }
  // The lines of commands that stand there, but for those that speak of the bundle or event N.
  std::string script = "set -e\n";
  std::istringstream readme(files.at("README.md"));
  for (std::string line; std::getline(readme, line);) {
    const bool is_command = line.starts_with("    ") && line.find("BUNDLE.zip") == line.npos;
    if (is_command) script += line.substr(4) + "\n";
  }
  const std::size_t event = script.find("events/N.bin");
  ASSERT_NE(event, std::string::npos);
  script.replace(event, 12, "events/6.bin > decoded.txt");
  EXPECT_NE(script.find("openssl pkeyutl -verify"), std::string::npos);
  std::ofstream(path("unpacked/by_hand.sh")) << script;
  EXPECT_EQ(
      std::system(("cd " + path("unpacked") + " && sh by_hand.sh > by_hand.out 2>&1").c_str()), 0)
      << bytesIn(path("unpacked/by_hand.out"));
  EXPECT_NE(bytesIn(path("unpacked/by_hand.out")).find("Signature Verified Successfully"),
            Bytes::npos);
  EXPECT_NE(bytesIn(path("unpacked/decoded.txt")).find("accountCreated"), Bytes::npos)
      << bytesIn(path("unpacked/decoded.txt"));
}

// One is about a project that is named nowhere else in the answer.
class EvidenceOfClaims : public EvidenceCase {
 protected:
  EvidenceOfClaims()
      : EvidenceCase(
            "2025-01-01T08:00:00Z admin create_project project=web\n"
            "+1s admin create_project project=docs\n"
            "+1s admin create_account project=web name=ci permissions=push-image "
            "issued_at=2024-12-25T00:00:00Z\n"
            "+1s admin record_claim account=robot$web+ci project=docs source=harbor.example "
            "source_id=robot/7 when=2019-05-01T00:00:00Z who=anna operation=create "
            "resource=robot$web+ci resource_type=robot\n"
            "+1s admin update account=robot$web+ci permissions=push-chart status=disabled\n") {}
};

TEST_F(EvidenceOfClaims, IsFoundRight) {
  int number = 0;
  for (const Question& question :
       {Question(HistoryQuestion{{.name = "robot$web+ci"}}), Question(LogQuestion{}),
        Question(LogQuestion{.kind = parseEventKind("claim_recorded")}),
        Question(LogQuestion{.project = "docs"}), Question(whoCouldPush("web", "2025-01-02"))}) {
    for (const Completeness completeness : {Completeness::kFull, Completeness::kSlim}) {
      const auto file = written(request(question, completeness), std::to_string(number++) + ".zip");
      const auto checked = check(file);
      ASSERT_TRUE(checked) << jsonText(questionJson(question)) << ": " << checked.error().message;
    }
  }
  const auto file = written(
      request(LogQuestion{.kind = parseEventKind("claim_recorded")}, Completeness::kSlim), "c.zip");
  const Unpacked files = unpacked(file);
  EXPECT_NE(files.at("answer.html").find("as harbor.example says, anna did create"), Bytes::npos);
  EXPECT_NE(files.at("events.jsonl").find(R"("kind":"project_created","actor":"admin")"),
            Bytes::npos)
      << "the project that the claim names";
}

}  // namespace
}  // namespace robotledger
