// Events as rows of Harbor's audit log.
//
//   auditRow(event, names)
//   {"id":12,"username":"alice","operation":"disable","resource":"robot$web+ci",
//    "resource_type":"robot","op_time":"2026-11-24T22:13:15.217Z",
//    "operation_description":"disabled robot$web+ci","operation_result":true}
#pragma once

#include <cstddef>
#include <string_view>

#include "api/json/json_text.h"
#include "api/text/event_names.h"
#include "core/domain/event.h"

namespace robotledger::harbor {

// What an event of that kind (its index in EventBody) is called; never renamed.
std::string_view operationOf(std::size_t kind);  // "create", "delete", "disable", ...
std::string_view resourceTypeOf(
    std::size_t kind);  // "robot", "project", "user", "configuration", ...

// kViewsDamaged as EventNames. One thread.
Result<Json> auditRow(const Event& event, EventNames& names);

}  // namespace robotledger::harbor
