// Bundles that were changed: by chance, by somebody without the key, and by who has it.
#include <cstdlib>

#include "tests/api/evidence_testing.h"

namespace robotledger {
namespace {

class DamagedEvidence : public EvidenceCase {
 protected:
  static bool isLong() { return std::getenv("ROBOTLEDGER_LONG_TESTS") != nullptr; }

  // That each changed byte is found; every `step`-th is tried.
  void changeBytes(const std::string& file, std::size_t step) const {
    const Bytes good = bytesIn(file);
    ASSERT_TRUE(check(file));
    std::fstream changing(file, std::ios::binary | std::ios::in | std::ios::out);
    const auto put = [&](std::size_t at, char byte) {
      changing.seekp(static_cast<std::streamoff>(at));
      changing.put(byte);
      changing.flush();
    };
    std::size_t tried = 0;
    for (std::size_t i = 0; i < good.size(); i += step) {
      put(i, static_cast<char>(good[i] ^ static_cast<char>(1U << (i / step % 8))));
      const auto checked = check(file);
      ASSERT_FALSE(checked) << "byte " << i << " of " << good.size();
      EXPECT_EQ(checked.error().code, ErrorCode::kDamaged) << checked.error().message;
      EXPECT_EQ(checked.error().message.find('\n'), std::string::npos);
      put(i, good[i]);
      ++tried;
    }
    EXPECT_GT(tried, 2000U);
    ASSERT_TRUE(check(file)) << "it is whole again";
  }

  std::string wrongWith(const Unpacked& files) const {
    const auto checked = check(packed(files, "changed.zip"));
    EXPECT_FALSE(checked);
    return checked ? "nothing" : checked.error().message;
  }

  std::string full() const {
    return written(request(whoCouldPush("web", "2025-01-05"), Completeness::kFull), "full.zip");
  }
  std::string slim() const {
    return written(request(whoCouldPush("web", "2025-01-05"), Completeness::kSlim), "slim.zip");
  }
  static void replaceIn(Bytes& bytes, std::string_view from, std::string_view to) {
    const std::size_t at = bytes.find(from);
    ASSERT_NE(at, Bytes::npos) << from;
    bytes.replace(at, from.size(), to);
  }
};

TEST_F(DamagedEvidence, AByteOfASlimBundleIsMissed) { changeBytes(slim(), 1); }
TEST_F(DamagedEvidence, AByteOfAFullBundleIsMissed) { changeBytes(full(), isLong() ? 1 : 5); }

// In a ZIP file that is right: with another file in the place of one, without it, with one more.
TEST_F(DamagedEvidence, AFileIsAnotherOne) {
  for (const std::string& file : {full(), slim()}) {
    const Unpacked good = unpacked(file);
    for (const auto& [name, bytes] : good) {
      Unpacked changed = good;
      changed[name] += "x";
      EXPECT_NE(wrongWith(changed).find(name.substr(0, 8)), std::string::npos) << name;
      changed.erase(name);
      wrongWith(changed);
      // He who has no key can make a manifest of it, and not sign it.
      if (name == kManifestNote || name == kManifestFile) continue;
      changed = good;
      changed[name] += "x";
      renewManifest(changed);
      wrongWith(changed);
    }
    Unpacked more = good;
    more["more.txt"] = "x";
    EXPECT_EQ(wrongWith(more), "more.txt is not what the manifest says, or not in its place there");
  }
}

TEST_F(DamagedEvidence, AnothersKeySignedIt) {
  const auto other = newKey();
  const auto checked = check(full(), other->verifierKey());
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find(formatVerifierKey(other->verifierKey())),
            std::string::npos);
  // The bundle of another key, given out under the name of this one.
  Unpacked files = unpacked(path("full.zip"));
  const Bytes manifest = files.at("manifest.txt");
  files["manifest.note"] = *signNote(manifestText(manifest), *other);
  EXPECT_NE(wrongWith(files).find("manifest.note is not signed with"), std::string::npos);
  // A second signature beside the good one would be bytes that nobody looks at.
  files = unpacked(path("full.zip"));
  const Bytes second = *signNote(manifestText(manifest), *other);
  files["manifest.note"] += second.substr(second.find("\n\n") + 2);
  EXPECT_NE(wrongWith(files).find("more than the one signature"), std::string::npos);
}

// What the holder of the key gives out: whatever follows from the log is derived again.
TEST_F(DamagedEvidence, TheHolderOfTheKeyChangedIt) {
  for (const std::string& file : {full(), slim()}) {
    const Unpacked good = unpacked(file);
    for (const auto& [name, bytes] : good) {
      const bool vouched_for_alone = name == "README.md" || name == "check_evidence.py" ||
                                     name == "event.capnp" || name.starts_with("manifest.");
      if (vouched_for_alone) continue;
      Unpacked changed = good;
      changed[name] += "\n";
      signAnew(changed);
      wrongWith(changed);
      changed.erase(name);
      signAnew(changed);
      wrongWith(changed);
    }
    Unpacked more = good;
    more["more.txt"] = "x";
    signAnew(more);
    EXPECT_EQ(wrongWith(more), "more.txt does not belong here");
  }
}

TEST_F(DamagedEvidence, TheHolderOfTheKeyAnsweredSomethingElse) {
  for (const std::string& file : {full(), slim()}) {
    const bool is_full = file == path("full.zip");
    // Another window.
    Unpacked changed = unpacked(file);
    replaceIn(changed["answer.json"], "2025-01-10T00:30:00Z", "2025-01-09T00:30:00Z");
    signAnew(changed);
    EXPECT_EQ(wrongWith(changed), is_full ? "answer.json is not what the log gives"
                                          : "answer.json is not what the events in it give");
    // Another question, with the same answer.
    changed = unpacked(file);
    replaceIn(changed["question.json"], "2025-01-05T", "2025-01-20T");
    signAnew(changed);
    wrongWith(changed);
    // Another time of the event as of which it was asked.
    changed = unpacked(file);
    replaceIn(changed["question.json"], R"("as_of":{"sequence":)", R"("as_of":{ "sequence":)");
    signAnew(changed);
    EXPECT_NE(wrongWith(changed).find("question.json"), std::string::npos);
    // A full bundle with less in it that calls itself full.
    changed = unpacked(file);
    std::erase_if(changed, [](const auto& one) { return one.first.starts_with("log/"); });
    signAnew(changed);
    if (!is_full) continue;
    EXPECT_NE(wrongWith(changed).find("missing"), std::string::npos);
  }
}

// An account's event that is left out of a slim bundle is not found where nothing points to it,
// which is what its README says; one that the answer names is.
TEST_F(DamagedEvidence, AnEventThatTheAnswerNamesIsLeftOut) {
  Unpacked changed = unpacked(slim());
  ASSERT_TRUE(changed.contains("events/7.bin"));
  std::size_t left_out = 0;
  for (const auto& [name, bytes] : unpacked(path("slim.zip"))) {
    if (!name.starts_with("events/") || !name.ends_with(".bin")) continue;
    changed = unpacked(path("slim.zip"));
    changed.erase(name);
    changed.erase(name.substr(0, name.size() - 4) + ".tlog-proof");
    signAnew(changed);
    wrongWith(changed);
    ++left_out;
  }
  EXPECT_GT(left_out, 5U);
}

TEST_F(DamagedEvidence, AnEventIsNotTheOneOfTheProof) {
  Unpacked changed = unpacked(slim());
  std::swap(changed["events/7.bin"], changed["events/0.bin"]);
  signAnew(changed);
  EXPECT_NE(wrongWith(changed).find("events/0.bin is not in the log"), std::string::npos);
  changed = unpacked(path("slim.zip"));
  std::swap(changed["events/7.tlog-proof"], changed["events/0.tlog-proof"]);
  signAnew(changed);
  EXPECT_EQ(wrongWith(changed), "events/0.tlog-proof proves something else");
}

// The whole log is made anew and signed, with an event that was never in it: that is another log,
// and whoever has an older checkpoint can tell. What can be told here is that it is none by the
// rules.
TEST_F(DamagedEvidence, TheLogIsNoLedgers) {
  MemoryLogStore log;
  LogBatch batch{.id = *newBatchId(), .entries = {}};
  for (std::uint64_t i = 0; i < built_.view().size.value; ++i) {
    if (i != 9) batch.entries.push_back(*built_.ledger().log().read(Sequence{i}));
  }
  ASSERT_EQ(log.append(TreeSize{0}, batch).ending, AppendEnding::kCommitted);
  const LogHead head = log.head();
  Unpacked files = unpacked(full());
  BundleFiles made;
  const std::string note = *signCheckpoint(
      {.origin = "test.example/robots", .size = head.size, .root = head.root}, *key_);
  std::erase_if(files, [](const auto& one) { return one.first.starts_with("log/"); });
  addLog(made, log, note);
  for (const auto& [name, make] : made) files[name] = *make();
  files["checkpoint"] = note;
  auto statement = parseStatement(files["question.json"]);
  ASSERT_TRUE(statement);
  statement->checkpoint.size = head.size;
  statement->checkpoint.root = head.root;
  statement->as_of.sequence = Sequence{head.size.value - 1};
  files["question.json"] = formatStatement(*statement);
  signAnew(files);
  EXPECT_EQ(wrongWith(files), "record 9 of the log is no event of that place");
}

TEST_F(DamagedEvidence, IsNoBundleAtAll) {
  std::ofstream(path("text.zip")) << "no ZIP file at all, and longer than the end of one";
  EXPECT_EQ(check(path("text.zip")).error().code, ErrorCode::kDamaged);
  EXPECT_EQ(check(path("nothing.zip")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(check(packed({}, "empty.zip")).error().message, "manifest.txt is missing");
}

}  // namespace
}  // namespace robotledger
