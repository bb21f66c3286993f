// Evidence for a question that is widened by the lives of tokens.
#include "core/wire/event_codec.h"
#include "tests/api/evidence_testing.h"
#include "tests/core/domain/small_ledger.h"

namespace robotledger {
namespace {

// Tokens live for an hour, and from half past nine on for a minute; at nine an account is disabled.
class EvidenceOfTheTail : public EvidenceCase {
 protected:
  EvidenceOfTheTail() : EvidenceCase("") {
    SmallLedger ledger;
    LogBatch batch{*newBatchId(), {}};
    ledger.must(ChangeServiceSettings{{3600, "charts", ""}});
    ledger.must(CreateProject{"web"});
    ledger.must(projectAccount("web", "ci", own({"push-image"})));
    ledger.at("2025-01-02T09:00:00Z").must(DisableAccount{named("robot$web+ci")});
    ledger.at("2025-01-02T09:30:00Z").must(ChangeServiceSettings{{60, "charts", ""}});
    for (const Event& event : ledger.events()) batch.entries.push_back(encodeEvent(event));
    EXPECT_EQ(log_.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
  }

  // The answer in a bundle that was found right.
  std::string answered(std::string_view at, Completeness completeness, const std::string& name) {
    const auto key = *SigningKey::generate("ledger.example/1");
    const EvidenceRequest request{
        .question = WhoCouldQuestion{kPushImage, "web", atInstant(when(at)), Tail::kTokens},
        .size = log_.head().size,
        .completeness = completeness,
        .reader = anAuditor()};
    const auto written = writeEvidence(log_, request, signerOf(*key), path(name), {});
    EXPECT_TRUE(written) << written.error().message;
    const auto checked = check(path(name), key->verifierKey());
    EXPECT_TRUE(checked) << checked.error().message;
    return unpacked(path(name)).at("answer.json");
  }

  MemoryLogStore log_;
};

TEST_F(EvidenceOfTheTail, KnowsTheLifetimeThatWasInForceThen) {
  for (const Completeness completeness : {Completeness::kFull, Completeness::kSlim}) {
    const std::string name = std::to_string(static_cast<int>(completeness));
    const std::string alive = answered("2025-01-02T10:00:59Z", completeness, name + "a.zip");
    EXPECT_NE(alive.find(R"("until":"2025-01-02T10:01:00Z")"), std::string::npos) << alive;
    EXPECT_NE(alive.find(R"("access_until":"2025-01-02T09:00:00Z")"), std::string::npos) << alive;
    const std::string ended = answered("2025-01-02T10:01:00Z", completeness, name + "b.zip");
    EXPECT_NE(ended.find(R"("answers":[])"), std::string::npos) << ended;
  }
}

}  // namespace
}  // namespace robotledger
