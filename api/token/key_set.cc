#include "api/token/key_set.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "api/json/json_text.h"
#include "core/base/files.h"
#include "core/base/limits.h"

namespace robotledger {
namespace {

// From when a token is issued to when no registry takes it any more, at most.
constexpr std::int64_t kLongestTokenLifeUs =
    std::int64_t{kMaxTokenLifetimeSeconds + kRegistrySkewSeconds} * 1000000;
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;

Json keyJson(const PublicTokenKey& key) {
  return {
      {"kty", "EC"},   {"crv", "P-256"}, {"use", "sig"}, {"alg", "ES256"},
      {"kid", key.id}, {"x", key.x},     {"y", key.y},   {"x5c", Json::array({key.certificate})}};
}

PublicTokenKey keyIn(const Json& json) {
  return {.id = json.at("kid").get<std::string>(),
          .certificate = json.at("x5c").at(0).get<std::string>(),
          .x = json.at("x").get<std::string>(),
          .y = json.at("y").get<std::string>()};
}

}  // namespace

Result<std::unique_ptr<TokenKeySet>> TokenKeySet::open(const std::string& path,
                                                       const PublicTokenKey& key, Instant now) {
  std::unique_ptr<TokenKeySet> set(new TokenKeySet());
  set->key_ = key;
  if (auto known = set->read(path, now); !known) return known.error();
  if (auto kept = set->write(path); !kept) return kept.error();
  return set;
}

// The file has the keys in the order of jwks(), each that is replaced with the end of its tokens.
Result<void> TokenKeySet::read(const std::string& path, Instant now) {
  const auto text = readFile(path, kMaxFileBytes);
  if (!text && text.error().code == ErrorCode::kNotFound) return {};
  if (!text) return text.error();
  try {
    const Json file = Json::parse(*text);
    for (const Json& json : file.at("keys")) {
      const PublicTokenKey known = keyIn(json);
      const auto until_us = json.find("until_us");
      const Instant until = until_us != json.end() ? Instant{until_us->get<std::int64_t>()}
                                                   : Instant{now.us + kLongestTokenLifeUs};
      if (known != key_ && now.us < until.us) replaced_.push_back({known, until});
    }
  } catch (const Json::exception&) {
    return Error{ErrorCode::kInvalidArgument,
                 path +
                     " does not tell which keys signed tokens; take it away, and what the "
                     "former key signed is refused by whoever asks for the keys"};
  }
  return {};
}

Result<void> TokenKeySet::write(const std::string& path) const {
  Json keys = Json::array({keyJson(key_)});
  for (const Replaced& replaced : replaced_) {
    keys.push_back(keyJson(replaced.key));
    keys.back()["until_us"] = replaced.until.us;
  }
  const std::string made = path + ".new";
  std::error_code failed;
  std::filesystem::remove(made, failed);
  const std::string text = jsonText({{"keys", std::move(keys)}}) + "\n";
  if (auto written = writeNewFile(made, text); !written) return written;
  if (std::rename(made.c_str(), path.c_str()) != 0) {
    return Error{ErrorCode::kIo, "cannot make " + path + ": " + std::strerror(errno)};
  }
  return syncDirectory(std::filesystem::path(path).parent_path().string());
}

std::string TokenKeySet::jwks(Instant now) const {
  Json keys = Json::array({keyJson(key_)});
  for (const Replaced& replaced : replaced_) {
    if (now.us < replaced.until.us) keys.push_back(keyJson(replaced.key));
  }
  return jsonText({{"keys", std::move(keys)}});
}

}  // namespace robotledger
