// Loads a folder that cadastre-demo-events wrote into a server, through its doors, as an administrator.
//
// Thread rule: confined. Loading again changes nothing but last-seen times and the audit log.
#pragma once

#include <memory>

#include "cli/command.h"

namespace cadastre::demo {

std::unique_ptr<cli::Command> MakeDemoLoad();

}  // namespace cadastre::demo
