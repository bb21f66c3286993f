#include "api/http/log_routes.h"

#include <functional>

#include "api/http/operator_routes.h"
#include "api/http/outcomes.h"
#include "core/base/parse.h"
#include "core/merkle/entry_bundle.h"
#include "core/merkle/proof.h"
#include "core/merkle/tiles.h"
#include "core/merkle/tlog_proof.h"

namespace robotledger::http {
namespace {

constexpr std::string_view kBinary = "application/octet-stream";

Response noTile() { return errorAnswer(404, "NOT_FOUND", "the log has no such tile"); }

// What a watcher is told where the log cannot be read or signed.
Response failed(OpenLedger& ledger, const Error& error) {
  if (error.code == ErrorCode::kInvalidArgument && !ledger.canSign()) {
    return errorAnswer(404, "NOT_FOUND", "nothing is signed here: " + error.message);
  }
  return failureAnswer(error);
}

Response text(std::string body) {
  return {.status = 200,
          .headers = {{"Content-Type", std::string(kText)}, {"Cache-Control", "no-cache"}},
          .body = std::move(body)};
}

Result<Bytes> bundle(const LogStore& log, const TileName& name) {
  const std::uint64_t first = name.tile.index * kTileWidth;
  auto cursor = log.scan(Sequence{first}, TreeSize{first + name.width});
  if (!cursor) return cursor.error();
  Bytes bytes;
  while (true) {
    auto entry = (*cursor)->next();
    if (!entry) return entry.error();
    if (!*entry) return bytes;
    if (auto put = putEntry(bytes, **entry); !put) return put.error();
  }
}

Response tile(const LogStore& log, const TileName& name, LogReaders readers) {
  const unsigned there = tileWidth(name.tile, log.head().size);
  if (there < name.width) return noTile();
  const auto bytes = name.kind == TileKind::kEntries
                         ? bundle(log, name)
                         : log.hashTile(name.tile.level, name.tile.index, name.width);
  if (!bytes) return failureAnswer(bytes.error());
  const char* who = readers == LogReaders::kAnyone ? "public" : "private";
  return {.status = 200,
          .headers = {{"Content-Type", std::string(kBinary)},
                      {"Cache-Control", std::string(who) + ", max-age=31536000, immutable"}},
          .body = std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size())};
}

Response checkpoint(OpenLedger& ledger) {
  auto made = ledger.checkpoint();
  if (!made) return failed(ledger, made.error());
  return text(std::move(made->note));
}

Response proof(OpenLedger& ledger, Sequence sequence) {
  const LogStore& log = ledger.log();
  if (sequence.value >= log.head().size.value) {
    return errorAnswer(404, "NOT_FOUND", "there is no such event");
  }
  auto made = ledger.checkpoint();
  if (!made) return failed(ledger, made.error());
  auto path =
      proveInclusion(sequence, made->checkpoint.size, std::bind_front(&LogStore::hashTile, &log));
  if (!path) return failureAnswer(path.error());
  return text(formatTlogProof({.index = sequence,
                               .path = *std::move(path),
                               .checkpoint = std::move(made->note),
                               .extra = {}}));
}

using Watched = std::function<Handled(const Request& request)>;

}  // namespace

std::vector<Route> logRoutes(const OperatorParts& parts, LogReaders readers) {
  const auto route = [&](const char* path, const Watched& handler, std::vector<int> statuses) {
    if (readers == LogReaders::kAnyone) {
      return Route{.method = "GET",
                   .path = path,
                   .handler = handler,
                   .access = Access::kAnyone,
                   .statuses = std::move(statuses),
                   .body_limit = 0};
    }
    return operatorRoute(
        parts.sign_in,
        {.method = "GET",
         .path = path,
         .access = Access::kReaders,
         .statuses = std::move(statuses),
         .handler = [handler](const Request& request, const SignedIn&) { return handler(request); },
         .body_limit = 0});
  };
  OpenLedger& ledger = parts.ledger;
  return {
      route(
          "/log/checkpoint",
          [&ledger](const Request&) -> Handled { return [&ledger] { return checkpoint(ledger); }; },
          {200, 404}),
      route("/log/tile/{tile...}",
            [&ledger, readers](const Request& request) -> Handled {
              const auto name = parseTilePath("tile/" + request.part("tile"));
              if (!name) return noTile();
              return [&ledger, readers, name = *name] { return tile(ledger.log(), name, readers); };
            },
            {200, 404}),
      route("/log/proof/{sequence}",
            [&ledger](const Request& request) -> Handled {
              const auto number = parseDecimal(request.part("sequence"));
              if (!number) {
                return errorAnswer(400, "BAD_REQUEST", "an event's sequence is a number",
                                   "sequence");
              }
              return [&ledger, number = *number] { return proof(ledger, Sequence{number}); };
            },
            {200, 400, 404})};
}

}  // namespace robotledger::http
