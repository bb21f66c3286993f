// What a Harbor says of its robots, asked of it page by page.
//
//   auto fetched = fetchHarbor({.url = "https://harbor.example", .user = "admin",
//                               .password = secret}, {});
//   if (!fetched) return fetched.error();
//   auto robots = readHarborRobots(fetched->robots);
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace robotledger::http {

struct HarborSite {
  std::string url;            // "https://harbor.example", with a port or a path where it has them
  std::string user;           // one who may list robots and projects: a system administrator
  std::string_view password;  // its owner outlives the call
  std::string ca_file{};      // certificates to trust, in PEM; the system's where it is empty
};

// Each is one array in JSON of all the pages.
struct FetchedHarbor {
  std::string projects;
  std::string robots;      // of the system, and of every project
  std::string audit_rows;  // about robots
  std::string prefix;      // of its robots' names
};

// Told what has come, such as "robots of project web".
using FetchProgress = std::function<void(const std::string& what)>;

// kInvalidArgument for a URL that is none, or is plain HTTP to another host; kIo where it does not
// answer, answers anything but what is asked for, or more than is believed: the message has the
// path and the status, and never the password. Any thread without a KJ loop; takes as long as it
// takes.
Result<FetchedHarbor> fetchHarbor(const HarborSite& site, const FetchProgress& progress);

}  // namespace robotledger::http
