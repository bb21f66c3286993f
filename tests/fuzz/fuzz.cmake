# The corpora replayed, as a test; and, with clang and ROBOTLEDGER_FUZZ, the fuzzers (tools/fuzz).
option(ROBOTLEDGER_FUZZ "Build the fuzzers, with clang" OFF)

# What is fuzzed, and no more of the rooms: so a fuzzer is built in a minute.
add_library(robotledger_fuzzed STATIC
  fuzz/scopes_fuzz.cc fuzz/basic_fuzz.cc fuzz/form_fuzz.cc fuzz/history_line_fuzz.cc
  fuzz/event_codec_fuzz.cc fuzz/note_fuzz.cc
  ${PROJECT_SOURCE_DIR}/api/token/scope.cc ${PROJECT_SOURCE_DIR}/api/token/form.cc
  ${PROJECT_SOURCE_DIR}/api/http/basic.cc ${PROJECT_SOURCE_DIR}/api/http/ascii.cc
  ${PROJECT_SOURCE_DIR}/api/history/history_line.cc
  ${PROJECT_SOURCE_DIR}/api/history/history_fields.cc)
target_link_libraries(robotledger_fuzzed PUBLIC
  robotledger_wire robotledger_merkle nlohmann_json::nlohmann_json)

add_executable(fuzz_test fuzz/replay_test.cc)
target_link_libraries(fuzz_test PRIVATE robotledger_fuzzed GTest::gtest GTest::gtest_main)
target_compile_definitions(fuzz_test PRIVATE ROBOTLEDGER_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
gtest_discover_tests(fuzz_test DISCOVERY_TIMEOUT 60)

if(ROBOTLEDGER_FUZZ)
  foreach(target scopes:tryScopes basic:tryBasic form:tryForm history_line:tryHistoryLine
          entry:tryEntry note:tryNote)
    string(REPLACE ":" ";" target ${target})
    list(GET target 0 name)
    list(GET target 1 function)
    add_executable(fuzz_${name} fuzz/libfuzzer.cc)
    target_compile_definitions(fuzz_${name} PRIVATE ROBOTLEDGER_FUZZED=${function})
    target_link_libraries(fuzz_${name} PRIVATE robotledger_fuzzed)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endif()
