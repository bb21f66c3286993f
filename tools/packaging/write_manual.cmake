# Writes the manual page and the completion: cmake -DCOMMAND=… -DPAGE=… -DMANUAL=… -DCOMPLETION=… -P
execute_process(COMMAND ${COMMAND} manual OUTPUT_VARIABLE SUBCOMMANDS COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${COMMAND} completion bash OUTPUT_FILE ${COMPLETION}
  COMMAND_ERROR_IS_FATAL ANY)
configure_file(${PAGE} ${MANUAL} @ONLY)
