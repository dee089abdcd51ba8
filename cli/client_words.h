// What this room takes from the room of all client programs, as words of its own.
#pragma once

#include "client/caller.h"
#include "client/nearest_word.h"
#include "client/progress.h"
#include "client/screen.h"
#include "client/settings.h"
#include "client/text_width.h"

namespace cadastre::cli {

using client::Caller;
using client::CellsOf;
using client::CutToCells;
using client::FindSettings;
using client::ForgetToken;
using client::Given;
using client::NearestWord;
using client::Paint;
using client::Progress;
using client::ReadPem;
using client::SaveToken;
using client::Screen;
using client::Settings;
using client::ShownText;
using client::TokenPath;
using client::WriteFile;

}  // namespace cadastre::cli
