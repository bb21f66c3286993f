#include "core/base/key_pair.h"

#include <ctime>
#include <limits>
#include <memory>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace robotledger {
namespace {

using Source = std::unique_ptr<BIO, decltype(&BIO_free)>;

Source sourceOf(BytesView text) {
  const bool fits = text.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max());
  return {fits ? BIO_new_mem_buf(text.data(), static_cast<int>(text.size())) : nullptr, &BIO_free};
}

// Nobody is asked for a password, least of all at a terminal.
int noPassword(char*, int, int, void*) { return -1; }

Error failed(const char* message) {
  ERR_clear_error();
  return Error{ErrorCode::kInvalidArgument, message};
}

}  // namespace

Result<Instant> checkKeyPair(BytesView certificate_pem, BytesView key_pem) {
  const Source certificate_source = sourceOf(certificate_pem);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(
      PEM_read_bio_X509(certificate_source.get(), nullptr, &noPassword, nullptr), &X509_free);
  if (!certificate) return failed("there is no certificate in PEM");
  const Source key_source = sourceOf(key_pem);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      PEM_read_bio_PrivateKey(key_source.get(), nullptr, &noPassword, nullptr), &EVP_PKEY_free);
  if (!key) return failed("there is no key in PEM without a password");
  if (X509_check_private_key(certificate.get(), key.get()) != 1) {
    return failed("the key is not that of the first certificate");
  }
  std::tm ends{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &ends) != 1) {
    return failed("the certificate's end is no time");
  }
  return Instant{std::int64_t{::timegm(&ends)} * kUsPerSecond};
}

}  // namespace robotledger
