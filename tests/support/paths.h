// Where a test finds the files of the source tree and the programs that were built, told by where the test itself lies
// (build/<preset>/tests/). Not a macro of the build: a path in the command line would keep clones from sharing ccache.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace cadastre::testing_support {

// build/<preset>, with "/" and `below` after it.
inline std::string BuildPath(std::string_view below) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / below).string();
}

// The root of the source tree, with "/" and `below` after it: SourcePath("tests/data/x.ndjson").
inline std::string SourcePath(std::string_view below) {
  const std::filesystem::path build = BuildPath("");
  return (build.parent_path().parent_path().parent_path() / below).string();
}

}  // namespace cadastre::testing_support
