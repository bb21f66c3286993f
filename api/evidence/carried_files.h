// The texts that every bundle of evidence carries, as they were when this program was built. Their
// sources are core/wire/event.capnp and the files of those names beside this one.
#pragma once

#include <string_view>

namespace robotledger {

extern const std::string_view kEventSchema;      // event.capnp
extern const std::string_view kCheckScript;      // check_evidence.py
extern const std::string_view kBundleReadme;     // bundle_readme.md, with @@NAMES@@ to be filled in
extern const std::string_view kBundleReadmeLog;  // bundle_readme_log.md, of what has the whole log

}  // namespace robotledger
