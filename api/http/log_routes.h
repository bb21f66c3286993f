// The log for anyone who watches it, as C2SP's tlog-tiles and tlog-proof have it:
//
//   GET /log/checkpoint             the signed checkpoint of all there is
//   GET /log/tile/L/N[.p/W]         hashes; /log/tile/entries/N[.p/W] the entries themselves
//   GET /log/proof/SEQUENCE         that an event is in the log, in a file that stands for itself
//
// https://c2sp.org/tlog-tiles, https://c2sp.org/tlog-proof. Tiles never change and may be kept for
// ever; the checkpoint may not.
#pragma once

#include <vector>

#include "api/http/exchange.h"
#include "api/http/operator_parts.h"

namespace robotledger::http {

// Who may watch: auditors and system administrators, or everybody. Events have actors, reasons and
// addresses in them.
enum class LogReaders : std::uint8_t { kReaders, kAnyone };

std::vector<Route> logRoutes(const OperatorParts& parts, LogReaders readers);

}  // namespace robotledger::http
