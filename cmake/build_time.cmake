# What makes a first build short; docs/results/build-time.md has the figures.

# The linker mold where it is there.
find_program(ASSAY_MOLD mold)
if(ASSAY_MOLD AND PROJECT_IS_TOP_LEVEL)
  add_link_options(-fuse-ld=mold)
endif()

# Where CMAKE_UNITY_BUILD is on, as in the preset release, the sources of a folder are one translation unit: what they
# include is read, and what they have in common instantiated, once. So names in anonymous namespaces are unique in a folder.
function(assay_unite_folders target)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    get_filename_component(folder ${source} DIRECTORY)
    get_filename_component(folder ${folder} NAME)
    set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${folder})
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
endfunction()
