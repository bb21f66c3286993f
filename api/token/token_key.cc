#include "api/token/token_key.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <utility>

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/base64.h"
#include "core/base/files.h"
#include "core/base/limits.h"
#include "core/base/secure.h"
#include "core/base/sha256.h"

namespace robotledger {
namespace {

constexpr mode_t kRightsOfOthers = 077;
constexpr std::size_t kMaxCertificateBytes = std::size_t{64} << 10;
constexpr std::size_t kCoordinateBytes = 32;
constexpr std::size_t kKeyIdBytes = 30;
constexpr std::size_t kMaxCommonNameBytes = 64;  // ub-common-name of RFC 5280
constexpr long kCertificateDays = 3652;
constexpr long kCertificateStartsBeforeSeconds = 3600;  // for clocks that are behind

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using PKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// OpenSSL's own errors say little to a person, and must not be found by whoever uses it next.
Error failed(ErrorCode code, std::string message) {
  ERR_clear_error();
  return Error{code, std::move(message)};
}

Error systemFailed(const std::string& what, const std::string& path, int error) {
  return {ErrorCode::kIo, "cannot " + what + " " + path + ": " + std::strerror(error)};
}

// Without it OpenSSL would ask at the terminal for the password of an encrypted key.
int noPassword(char*, int, int, void*) { return -1; }

bool isP256(const EVP_PKEY* key) {
  std::array<char, 64> group{};
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), nullptr) == 1 &&
         std::string_view(group.data()) == SN_X9_62_prime256v1;
}

Result<PKey> readKey(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.isOpen() && (errno == ENOENT || errno == ENOTDIR)) {
    return Error{ErrorCode::kNotFound, "there is no key for tokens at " + path};
  }
  if (!file.isOpen()) return systemFailed("read", path, errno);
  struct stat info {};
  if (::fstat(file.get(), &info) != 0) return systemFailed("look at", path, errno);
  if (!S_ISREG(info.st_mode)) {
    return Error{ErrorCode::kInvalidArgument, "the key for tokens " + path + " is no file"};
  }
  if ((info.st_mode & kRightsOfOthers) != 0) {
    return Error{ErrorCode::kInvalidArgument,
                 "others than its owner have rights to the key for tokens " + path +
                     ", and who reads it can let anybody in; 'chmod 600' takes them away"};
  }
  std::string room(kMaxPemBytes + 1, '\0');
  const ssize_t got = ::read(file.get(), room.data(), room.size());
  const int error = errno;
  const SecretText pem(std::move(room));
  if (got < 0) return systemFailed("read", path, error);
  PKey key(nullptr, EVP_PKEY_free);
  if (static_cast<std::size_t>(got) <= kMaxPemBytes) {
    const Bio in(BIO_new_mem_buf(pem.text().data(), static_cast<int>(got)), BIO_free);
    if (in) key.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, noPassword, nullptr));
  }
  if (key && isP256(key.get())) return key;
  return failed(ErrorCode::kInvalidArgument,
                path +
                    " is no key for tokens: it is one private key on P-256 in PEM, not "
                    "encrypted, as 'openssl genpkey -algorithm EC -pkeyopt "
                    "ec_paramgen_curve:P-256' writes it");
}

Result<Certificate> readCertificate(const std::string& path) {
  const auto pem = readFile(path, kMaxCertificateBytes);
  if (!pem && pem.error().code == ErrorCode::kNotFound) {
    return Error{ErrorCode::kNotFound, "there is no certificate of the key for tokens at " + path};
  }
  if (!pem) return pem.error();
  const Bio in(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())), BIO_free);
  Certificate certificate(nullptr, X509_free);
  if (in) certificate.reset(PEM_read_bio_X509(in.get(), nullptr, noPassword, nullptr));
  if (certificate) return certificate;
  return failed(ErrorCode::kInvalidArgument, path + " is no certificate in PEM");
}

// What OpenSSL encoded and is to be freed.
Bytes taken(unsigned char* bytes, int length) {
  if (length <= 0) return {};
  Bytes der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return der;
}

Bytes derOf(const EVP_PKEY* key) {
  unsigned char* bytes = nullptr;
  const int length = i2d_PUBKEY(key, &bytes);
  return taken(bytes, length);
}

Bytes derOf(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int length = i2d_X509(certificate, &bytes);
  return taken(bytes, length);
}

// The id that libtrust gives a key: base32 of the first 30 bytes of SHA-256 over its
// SubjectPublicKeyInfo, in groups of four.
std::string keyIdOf(BytesView public_key_der) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const Digest digest = sha256(public_key_der);
  std::string id;
  unsigned buffer = 0;
  unsigned bits = 0;
  std::size_t digits = 0;
  for (std::size_t i = 0; i < kKeyIdBytes; ++i) {
    buffer = (buffer << 8 | digest[i]) & 0xFFFF;
    for (bits += 8; bits >= 5; bits -= 5) {
      if (digits++ % 4 == 0 && !id.empty()) id.push_back(':');
      id.push_back(kDigits[buffer >> (bits - 5) & 31]);
    }
  }
  return id;
}

Result<PublicTokenKey> publicPart(const EVP_PKEY* key, const X509* certificate) {
  std::array<unsigned char, 1 + 2 * kCoordinateBytes> point{};
  std::size_t length = 0;
  if (EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size(),
                                      &length) != 1 ||
      length != point.size() || point[0] != POINT_CONVERSION_UNCOMPRESSED) {
    return failed(ErrorCode::kInvalidArgument,
                  "the key for tokens has no public point in the uncompressed form");
  }
  const auto* coordinates = reinterpret_cast<const char*>(point.data() + 1);
  return PublicTokenKey{
      .id = keyIdOf(derOf(key)),
      .certificate = toBase64(derOf(certificate)),
      .x = toBase64Url(BytesView(coordinates, kCoordinateBytes)),
      .y = toBase64Url(BytesView(coordinates + kCoordinateBytes, kCoordinateBytes))};
}

Result<Instant> endOf(const X509* certificate) {
  std::tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) {
    return failed(ErrorCode::kInvalidArgument, "the certificate of the key for tokens has no end");
  }
  return Instant{static_cast<std::int64_t>(::timegm(&end)) * 1000000};
}

bool addExtension(X509* certificate, int kind, const char* value) {
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value), X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool fillCertificate(X509* certificate, EVP_PKEY* key, const std::string& name, Instant now) {
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(BN_new(), BN_free);
  if (!serial || BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) != 1) return false;
  std::time_t at = now.us / 1000000;
  X509_NAME* subject = X509_get_subject_name(certificate);
  const std::string common_name = name.substr(0, kMaxCommonNameBytes);
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr &&
         X509_time_adj_ex(X509_getm_notBefore(certificate), 0, -kCertificateStartsBeforeSeconds,
                          &at) != nullptr &&
         X509_time_adj_ex(X509_getm_notAfter(certificate), kCertificateDays, 0, &at) != nullptr &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1 &&
         X509_set_pubkey(certificate, key) == 1 &&
         addExtension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         addExtension(certificate, NID_key_usage, "critical,digitalSignature") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

Result<Bytes> makeCertificate(EVP_PKEY* key, const std::string& name, Instant now) {
  const Certificate certificate(X509_new(), X509_free);
  const Bio out(BIO_new(BIO_s_mem()), BIO_free);
  if (!certificate || !out || !fillCertificate(certificate.get(), key, name, now) ||
      PEM_write_bio_X509(out.get(), certificate.get()) != 1) {
    return failed(ErrorCode::kIo, "OpenSSL makes no certificate for the key for tokens");
  }
  char* text = nullptr;
  const auto length = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &text));
  return Bytes(text, length);
}

// Makes a file that was not there, durably. Where that fails there is none.
Result<void> writeFile(const std::string& path, BytesView bytes, mode_t mode) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const Descriptor file(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file.isOpen()) return systemFailed("make", path, errno);
  auto written = writeAll(file.get(), bytes, path);
  // Whatever the umask says: registries read the certificate.
  if (written && (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0)) {
    written = systemFailed("make durable", path, errno);
  }
  if (written) return syncDirectory(folder.empty() ? "." : folder.string());
  ::unlink(path.c_str());
  return written;
}

Result<PKey> makeKey(const std::string& path) {
  PKey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", SN_X9_62_prime256v1), EVP_PKEY_free);
  // A secure BIO wipes what it held.
  const Bio out(BIO_new(BIO_s_secmem()), BIO_free);
  if (!key || !out ||
      PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1) {
    return failed(ErrorCode::kIo, "OpenSSL makes no key on P-256");
  }
  char* text = nullptr;
  const auto length = static_cast<std::size_t>(BIO_get_mem_data(out.get(), &text));
  if (auto made = writeFile(path, BytesView(text, length), 0600); !made) return made.error();
  return key;
}

}  // namespace

TokenKeyFiles tokenKeyFiles(const std::string& ledger_directory) {
  return {.key = ledger_directory + "/keys/token-key.pem",
          .certificate = ledger_directory + "/keys/token-cert.pem"};
}

Result<void> makeTokenKey(const TokenKeyFiles& files, const std::string& name, Instant now) {
  std::error_code unknown;
  const bool certified = std::filesystem::exists(files.certificate, unknown);
  auto key = readKey(files.key);
  if (!key && key.error().code == ErrorCode::kNotFound) {
    if (certified) {
      return Error{ErrorCode::kInvalidArgument, "there is a certificate at " + files.certificate +
                                                    " and no key at " + files.key +
                                                    "; put the key there, or take both away"};
    }
    key = makeKey(files.key);
  }
  if (!key) return key.error();
  if (certified) return {};
  const auto certificate = makeCertificate(key->get(), name, now);
  if (!certificate) return certificate.error();
  return writeFile(files.certificate, *certificate, 0644);
}

std::string toBase64Url(BytesView bytes) {
  std::string text = toBase64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

void TokenKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

TokenKey::TokenKey(Key key, PublicTokenKey public_key, Instant certificate_end)
    : key_(std::move(key)), public_(std::move(public_key)), certificate_end_(certificate_end) {}

TokenKey::~TokenKey() = default;

Result<std::unique_ptr<TokenKey>> TokenKey::read(const TokenKeyFiles& files) {
  auto key = readKey(files.key);
  if (!key) return key.error();
  const auto certificate = readCertificate(files.certificate);
  if (!certificate) return certificate.error();
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return failed(ErrorCode::kInvalidArgument,
                  "the certificate " + files.certificate + " is not of the key " + files.key);
  }
  auto public_key = publicPart(key->get(), certificate->get());
  if (!public_key) return public_key.error();
  const auto end = endOf(certificate->get());
  if (!end) return end.error();
  return std::unique_ptr<TokenKey>(new TokenKey(Key(key->release()), *std::move(public_key), *end));
}

Result<Bytes> TokenKey::sign(BytesView text) const {
  const Digest digest = sha256(text);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new(key_.get(), nullptr), EVP_PKEY_CTX_free);
  std::array<unsigned char, 80> der{};  // a signature on P-256 has 72 at most
  std::size_t length = der.size();
  if (!context || EVP_PKEY_sign_init(context.get()) != 1 ||
      EVP_PKEY_sign(context.get(), der.data(), &length, digest.data(), digest.size()) != 1) {
    return failed(ErrorCode::kIo, "OpenSSL does not sign the token");
  }
  const unsigned char* at = der.data();
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> parts(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(length)), ECDSA_SIG_free);
  Bytes signature(2 * kCoordinateBytes, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (!parts || BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), out, kCoordinateBytes) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), out + kCoordinateBytes, kCoordinateBytes) < 0) {
    return failed(ErrorCode::kIo, "OpenSSL gives no signature that fits");
  }
  return signature;
}

}  // namespace robotledger
