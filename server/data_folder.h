// The folder of everything the server keeps, made ready for one that is about to start.
//
// Called by main before any other file is made. Thread rule: confined.
#pragma once

#include <string>

#include "base/words.h"

namespace cadastre::server {

// A folder that is made here is its owner's alone, as every file of this process is (main sets the umask). A folder
// that is there already keeps its mode, because it may be shared or be somebody's home; if others can reach into it,
// that is told as a warning with what to do. INVALID_ARGUMENT naming data_dir where it is no folder; UNAVAILABLE where
// it cannot be made.
Status PrepareDataFolder(const std::string& path);

}  // namespace cadastre::server
