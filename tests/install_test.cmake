# Run by ctest: installs the build in BUILD below WORK, then configures, builds and runs SOURCE/examples against the
# installed package alone, and the installed command.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(JOIN " " line ${ARGV})
  message(STATUS "${line}\n${output}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit status ${status}: ${line}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect what)
  if(NOT output MATCHES "${what}")
    message(FATAL_ERROR "expected output that matches \"${what}\", came:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${SOURCE}/examples -B ${WORK}/examples -G ${GENERATOR} -DCMAKE_BUILD_TYPE=${CONFIG}
    -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_PREFIX_PATH=${WORK}/prefix)
run(${CMAKE_COMMAND} --build ${WORK}/examples)

run(${WORK}/examples/win_rates)
expect("careful +83\\.33")
run(${WORK}/examples/select_best)
expect("best: model 1, after 200 of 1000 judge calls")
expect("assay ${VERSION}")
run(${WORK}/prefix/bin/assay --version)
expect("assay ${VERSION}\n")
