// Checkpoints of followers: storage's file, for the rooms that may not include storage.
#pragma once

#include "storage/checkpoint_file.h"
