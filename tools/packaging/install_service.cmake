# Installs the service and its settings, for where the rest is installed: included by the install
# script, which sets SOURCE, BINARY, BINDIR and CMAKE_INSTALL_PREFIX. /etc belongs to /usr as its
# brother, and to every other prefix as its child; what a package is staged in is no part of it.
set(service_prefix "${CMAKE_INSTALL_PREFIX}")
set(etc "${CMAKE_INSTALL_PREFIX}/etc")
set(SERVICE_ETC "${etc}")
if(CMAKE_INSTALL_PREFIX MATCHES "^(.*)/usr$")
  set(etc "${CMAKE_MATCH_1}/etc")
  set(service_prefix /usr)
  set(SERVICE_ETC /etc)
endif()
set(SERVICE_COMMAND "${service_prefix}/${BINDIR}/robotledger")
configure_file("${SOURCE}/robotledger.service.in" "${BINARY}/installed/robotledger.service" @ONLY)
file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system" TYPE FILE
  FILES "${BINARY}/installed/robotledger.service")
file(INSTALL DESTINATION "${etc}/robotledger" TYPE FILE FILES "${SOURCE}/serve.toml")
