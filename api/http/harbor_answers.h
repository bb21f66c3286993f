// What Harbor's interface answers alike: its errors and their codes, its lists.
#pragma once

#include <string_view>
#include <variant>

#include "api/harbor/list_query.h"
#include "api/http/outcomes.h"
#include "api/json/json_text.h"

namespace robotledger::http {

inline constexpr std::string_view kHarborBase = "/api/v2.0";
inline constexpr std::size_t kMaxApiBodyBytes = std::size_t{1} << 20;

// All of these: any thread.

// {"errors":[{"code":"BAD_REQUEST","message":...}]}, the code by the status.
Response harborError(int status, std::string_view message);
// As submitLater() takes it: refusals and errors in Harbor's words.
Response harborRefused(const std::variant<Refusal, Error>& why);

Response jsonAnswer(int status, const Json& body);
// 200, the page, X-Total-Count and Link.
Response harborList(const Request& request, const harbor::Paging& paging, std::size_t total,
                    const Json& page);

// What a list was asked with, read: 422 for a page that is none, 400 for a q.
struct HarborListAsked {
  harbor::Paging paging;
  std::vector<harbor::ListTerm> terms;
  std::vector<harbor::SortKey> sort;
};
std::variant<Response, HarborListAsked> harborListAsked(const Request& request);

// The body as a JSON object: 422 where it is none, or its Content-Type says that it is something
// else.
std::variant<Response, Json> harborBody(const Request& request);

}  // namespace robotledger::http
