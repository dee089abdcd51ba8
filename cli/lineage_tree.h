// A lineage answer as an indented tree for each side.
//
// Thread rule: safe.
// Each node's branches are drawn once; where a node comes again it is marked, so that a lattice stays readable.
#pragma once

#include <string>
#include <vector>

#include "cadastre/lineage/v1/lineage.pb.h"
#include "cli/client_words.h"

namespace cadastre::cli {

// Lines without line ends. Edges lead from what is read to what is made of it.
std::vector<std::string> LineageTree(const lineage::v1::GetLineageResponse& answer, const Screen& screen);

}  // namespace cadastre::cli
