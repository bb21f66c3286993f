#include "api/http/tls.h"

#include <kj/compat/tls.h>
#include <kj/exception.h>

#include "core/base/bytes.h"
#include "core/base/files.h"
#include "core/base/key_pair.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::size_t kMaxTlsFileBytes = std::size_t{1} << 20;

// Throws KJ's exceptions.
std::shared_ptr<kj::TlsContext> contextOf(const Bytes& certificate, const Bytes& key) {
  const kj::TlsKeypair pair{
      kj::TlsPrivateKey(kj::StringPtr(key.c_str(), key.size())),
      kj::TlsCertificate(kj::StringPtr(certificate.c_str(), certificate.size()))};
  kj::TlsContext::Options options;
  options.useSystemTrustStore = false;
  options.minVersion = kj::max(kj::TlsVersion::TLS_1_2, options.minVersion);
  options.defaultKeypair = pair;
  return std::make_shared<kj::TlsContext>(kj::mv(options));
}

}  // namespace

TlsKeys::TlsKeys(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}
TlsKeys::~TlsKeys() = default;

Result<std::unique_ptr<TlsKeys>> TlsKeys::load(std::string certificate_file, std::string key_file) {
  std::unique_ptr<TlsKeys> keys(new TlsKeys(std::move(certificate_file), std::move(key_file)));
  if (auto loaded = keys->reload(); !loaded) return loaded.error();
  return keys;
}

Result<void> TlsKeys::reload() {
  const auto certificate = readFile(certificate_file_, kMaxTlsFileBytes);
  if (!certificate) return certificate.error();
  auto key = readFile(key_file_, kMaxTlsFileBytes);
  if (!key) return key.error();
  std::shared_ptr<kj::TlsContext> made;
  auto ends = checkKeyPair(*certificate, *key);
  // Whatever OpenSSL has against the rest of the chain.
  Error failed{ErrorCode::kInvalidArgument, "they cannot be used for TLS"};
  if (!ends) {
    failed = ends.error();
  } else {
    (void)kj::runCatchingExceptions([&] { made = contextOf(*certificate, *key); });
  }
  wipe(*key);
  if (made == nullptr) {
    failed.message = certificate_file_ + " and " + key_file_ + ": " + failed.message;
    return failed;
  }
  const std::lock_guard lock(mutex_);
  context_ = std::move(made);
  ends_ = *ends;
  return {};
}

Instant TlsKeys::end() const {
  const std::lock_guard lock(mutex_);
  return ends_;
}

std::shared_ptr<kj::TlsContext> TlsKeys::context() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

}  // namespace robotledger::http
