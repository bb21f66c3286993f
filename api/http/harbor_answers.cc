#include "api/http/harbor_answers.h"

#include "api/http/ascii.h"
#include "api/json/read_json.h"
#include "api/token/form.h"

namespace robotledger::http {
namespace {

std::string_view codeOf(int status) {
  switch (status) {
    case 400: return "BAD_REQUEST";
    case 401: return "UNAUTHORIZED";
    case 403: return "FORBIDDEN";
    case 404: return "NOT_FOUND";
    case 409: return "CONFLICT";
    case 412: return "PRECONDITION";
    case 422: return "UNPROCESSABLE_ENTITY";
    case 503: return "UNAVAILABLE";
    default: return "UNKNOWN";
  }
}

}  // namespace

Response harborError(int status, std::string_view message) {
  return errorAnswer(status, codeOf(status), message);
}

Response harborRefused(const std::variant<Refusal, Error>& why) {
  if (const auto* error = std::get_if<Error>(&why)) return failureAnswer(*error);
  const auto& refusal = std::get<Refusal>(why);
  Response answer = harborError(statusOf(refusal.code), refusal.message);
  answer.why = refusalName(refusal.code);
  return answer;
}

Response jsonAnswer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", std::string(kJson)}},
          .body = jsonText(body) + "\n"};
}

Response harborList(const Request& request, const harbor::Paging& paging, std::size_t total,
                    const Json& page) {
  Response answer = jsonAnswer(200, page);
  answer.headers.push_back({"X-Total-Count", std::to_string(total)});
  const Form asked = parseForm(request.query).value_or(Form());
  std::string links = harbor::linkHeader(request.path, asked, paging, total);
  if (!links.empty()) answer.headers.push_back({"Link", std::move(links)});
  return answer;
}

std::variant<Response, HarborListAsked> harborListAsked(const Request& request) {
  const auto form = parseForm(request.query);
  if (!form) return harborError(400, "the query is not form-encoded as it should be");
  HarborListAsked asked;
  auto paging = harbor::parsePaging(form->one("page"), form->one("page_size"));
  if (const auto* wrong = std::get_if<std::string>(&paging)) return harborError(422, *wrong);
  asked.paging = std::get<harbor::Paging>(paging);
  auto terms = harbor::parseListTerms(form->one("q").value_or(""));
  if (const auto* wrong = std::get_if<std::string>(&terms)) return harborError(400, *wrong);
  asked.terms = std::get<std::vector<harbor::ListTerm>>(std::move(terms));
  asked.sort = harbor::parseSort(form->one("sort").value_or(""));
  return asked;
}

std::variant<Response, Json> harborBody(const Request& request) {
  if (const auto type = request.header("Content-Type")) {
    std::string_view rest = *type;
    const std::string_view media = trimmed(takeUntil(rest, ';'));
    if (!sameIgnoringCase(media, "application/json")) {
      return harborError(422, "the body's Content-Type has to be application/json");
    }
  }
  auto json = readJson(request.body);
  if (!json || !json->is_object()) return harborError(422, "the body is no JSON object");
  return *std::move(json);
}

}  // namespace robotledger::http
