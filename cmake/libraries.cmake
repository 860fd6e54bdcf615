# Static libraries for a binary that runs on any Linux (./dev wheel): those in this folder, as python/libraries makes them,
# and where it has none, the system's, static before shared.
set(ASSAY_LIBRARIES "" CACHE PATH "Folder of static libraries, as python/libraries makes it")
if(ASSAY_LIBRARIES)
  list(PREPEND CMAKE_PREFIX_PATH ${ASSAY_LIBRARIES})
  set(CMAKE_FIND_LIBRARY_SUFFIXES .a .so)
  set(OPENSSL_USE_STATIC_LIBS ON)
endif()
