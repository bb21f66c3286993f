#include "api/http/harbor_fetch.h"

#include <optional>

#include <kj/async-io.h>
#include <kj/compat/http.h>
#include <kj/compat/tls.h>

#include "api/harbor/list_query.h"
#include "api/http/address.h"
#include "api/json/read_json.h"
#include "core/base/base64.h"
#include "core/base/files.h"
#include "core/base/secure.h"

namespace robotledger::http {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxPages = 100000;
constexpr std::size_t kMaxCaBytes = std::size_t{1} << 20;
constexpr kj::Duration kPatience = 60 * kj::SECONDS;

Error failed(const std::string& path, const std::string& why) {
  return {ErrorCode::kIo, path + ": " + why};
}

bool isLoopbackHost(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  if (host == "localhost") return true;
  const auto address = parseAddress(host);
  return address && address->isLoopback();
}

// The URL without a '/' at its end; kInvalidArgument where it is none to be used.
Result<std::string> checkedUrl(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  const bool is_plain = url.starts_with("http://");
  if (!is_plain && !url.starts_with("https://")) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + url + "' is no URL such as https://harbor.example"};
  }
  const std::string_view rest = std::string_view(url).substr(is_plain ? 7 : 8);
  if (rest.empty() || rest.find_first_of("?#@ \\\"") != rest.npos) {
    return Error{ErrorCode::kInvalidArgument,
                 "'" + url + "' is no URL such as https://harbor.example"};
  }
  if (is_plain && !isLoopbackHost(rest.substr(0, rest.find('/')))) {
    return Error{ErrorCode::kInvalidArgument,
                 "a password does not go over plain HTTP to another host: use https://"};
  }
  return url;
}

// "harbor.example:8443", of a URL that was checked.
std::string hostOf(std::string_view url) {
  url.remove_prefix(url.find("//") + 2);
  return std::string(url.substr(0, url.find('/')));
}

class Fetching {
 public:
  Fetching(const HarborSite& site, std::string url, const std::string& ca,
           const FetchProgress& progress)
      : io_(kj::setupAsyncIo()),
        url_(std::move(url)),
        progress_(progress),
        tls_(contextOf(ca)),
        secure_(tls_.wrapNetwork(io_.provider->getNetwork())),
        client_(kj::newHttpClient(io_.provider->getTimer(), table_, io_.provider->getNetwork(),
                                  *secure_)),
        basic_("Basic " + toBase64(site.user + ":" + std::string(site.password))) {}
  KJ_DISALLOW_COPY(Fetching);
  ~Fetching() { wipe(basic_); }

  Result<FetchedHarbor> all();

 private:
  static kj::TlsContext contextOf(const std::string& ca);
  Result<Json> get(const std::string& path);
  // Appends every page of a list.
  Result<void> append(const std::string& path, const std::string& q, Json& to);
  void tell(const std::string& what) const {
    if (progress_) progress_(what);
  }

  kj::AsyncIoContext io_;
  std::string url_;
  const FetchProgress& progress_;
  kj::TlsContext tls_;
  kj::Own<kj::Network> secure_;
  kj::HttpHeaderTable table_;
  kj::Own<kj::HttpClient> client_;
  std::string basic_;
};

kj::TlsContext Fetching::contextOf(const std::string& ca) {
  kj::TlsContext::Options options;
  if (ca.empty()) return kj::TlsContext(kj::mv(options));
  kj::TlsCertificate trusted(kj::StringPtr(ca.c_str(), ca.size()));
  options.useSystemTrustStore = false;
  options.trustedCertificates = kj::arrayPtr(&trusted, 1);
  return kj::TlsContext(kj::mv(options));
}

Result<Json> Fetching::get(const std::string& path) {
  kj::HttpHeaders headers(table_);
  headers.set(kj::HttpHeaderId::HOST, kj::heapString(hostOf(url_).c_str()));
  headers.add("Authorization", basic_.c_str());
  headers.add("Accept", "application/json");
  const std::string target = url_ + path;
  auto request = client_->request(kj::HttpMethod::GET, target.c_str(), headers, std::uint64_t{0});
  auto response = io_.provider->getTimer()
                      .timeoutAfter(kPatience, kj::mv(request.response))
                      .wait(io_.waitScope);
  auto text = io_.provider->getTimer()
                  .timeoutAfter(kPatience, response.body->readAllText(kMaxAnswerBytes))
                  .wait(io_.waitScope);
  if (response.statusCode != 200) {
    return failed(path, "answered " + std::to_string(response.statusCode) +
                            (response.statusCode == 401 ? ": the name or the password is not right"
                                                        : std::string()));
  }
  auto json = readJson(std::string_view(text.cStr(), text.size()));
  if (!json) return failed(path, "answered what is no JSON");
  return *std::move(json);
}

Result<void> Fetching::append(const std::string& path, const std::string& q, Json& to) {
  for (std::size_t page = 1; page <= kMaxPages; ++page) {
    std::string target = path + "?page=" + std::to_string(page) +
                         "&page_size=" + std::to_string(harbor::kMaxPageSize);
    if (!q.empty()) target += "&q=" + q;
    auto list = get(target);
    if (!list) return list.error();
    if (!list->is_array()) return failed(target, "answered no list");
    for (Json& one : *list) to.push_back(std::move(one));
    if (list->size() < harbor::kMaxPageSize) return {};
  }
  return failed(path, "has more pages than are believed");
}

Result<FetchedHarbor> Fetching::all() {
  FetchedHarbor fetched{.prefix = "robot$"};
  const std::string base = "/api/v2.0";
  if (const auto settings = get(base + "/configurations"); settings && settings->is_object()) {
    const Json prefix = settings->value("robot_name_prefix", Json::object());
    if (prefix.is_object() && prefix.contains("value") && prefix["value"].is_string()) {
      fetched.prefix = prefix["value"].get<std::string>();
    }
  }
  Json projects = Json::array();
  if (auto done = append(base + "/projects", "", projects); !done) return done.error();
  tell("projects");
  Json robots = Json::array();
  if (auto done = append(base + "/robots", "Level%3Dsystem", robots); !done) return done.error();
  tell("robots of the system");
  for (const Json& project : projects) {
    if (!project.is_object() || !project.contains("project_id")) continue;
    const std::string q = "Level%3Dproject%2CProjectID%3D" + project["project_id"].dump();
    if (auto done = append(base + "/robots", q, robots); !done) return done.error();
    tell("robots of project " + project.value("name", ""));
  }
  Json rows = Json::array();
  if (auto done = append(base + "/audit-logs", "resource_type%3Drobot", rows); !done) {
    return done.error();
  }
  tell("audit rows");
  fetched.projects = jsonText(projects);
  fetched.robots = jsonText(robots);
  fetched.audit_rows = jsonText(rows);
  return fetched;
}

}  // namespace

Result<FetchedHarbor> fetchHarbor(const HarborSite& site, const FetchProgress& progress) {
  auto url = checkedUrl(site.url);
  if (!url) return url.error();
  std::string ca;
  if (!site.ca_file.empty()) {
    auto read = readFile(site.ca_file, kMaxCaBytes);
    if (!read) return read.error();
    ca = *std::move(read);
  }
  std::optional<Result<FetchedHarbor>> fetched;
  KJ_IF_MAYBE (error, kj::runCatchingExceptions(
                          [&] { fetched.emplace(Fetching(site, *url, ca, progress).all()); })) {
    return Error{ErrorCode::kIo,
                 *url + " cannot be asked: " + std::string(error->getDescription().cStr())};
  }
  return *std::move(fetched);
}

}  // namespace robotledger::http
