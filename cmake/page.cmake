# The page of `assay report` and `assay view`: TypeScript in web/, bundled by node and embedded as a library, assay_page.
# Without node or web/node_modules the library is there, too, and has no assets.
option(ASSAY_PAGE "Embed the page, if ./dev page has fetched what it takes" ON)

set(ASSAY_HAS_PAGE OFF)
set(page_note "OFF")
if(ASSAY_PAGE)
  find_program(ASSAY_NODE node)
  mark_as_advanced(ASSAY_NODE)
  if(ASSAY_NODE AND EXISTS ${PROJECT_SOURCE_DIR}/web/node_modules/.package-lock.json)
    set(ASSAY_HAS_PAGE ON)
    set(page_note "ON")
  else()
    set(page_note "OFF (./dev page fetches what it takes)")
  endif()
endif()
message(STATUS "Page: ${page_note}")

if(ASSAY_HAS_PAGE)
  file(GLOB_RECURSE page_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/web/src/*)
  set(page_folder ${PROJECT_BINARY_DIR}/web)
  add_custom_command(
    OUTPUT ${page_folder}/page_assets.cpp ${page_folder}/page.js ${page_folder}/page.css ${page_folder}/page.html
    COMMAND ${ASSAY_NODE} ${PROJECT_SOURCE_DIR}/web/bundle.mjs ${page_folder}
    DEPENDS ${page_sources} web/bundle.mjs web/licences.mjs web/tsconfig.json web/node_modules/.package-lock.json
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    COMMENT "Bundling the page"
    VERBATIM)
  add_library(assay_page STATIC ${page_folder}/page_assets.cpp)
else()
  add_library(assay_page STATIC web/no_page.cpp)
endif()
target_include_directories(assay_page PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(assay_page PRIVATE assay_options)
set_target_properties(assay_page PROPERTIES UNITY_BUILD OFF)
