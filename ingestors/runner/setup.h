// The commands that give a recipe's crawls an account in the catalog.
//
// Thread rule: safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cadastre::ingest {

// `namespaces`: of the objects. Lines for a shell, to be run once by an administrator with the command line `cadastre`:
// a role that may write what a crawl of this source writes and nothing else, a service account of it, and a token.
std::string SetupCommands(std::string_view source_name, const std::vector<std::string>& namespaces);

}  // namespace cadastre::ingest
