#include "api/http/log_routes.h"

#include "core/ledger/verifier.h"
#include "core/log/tile_tree.h"
#include "core/merkle/checkpoint.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tlog_proof.h"
#include "tests/api/http/operator_testing.h"

namespace robotledger::http {
namespace {

struct Watched : OperatorSite {
  explicit Watched(LogReaders readers = LogReaders::kReaders) {
    for (int i = 0; i < 600; ++i) submit(CreateProject{"p" + std::to_string(i)});
    serve(logRoutes(parts(), readers));
  }
  Response get(const std::string& path, const std::string& who = "audrey") {
    return ask(who, "GET", path);
  }
};

// Who watches with nothing but what is served, and the key.
TEST(LogRoutes, ServeALogThatCanBeVerifiedWithoutTheLedger) {
  Watched site;
  const Response checkpoint = site.get("/log/checkpoint");
  ASSERT_EQ(checkpoint.status, 200);
  EXPECT_EQ(OperatorSite::header(checkpoint, "Cache-Control"), "no-cache");
  EXPECT_EQ(OperatorSite::header(checkpoint, "Content-Type"), "text/plain; charset=utf-8");
  const auto opened = openCheckpoint(checkpoint.body, *site.ledger().verifierKey());
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->checkpoint.size.value, site.events());
  std::size_t files = 0;
  const auto log = openTileLog(opened->checkpoint.size, opened->checkpoint.root,
                               [&](const std::string& path) -> Result<Bytes> {
                                 const Response file = site.get("/log/" + path);
                                 if (file.status != 200) return Error{ErrorCode::kNotFound, path};
                                 EXPECT_EQ(OperatorSite::header(file, "Cache-Control"),
                                           "private, max-age=31536000, immutable");
                                 files += 1;
                                 return Bytes(file.body.begin(), file.body.end());
                               });
  const auto verified = verifyLog(*log, {});
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_GT(files, 4U);
}

TEST(LogRoutes, GiveAProofThatStandsForItself) {
  Watched site;
  const Response answer = site.get("/log/proof/17");
  ASSERT_EQ(answer.status, 200);
  const auto proof = parseTlogProof(answer.body);
  ASSERT_TRUE(proof);
  const auto entry = site.ledger().log().read(Sequence{17});
  ASSERT_TRUE(entry);
  EXPECT_TRUE(checkTlogProof(*proof, *entry, *site.ledger().verifierKey()));
  EXPECT_EQ(site.get("/log/proof/100000").status, 404);
  for (const char* wrong : {"x", "-1", "01", "1%20"}) {
    EXPECT_EQ(site.get(std::string("/log/proof/") + wrong).status, 400) << wrong;
  }
}

TEST(LogRoutes, WhatTheTreeDoesNotHaveIsNotFound) {
  Watched site;
  for (const char* none : {"0/999", "0/002.p/255", "0/000.p/0", "0/000.p/256", "0/0", "5/000",
                           "entries/009", "x", "0/../000", "entries/000.p/1/", "0/x000/001"}) {
    EXPECT_EQ(site.get(std::string("/log/tile/") + none).status, 404) << none;
  }
  EXPECT_EQ(site.get("/log/tile/0/000").body.size(), kTileBytes);
  EXPECT_EQ(site.get("/log/tile/1/000.p/2").body.size(), 2 * kDigestBytes);
}

TEST(LogRoutes, AreForAuditorsUnlessTheLogIsOpen) {
  Watched site;
  for (const char* path : {"/log/checkpoint", "/log/tile/0/000", "/log/proof/0"}) {
    EXPECT_EQ(site.get(path, "admin").status, 200);
    EXPECT_EQ(site.get(path, "petra").status, 403);
    EXPECT_EQ(site.get(path, "norm").status, 403);
    EXPECT_EQ(site.get(path, "").status, 401);
  }
  Watched open(LogReaders::kAnyone);
  EXPECT_EQ(open.get("/log/checkpoint", "").status, 200);
  EXPECT_EQ(OperatorSite::header(open.get("/log/tile/0/000", ""), "Cache-Control"),
            "public, max-age=31536000, immutable");
}

}  // namespace
}  // namespace robotledger::http
