// What the tests of evidence share: a small ledger, a key that signs, bundles written, taken apart
// and put together again.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "api/evidence/bundle.h"
#include "api/evidence/bundle_files.h"
#include "api/evidence/check_bundle.h"
#include "api/evidence/stored_zip.h"
#include "core/merkle/signing_key.h"
#include "tests/projections/built.h"

namespace robotledger {

inline constexpr char kSmallHistory[] =
    "2025-01-01T08:00:00Z admin create_project project=web\n"
    "+1s admin create_project project=docs\n"
    "+1s admin add_operator operator=alice\n"
    "+1s admin grant_role operator=alice role=project_admin project=web\n"
    "first: 2025-01-02T12:00:00Z alice create_account project=web name=ci "
    "permissions=push-image expires=30\n"
    "2025-01-03T12:00:00Z admin create_account level=system name=all "
    "permissions=web/push-image,docs/push-image expires=never\n"
    "2025-01-10T00:30:00Z alice disable account=robot$web+ci reason=leaked\n"
    "2025-01-12T12:00:00Z alice enable account=robot$web+ci\n"
    "2025-01-13T12:00:00Z admin set_system_expiry days=60\n"
    "2025-01-14T12:00:00Z admin create_account project=docs name=writer "
    "permissions=push-image\n"
    "2025-01-15T12:00:00Z admin revoke account=robot$all permissions=docs/push-image\n"
    "2025-03-01T12:00:00Z alice delete account=robot$web+ci\n"
    "2025-03-02T12:00:00Z alice create_account project=web name=ci permissions=pull-chart "
    "expires=never\n";

using Unpacked = std::map<std::string, Bytes>;

inline Reader anAuditor() { return {.name = "audrey", .known = true, .everything = true}; }
inline Reader theAdministratorOf(std::uint32_t project) {
  return {.name = "alice", .known = true, .everything = false, .administers = {ProjectId{project}}};
}

class EvidenceCase : public testing::Test {
 protected:
  explicit EvidenceCase(std::string_view history = kSmallHistory) : built_(history) {
    std::filesystem::create_directory(folder_);
  }
  ~EvidenceCase() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  static std::unique_ptr<SigningKey> newKey() {
    return *SigningKey::generate("test.example/robots");
  }
  EvidenceSigner signer() const { return signerOf(*key_); }
  static EvidenceSigner signerOf(const SigningKey& key) {
    return {.key = key.verifierKey(),
            .checkpoint = [&key](const Checkpoint& one) { return signCheckpoint(one, key); },
            .note = [&key](const std::string& text) { return signNote(text, key); }};
  }

  EvidenceRequest request(Question question, Completeness completeness) const {
    return {.question = std::move(question),
            .size = built_.ledger().log().head().size,
            .completeness = completeness,
            .reader = anAuditor()};
  }
  Result<std::variant<Refusal, WrittenEvidence>> write(const EvidenceRequest& request,
                                                       const std::string& name) const {
    return writeEvidence(built_.ledger().log(), request, signer(), path(name), {});
  }
  // Written, whatever becomes of the test otherwise.
  std::string written(const EvidenceRequest& request, const std::string& name) const {
    const auto outcome = write(request, name);
    EXPECT_TRUE(outcome) << outcome.error().message;
    EXPECT_TRUE(outcome && std::holds_alternative<WrittenEvidence>(*outcome));
    return path(name);
  }
  Result<CheckedEvidence> check(const std::string& file) const {
    return check(file, key_->verifierKey());
  }
  static Result<CheckedEvidence> check(const std::string& file, const VerifierKey& key) {
    return checkEvidence(file, key, {});
  }

  static Bytes bytesIn(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static Unpacked unpacked(const std::string& file) {
    Unpacked files;
    const auto zip = StoredZip::open(file);
    EXPECT_TRUE(zip) << zip.error().message;
    for (const ZipMember& member : (*zip)->members()) files[member.name] = *(*zip)->read(member);
    return files;
  }
  // As a ZIP file that is none the worse for what was changed.
  std::string packed(const Unpacked& files, const std::string& name) const {
    std::ofstream out(path(name), std::ios::binary | std::ios::trunc);
    StoredZipWriter zip([&](BytesView bytes) -> Result<void> {
      out << bytes;
      return {};
    });
    for (const auto& [member, bytes] : files) EXPECT_TRUE(zip.add(member, bytes)) << member;
    EXPECT_TRUE(zip.finish());
    return path(name);
  }
  static void renewManifest(Unpacked& files) {
    Bytes manifest;
    for (const auto& [name, bytes] : files) {
      if (name != kManifestFile && name != kManifestNote) manifest += manifestLine(name, bytes);
    }
    files[std::string(kManifestFile)] = manifest;
  }
  // What he does who holds the key.
  void signAnew(Unpacked& files) const {
    renewManifest(files);
    const Bytes& manifest = files[std::string(kManifestFile)];
    files[std::string(kManifestNote)] = *signNote(manifestText(manifest), *key_);
  }

  static WhoCouldQuestion whoCouldPush(std::string_view place, std::string_view at) {
    return {kPushImage, std::string(place), atInstant(when(at))};
  }

  Built built_;
  std::unique_ptr<SigningKey> key_ = newKey();

 private:
  const std::string folder_ =
      (std::filesystem::temp_directory_path() / ("evidence_test." + std::to_string(::getpid())))
          .string();
};

}  // namespace robotledger
