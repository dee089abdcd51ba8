// The web UI from the binary's own files. Thread rule: safe.
#pragma once

#include "server/http/message.h"

namespace cadastre::server {

// GET and HEAD. Paths without a file and without a file's ending get index.html: the UI's own router knows them.
HttpResponse ServeStatic(const HttpRequest& request);

}  // namespace cadastre::server
