#include "api/token/token_key.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "api/json/json_text.h"
#include "api/token/key_set.h"
#include "api/token/token.h"
#include "core/base/base64.h"
#include "tests/api/token/token_testing.h"

namespace robotledger {
namespace {

// Made with openssl; the key's id and point computed from it with Python's hashlib.
constexpr char kKnownKey[] = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgcTvUE9xXm03c8sCG
EHcjH/n9lNjIziS2mXPFl6FUYGyhRANCAAQS/yni7hLfzSOt0WuBfVGyIzhq9R67
dNg6r6uT98cRX2DoKKsJ0JrSwFwVsxJaWrYtbozzd/iWSM3N3sqxe0sO
-----END PRIVATE KEY-----
)";
constexpr char kKnownCertificate[] = R"(-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUP9J11socJ+f+ybpt2xZqxsHMEOIwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFZml4ZWQwIBcNMjYxMTI3MTQyNDQ0WhgPMjEyNjExMDMxNDI0
NDRaMBAxDjAMBgNVBAMMBWZpeGVkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
Ev8p4u4S380jrdFrgX1RsiM4avUeu3TYOq+rk/fHEV9g6CirCdCa0sBcFbMSWlq2
LW6M83f4lkjNzd7KsXtLDqNTMFEwHQYDVR0OBBYEFFBKg6gH74/WkO/xAmsOnuxZ
ytwpMB8GA1UdIwQYMBaAFFBKg6gH74/WkO/xAmsOnuxZytwpMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgepSLqX0vvPy2be93eu17HSm6a2LchvQD
AfcH/PaL/osCIQCG2pdyqnO0f2NZuKppnna9kPXPF9iyc47bU9ph7AFjlA==
-----END CERTIFICATE-----
)";
constexpr char kKnownId[] = "DKDA:XXJE:PR2A:6ZHC:JJU4:OJZN:JWAF:2Y4N:O5CW:5T3S:NMXU:JB2D";
constexpr char kKnownX[] = "Ev8p4u4S380jrdFrgX1RsiM4avUeu3TYOq-rk_fHEV8";
constexpr char kKnownY[] = "YOgoqwnQmtLAXBWzElpati1ujPN3-JZIzc3eyrF7Sw4";

constexpr Instant kNow{1800000000000000};
constexpr std::int64_t kYearUs = std::int64_t{365} * 86400 * kUsPerSecond;

std::string textOf(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class TokenKeys : public testing::Test {
 protected:
  TokenKeys() { std::filesystem::create_directory(folder_ / "keys"); }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::remove(path);
    std::ofstream(path) << text;
    ::chmod(path.c_str(), 0600);
  }
  ErrorCode codeOfReading() const {
    const auto key = TokenKey::read(files_);
    EXPECT_FALSE(key);
    return key ? ErrorCode::kIo : key.error().code;
  }

  TestFolder folder_;
  const TokenKeyFiles files_ = tokenKeyFiles(folder_ / "");
};

TEST_F(TokenKeys, AreMadeOnceForTenYearsAndTheKeyForItsOwnerAlone) {
  ASSERT_TRUE(makeTokenKey(files_, "ledger.example/robots", kNow));
  struct stat key {};
  struct stat certificate {};
  ASSERT_EQ(::stat(files_.key.c_str(), &key), 0);
  ASSERT_EQ(::stat(files_.certificate.c_str(), &certificate), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600U);
  EXPECT_EQ(certificate.st_mode & 0777, 0644U);
  const auto read = TokenKey::read(files_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_GT((*read)->certificateEnd().us, kNow.us + 10 * kYearUs);
  EXPECT_LT((*read)->certificateEnd().us, kNow.us + 11 * kYearUs);
  const std::string before = textOf(files_.key) + textOf(files_.certificate);
  ASSERT_TRUE(makeTokenKey(files_, "another.example", kNow));
  EXPECT_EQ(textOf(files_.key) + textOf(files_.certificate), before);
}

TEST_F(TokenKeys, ACertificateIsMadeForAKeyThatIsThereAndNoKeyForACertificate) {
  write(files_.key, kKnownKey);
  ASSERT_TRUE(makeTokenKey(files_, "ledger.example/robots", kNow));
  const auto read = TokenKey::read(files_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->publicKey().id, kKnownId);
  std::filesystem::remove(files_.key);
  const auto made = makeTokenKey(files_, "ledger.example/robots", kNow);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
  EXPECT_FALSE(std::filesystem::exists(files_.key));
}

TEST_F(TokenKeys, OfOthersAreTakenWithTheirIdAsLibtrustHasIt) {
  write(files_.key, kKnownKey);
  write(files_.certificate, kKnownCertificate);
  const auto read = TokenKey::read(files_);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ((*read)->publicKey().id, kKnownId);
  EXPECT_EQ((*read)->publicKey().x, kKnownX);
  EXPECT_EQ((*read)->publicKey().y, kKnownY);
  std::string certificate = kKnownCertificate;
  certificate = certificate.substr(certificate.find('\n') + 1);
  certificate = certificate.substr(0, certificate.find('-'));
  std::erase(certificate, '\n');
  EXPECT_EQ((*read)->publicKey().certificate, certificate);
}

TEST_F(TokenKeys, ThatAreNotWhatTheyShouldBeAreRefused) {
  EXPECT_EQ(codeOfReading(), ErrorCode::kNotFound);
  ASSERT_TRUE(makeTokenKey(files_, "ledger.example/robots", kNow));
  ::chmod(files_.key.c_str(), 0640);
  EXPECT_EQ(codeOfReading(), ErrorCode::kInvalidArgument);
  ::chmod(files_.key.c_str(), 0600);
  const std::string made = textOf(files_.key);
  write(files_.key, kKnownKey);  // the certificate is of another
  EXPECT_EQ(codeOfReading(), ErrorCode::kInvalidArgument);
  write(files_.key, made.substr(0, made.size() / 2));
  EXPECT_EQ(codeOfReading(), ErrorCode::kInvalidArgument);
  write(files_.key, std::string(100000, 'x'));
  EXPECT_EQ(codeOfReading(), ErrorCode::kInvalidArgument);
  write(files_.key, made);
  write(files_.certificate, "no certificate");
  EXPECT_EQ(codeOfReading(), ErrorCode::kInvalidArgument);
  std::filesystem::remove(files_.certificate);
  EXPECT_EQ(codeOfReading(), ErrorCode::kNotFound);
}

// Whether the command ends with 0.
bool runs(const std::string& command) { return std::system(command.c_str()) == 0; }

// In DER, as openssl wants it, from r ‖ s: both as integers with a zero byte before them.
std::string derSignature(const std::string& raw) {
  const auto integer = [](const std::string& bytes) {
    std::string rest = bytes.substr(std::min(bytes.find_first_not_of('\0'), bytes.size() - 1));
    if ((static_cast<unsigned char>(rest.front()) & 0x80) != 0) rest.insert(0, 1, '\0');
    return std::string("\x02") + static_cast<char>(rest.size()) + rest;
  };
  const std::string both = integer(raw.substr(0, 32)) + integer(raw.substr(32));
  return std::string("\x30") + static_cast<char>(both.size()) + both;
}

TEST_F(TokenKeys, SignTokensThatOpensslVerifiesByTheCertificate) {
  if (!runs("openssl version > /dev/null")) GTEST_SKIP() << "there is no openssl";
  ASSERT_TRUE(makeTokenKey(files_, "ledger.example/robots", kNow));
  const auto key = TokenKey::read(files_);
  ASSERT_TRUE(key);
  const auto token = signToken(**key, {.issuer = "ledger.example/robots",
                                       .subject = "robot$web+ci",
                                       .audience = "registry.example",
                                       .issued = kNow,
                                       .lifetime_s = 300,
                                       .decided_at = TreeSize{7},
                                       .access = {{"repository", "web/\"app", {"pull"}}}});
  ASSERT_TRUE(token);
  const TokenParts parts = partsOf(*token);
  const Json header = Json::parse(parts.header);
  EXPECT_EQ(header, (Json{{"typ", "JWT"},
                          {"alg", "ES256"},
                          {"kid", (*key)->publicKey().id},
                          {"x5c", Json::array({(*key)->publicKey().certificate})}}));
  Json body = Json::parse(parts.body);
  EXPECT_GE(body["jti"].get<std::string>().size(), 22U);
  body.erase("jti");
  EXPECT_EQ(body, Json::parse(R"({"iss":"ledger.example/robots","sub":"robot$web+ci",
      "aud":"registry.example","exp":1800000300,"nbf":1800000000,"iat":1800000000,
      "robotledger_size":7,
      "access":[{"type":"repository","name":"web/\"app","actions":["pull"]}]})"));
  const std::string at = folder_ / "";
  std::ofstream(at + "text") << token->substr(0, token->rfind('.'));
  std::ofstream(at + "signature", std::ios::binary) << derSignature(parts.signature);
  const std::string verify = "cd '" + at +
                             "' && openssl x509 -in keys/token-cert.pem -pubkey "
                             "-noout > public.pem && openssl dgst -sha256 -verify public.pem "
                             "-signature signature text > /dev/null 2>&1";
  EXPECT_TRUE(runs(verify));
  std::ofstream(at + "text", std::ios::app) << "x";
  EXPECT_FALSE(runs(verify));
}

// ---- the set of public keys

class TokenKeySets : public TokenKeys {
 protected:
  static PublicTokenKey key(const std::string& id) {
    return {.id = id, .certificate = "AAAA", .x = "x", .y = "y"};
  }
  std::vector<std::string> idsAfter(const PublicTokenKey& used, Instant at) const {
    const auto set = TokenKeySet::open(path_, used, at);
    EXPECT_TRUE(set) << set.error().message;
    return set ? idsIn(**set, at) : std::vector<std::string>();
  }
  static std::vector<std::string> idsIn(const TokenKeySet& set, Instant at) {
    std::vector<std::string> ids;
    const Json jwks = Json::parse(set.jwks(at));
    for (const Json& one : jwks.at("keys")) ids.push_back(one.at("kid"));
    return ids;
  }
  static Instant after(std::int64_t seconds) { return {kNow.us + seconds * kUsPerSecond}; }

  const std::string path_ = folder_ / "keys/token-keys.json";
};

TEST_F(TokenKeySets, KeepAReplacedKeyUntilItsTokensHaveEnded) {
  EXPECT_EQ(idsAfter(key("a"), kNow), (std::vector<std::string>{"a"}));
  EXPECT_EQ(idsAfter(key("a"), after(100000)), (std::vector<std::string>{"a"}));
  EXPECT_EQ(idsAfter(key("b"), after(100000)), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(idsAfter(key("b"), after(103659)), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(idsAfter(key("c"), after(103659)), (std::vector<std::string>{"c", "b", "a"}));
  EXPECT_EQ(idsAfter(key("c"), after(103660)), (std::vector<std::string>{"c", "b"}));
  // One that comes back is in use again.
  EXPECT_EQ(idsAfter(key("b"), after(103661)), (std::vector<std::string>{"b", "c"}));
}

TEST_F(TokenKeySets, ForgetAReplacedKeyWhileTheyAreServed) {
  ASSERT_EQ(idsAfter(key("a"), kNow).size(), 1U);
  const auto set = TokenKeySet::open(path_, key("b"), kNow);
  ASSERT_TRUE(set);
  EXPECT_EQ(idsIn(**set, after(3659)), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(idsIn(**set, after(3660)), (std::vector<std::string>{"b"}));
}

TEST_F(TokenKeySets, ThatCannotBeReadSayWhatToDo) {
  for (const char* wrong : {"", "{}", "[1]", R"({"keys":[{"kid":1}]})", R"({"keys":[{}]})"}) {
    write(path_, wrong);
    const auto set = TokenKeySet::open(path_, key("a"), kNow);
    ASSERT_FALSE(set) << wrong;
    EXPECT_EQ(set.error().code, ErrorCode::kInvalidArgument);
    EXPECT_NE(set.error().message.find(path_), std::string::npos);
  }
}

TEST_F(TokenKeySets, AreWhatRfc7517HasOfAKeyOnP256) {
  const auto set = TokenKeySet::open(path_, key("a"), kNow);
  ASSERT_TRUE(set);
  EXPECT_EQ(Json::parse((*set)->jwks(kNow)),
            Json::parse(R"({"keys":[{"kty":"EC","crv":"P-256","use":"sig","alg":"ES256","kid":"a",
                "x":"x","y":"y","x5c":["AAAA"]}]})"));
}

}  // namespace
}  // namespace robotledger
